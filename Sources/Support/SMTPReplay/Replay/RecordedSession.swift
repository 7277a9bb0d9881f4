public import SMTPSecurity

/// A session out of a recording.
public struct RecordedSession: Sendable {
    /// Its client.
    public var connection: ConnectionInfo
    /// The name of the profile that was in force.
    public var profile: String
    /// What happened, in the order in which it was read.
    public var events: [TapeEvent] = []
    /// Whether its rest is not recorded.
    public var isCut = false

    /// A session that has begun.
    public init(connection: ConnectionInfo, profile: String) {
        self.connection = connection
        self.profile = profile
    }
}
