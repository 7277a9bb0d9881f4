/// A violation with everything that is needed to report it and to find it again.
public struct ViolationRecord: Sendable, Hashable {
    /// What was done.
    public enum Action: String, Sendable, Hashable {
        /// Recorded; what raised it went on.
        case passed
        /// Recorded; the offending octets were put into canonical form and went on.
        case repaired
        /// What raised it was refused.
        case refused
        /// It was refused and the session ended.
        case closed
    }

    /// Its number.
    public var supportID: SupportID
    /// When it was raised.
    public var time: Timestamp
    /// The name of the profile in force.
    public var profile: String
    /// The kind.
    public var definition: ViolationDefinition
    /// The flags that applied.
    public var enforcement: Enforcement
    /// What was done.
    public var action: Action
    /// What shows it, escaped and bounded.
    public var evidence: Evidence
    /// The reply that the client got, where this violation decided it.
    public var reply: Reply?
    /// The session it was raised in.
    public var session: SessionID
    /// The client, as given in ``ConnectionInfo/client``.
    public var client: Endpoint
    /// The name the client greeted with, escaped; empty before its greeting.
    public var greetingName: Evidence
    /// The reverse-path of the transaction in progress, escaped; `nil` outside a transaction.
    public var reversePath: Evidence?
    /// How many recipients the transaction had when it was raised.
    public var recipientCount: Int
    /// The first of its recipients, each once, escaped, those that were refused included: at most ``SessionTranscript/mostRecipients``, and none where
    /// ``SessionSettings/transcriptLines`` is 0.
    public var recipients: [Evidence]
    /// How many octets of a message had been received in it.
    public var contentLength: UInt64
    /// How many transactions the session had started.
    public var transaction: Int
}
