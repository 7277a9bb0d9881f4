public import SMTPSecurity

/// What went through under a profile, for JSON: statistics without their violations.
public struct ProfileTraffic: Sendable, Hashable, Encodable {
    /// Sessions started.
    public let sessions: Int
    /// Transactions started.
    public let transactions: Int
    /// Messages accepted by the server.
    public let messages: Int
    /// Recipients accepted by the server.
    public let recipients: Int
    /// Octets of message content received.
    public let octets: UInt64
    /// Commands and messages refused for good.
    public let refused: Int
    /// Commands and messages refused for now.
    public let deferred: Int
    /// Checks that could not be done.
    public let unavailable: Int

    /// The traffic of statistics.
    public init(_ statistics: ProfileStatistics) {
        sessions = statistics.sessions
        transactions = statistics.transactions
        messages = statistics.messages
        recipients = statistics.recipients
        octets = statistics.octets
        refused = statistics.refused
        deferred = statistics.deferred
        unavailable = statistics.unavailable
    }
}
