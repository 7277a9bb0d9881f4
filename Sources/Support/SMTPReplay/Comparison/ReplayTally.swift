import SMTPSecurity

/// How many sessions, messages and recipients came to what.
public struct ReplayTally: Sendable, Hashable, Encodable {
    /// Sessions that were neither refused at their beginning nor ended by this side with a refusal.
    public var sessionsAccepted = 0
    /// The others.
    public var sessionsRefused = 0
    /// Messages that the server behind has taken.
    public var delivered = 0
    /// Messages that were refused for good (5yz).
    public var refused = 0
    /// Messages that were refused for now (4yz).
    public var deferred = 0
    /// Messages that the client did not bring to an end.
    public var unfinished = 0
    /// Messages that went on beyond what was recorded of them.
    public var unknown = 0
    /// Recipients of messages that were delivered.
    public var recipients = 0
    /// Recipients that were refused while their message was delivered to others.
    public var recipientsRefused = 0

    mutating func add(_ result: SessionResult) {
        if result.refusal == nil { sessionsAccepted += 1 } else { sessionsRefused += 1 }
        for message in result.messages.values { add(message) }
    }

    private mutating func add(_ message: MessageResult) {
        switch message.outcome {
        case .delivered:
            delivered += 1
            recipients += message.acceptedRecipients
            recipientsRefused += message.refusedRecipients
        case .refused(_, let reply, _):
            if reply.severity == .transientFailure { deferred += 1 } else { refused += 1 }
        case .unfinished: unfinished += 1
        case .unknown: unknown += 1
        }
    }
}
