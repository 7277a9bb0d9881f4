import SMTPSecurity

/// What a client would have left out, had it been answered as it is in a replay.
///
/// A recorded client went on after what it was answered then. Where it is refused now, what it only said because it was accepted is left
/// out, so that no follow-up counts as a difference: recipients and content after a refused sender, content without any recipient left, and
/// everything about mail after a refused greeting.
struct ClientConduct: Sendable {
    /// The session as it was recorded, up to where the replay is.
    private var recorded = MessageBook()
    private var isUngreeted = false
    private var isWithoutSender = false

    /// Whether a message was in progress when this was recorded.
    var wasInMessage: Bool {
        if case .unfinished? = recorded.message?.outcome { true } else { false }
    }

    /// Whether the client would not say this.
    ///
    /// - Parameter message: the message in progress in the replay.
    func leavesOut(_ exchange: Exchange, message: MessageResult?) -> Bool {
        switch exchange.verb {
        case .mail, .send, .soml, .saml, .auth: isUngreeted
        case .rcpt: isUngreeted || isWithoutSender
        case .data, .bdat: isUngreeted || isWithoutSender || isWithoutRecipients(message)
        default: false
        }
    }

    private func isWithoutRecipients(_ message: MessageResult?) -> Bool {
        guard let message, message.acceptedRecipients == 0, message.recipientRefusal != nil else { return false }
        return (recorded.message?.acceptedRecipients ?? 0) > 0
    }

    /// The replay goes past what the client said.
    mutating func pass(_ number: Int, _ exchange: Exchange) {
        switch exchange.verb {
        case .mail, .send, .soml, .saml, .rset, .helo, .ehlo: isWithoutSender = false
        default: break
        }
        if let reply = exchange.reply {
            recorded.note(number, exchange, reply)
        } else if exchange.verb == .bdat {
            recorded.prepareChunk(exchange)
        }
    }

    /// The client is answered in the replay.
    mutating func note(_ exchange: Exchange, _ reply: Reply) {
        let isRefused = reply.severity.rawValue >= 4
        let wasAccepted = exchange.reply?.isPositive ?? false
        switch exchange.verb {
        case .helo, .ehlo: isUngreeted = isRefused && wasAccepted
        case .mail, .send, .soml, .saml: isWithoutSender = isRefused && wasAccepted
        default: break
        }
    }
}
