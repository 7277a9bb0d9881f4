public import SMTPSecurity

/// What became of a message.
public enum MessageOutcome: Sendable, Hashable {
    /// Where a message was refused.
    public enum Stage: String, Sendable, Hashable, CaseIterable, Encodable {
        /// With its session, before it or in the middle of it.
        case session
        /// With the client's greeting.
        case greeting
        /// `MAIL`.
        case sender
        /// All of its recipients.
        case recipients
        /// `DATA` or `BDAT`.
        case data
        /// At its end, or in the middle of it.
        case content
    }

    /// The server behind has taken it.
    case delivered
    /// It was refused, by a violation if one decided it.
    case refused(Stage, Reply, ViolationRecord?)
    /// The client gave it up, or had no recipient that the server behind takes.
    case unfinished
    /// It went on beyond what was recorded of it.
    case unknown
}
