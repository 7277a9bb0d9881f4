import SMTPSecurity

/// A session in one run.
struct SessionResult: Sendable {
    /// With what it was refused or ended; `nil` if it was not.
    var refusal: (reply: Reply, violation: ViolationRecord?)?
    /// Its messages, by the number of their `MAIL`.
    var messages: [Int: MessageResult] = [:]
    /// Its violations, in order.
    var violations: [ViolationRecord] = []
    /// Whether it went on beyond what was recorded.
    var isBeyondRecording = false
}

extension SessionResult {
    /// What became of a session when it was recorded. Violations are not recorded.
    init(recorded script: SessionScript, isCut: Bool) {
        var book = MessageBook()
        for (number, exchange) in script.exchanges.enumerated() {
            if let reply = exchange.reply {
                book.note(number, exchange, reply)
            } else if exchange.verb == .bdat {
                book.prepareChunk(exchange)
            }
        }
        if let reply = script.lastReply, reply.severity.rawValue >= 4, script.wasClosed { refusal = (reply, nil) }
        if isCut { book.loseTrack() }
        book.end(refusal.map { ($0.reply, nil) })
        messages = book.messages
    }
}
