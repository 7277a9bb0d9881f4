/// Where a session stands (RFC 5321 §4.1.4).
enum SessionPhase: Sendable, Equatable {
    /// Connected; no check has been asked yet.
    case connecting
    /// The banner is held back, see ``SessionEngine/greetingDue``.
    case holdingGreeting
    /// The banner was sent; no `EHLO` or `HELO` yet.
    case awaitingGreeting
    /// Greeted, no transaction.
    case ready
    /// `MAIL` was accepted.
    case transaction
    /// The client answers a 334.
    case authenticating
    /// Message data is expected.
    case receiving(MessageReception)
    /// A chunk was received that was not the last one.
    case betweenChunks(MessageReception)
    /// 220 was sent in answer to `STARTTLS`.
    case startingTLS
    /// Over.
    case closed

    /// Written out, so that asking for one phase is one comparison.
    @inline(__always)
    static func == (first: SessionPhase, second: SessionPhase) -> Bool {
        switch second {
        case .connecting: if case .connecting = first { true } else { false }
        case .holdingGreeting: if case .holdingGreeting = first { true } else { false }
        case .awaitingGreeting: if case .awaitingGreeting = first { true } else { false }
        case .ready: if case .ready = first { true } else { false }
        case .transaction: if case .transaction = first { true } else { false }
        case .authenticating: if case .authenticating = first { true } else { false }
        case .receiving(let expected): if case .receiving(let actual) = first { actual == expected } else { false }
        case .betweenChunks(let expected):
            if case .betweenChunks(let actual) = first { actual == expected } else { false }
        case .startingTLS: if case .startingTLS = first { true } else { false }
        case .closed: if case .closed = first { true } else { false }
        }
    }
}
