/// Where a session stands (RFC 5321 §4.1.4).
enum SessionPhase: Sendable, Hashable {
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
}
