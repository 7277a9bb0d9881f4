import SMTPSecurity

/// Keeps account of the messages of one session, from what its client said and what it was answered.
///
/// A message is known by the number of its `MAIL` among what the client said, so that two runs of a session have the same numbers.
struct MessageBook: Sendable {
    /// The messages, by the number of their `MAIL`.
    private(set) var messages: [Int: MessageResult] = [:]
    private var current: Int?
    private var greetingRefusal: (reply: Reply, violation: ViolationRecord?)?
    /// Whether a chunk that is read is the last one.
    private var isLastChunk = false
    private var isChunk = false

    /// Whether a message has begun that has not come to its end.
    var isInMessage: Bool { current != nil }

    /// The message that has begun.
    var message: MessageResult? { current.flatMap { messages[$0] } }

    /// The client said something and was answered.
    mutating func note(_ number: Int, _ exchange: Exchange, _ reply: Reply, by violation: ViolationRecord? = nil) {
        switch exchange.part {
        case .response: break
        case .message: noteContent(reply, violation)
        case .line: noteLine(number, exchange, reply, violation)
        }
    }

    private mutating func noteLine(
        _ number: Int, _ exchange: Exchange, _ reply: Reply, _ violation: ViolationRecord?
    ) {
        switch exchange.verb {
        case .helo, .ehlo:
            greetingRefusal = reply.isPositive ? nil : (reply, violation)
            if reply.isPositive { endMessage() }
        case .rset: if reply.isPositive { endMessage() }
        case .mail, .send, .soml, .saml: noteSender(number, exchange, reply, violation)
        case .rcpt: noteRecipient(exchange, reply, violation)
        case .data:
            isChunk = false
            if reply.severity.rawValue >= 4 { refuse(.data, reply, violation) }
        case .bdat:
            prepareChunk(exchange)
            noteContent(reply, violation)
        default: break
        }
    }

    /// A chunk follows whose octets the reply is about.
    mutating func prepareChunk(_ exchange: Exchange) {
        isChunk = true
        isLastChunk = exchange.isLastChunk
    }

    private mutating func noteSender(
        _ number: Int, _ exchange: Exchange, _ reply: Reply, _ violation: ViolationRecord?
    ) {
        // In the middle of another message it is no message of its own.
        if let message, case .unfinished = message.outcome, !reply.isPositive { return }
        endMessage()
        var message = MessageResult(sender: exchange.path)
        if reply.severity.rawValue >= 4 {
            if let greetingRefusal {
                message.outcome = .refused(.greeting, greetingRefusal.reply, greetingRefusal.violation)
            } else {
                message.outcome = .refused(.sender, reply, violation)
            }
        }
        messages[number] = message
        current = number
    }

    private mutating func noteRecipient(_ exchange: Exchange, _ reply: Reply, _ violation: ViolationRecord?) {
        change { message in
            if message.recipients.count < MessageResult.mostRecipients { message.recipients.append(exchange.path) }
            if reply.isPositive {
                message.acceptedRecipients += 1
            } else if case .unfinished = message.outcome {
                message.refusedRecipients += 1
                message.recipientRefusal = (reply, violation)
            }
        }
    }

    private mutating func noteContent(_ reply: Reply, _ violation: ViolationRecord?) {
        if reply.severity.rawValue >= 4 {
            refuse(.content, reply, violation)
        } else if reply.isPositive, !isChunk || isLastChunk {
            change { message in if case .unfinished = message.outcome { message.outcome = .delivered } }
        } else {
            return
        }
        endMessage()
    }

    private mutating func refuse(_ stage: MessageOutcome.Stage, _ reply: Reply, _ violation: ViolationRecord?) {
        change { message in
            guard case .unfinished = message.outcome else { return }
            if message.acceptedRecipients == 0, let refusal = message.recipientRefusal {
                message.outcome = .refused(.recipients, refusal.reply, refusal.violation)
            } else {
                message.outcome = .refused(stage, reply, violation)
            }
        }
    }

    private mutating func change(_ body: (inout MessageResult) -> Void) {
        guard let current, var message = messages[current] else { return }
        body(&message)
        messages[current] = message
    }

    // MARK: What was not said

    /// The client had sent this as it was recorded, but would not after what it was answered here.
    mutating func noteSkipped(_ number: Int, _ exchange: Exchange, _ session: (Reply, ViolationRecord?)? = nil) {
        switch exchange.verb {
        case .mail, .send, .soml, .saml:
            endMessage()
            var message = MessageResult(sender: exchange.path)
            if let session {
                message.outcome = .refused(.session, session.0, session.1)
            } else if let greetingRefusal {
                message.outcome = .refused(.greeting, greetingRefusal.reply, greetingRefusal.violation)
            }
            messages[number] = message
            current = number
        case .rcpt:
            change { message in
                if message.recipients.count < MessageResult.mostRecipients { message.recipients.append(exchange.path) }
            }
        default: break
        }
    }

    /// The message goes on beyond what was recorded.
    mutating func loseTrack() {
        change { message in if case .unfinished = message.outcome { message.outcome = .unknown } }
        endMessage()
    }

    /// The session is over.
    ///
    /// - Parameter refusal: with what this side ended it; `nil` if it did not.
    mutating func end(_ refusal: (Reply, ViolationRecord?)?) {
        if let refusal { refuse(.session, refusal.0, refusal.1) }
        endMessage()
    }

    private mutating func endMessage() {
        change { message in
            guard case .unfinished = message.outcome, message.acceptedRecipients == 0,
                let refusal = message.recipientRefusal
            else { return }
            message.outcome = .refused(.recipients, refusal.reply, refusal.violation)
        }
        current = nil
    }
}
