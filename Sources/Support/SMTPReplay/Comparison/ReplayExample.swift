/// A session or a message that comes to something else. All texts are escaped.
public struct ReplayExample: Sendable, Hashable, Encodable {
    /// The session's number in its recording, in hexadecimal, as logs have it.
    public var session: String
    /// When it began, in UTC.
    public var time: String
    /// The client's address and port.
    public var client: String
    /// The sender; `nil` if it is about a session.
    public var sender: String?
    /// The first ten recipients.
    public var recipients: [String]
    /// Where it was refused.
    public var stage: MessageOutcome.Stage
    /// The violation that refused it; `nil` if none did: the server behind, or the protocol.
    public var violation: String?
    /// What shows the violation.
    public var evidence: String?
    /// With what it was refused. Only a reply that was recorded has a Support ID that a log knows.
    public var reply: String
}
