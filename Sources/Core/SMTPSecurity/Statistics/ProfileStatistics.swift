/// What happened under one profile: traffic, and violations by kind.
///
/// A value; a session counts into its own, and a ``StatisticsCollector`` adds them up.
public struct ProfileStatistics: Sendable, Hashable {
    /// How often one kind of violation was raised.
    public struct ViolationCount: Sendable, Hashable {
        /// Times raised.
        public var occurrences = 0
        /// Times reported.
        public var alarmed = 0
        /// Times that it refused something.
        public var blocked = 0

        /// Nothing counted.
        public init() {}

        mutating func add(_ other: ViolationCount) {
            occurrences += other.occurrences
            alarmed += other.alarmed
            blocked += other.blocked
        }
    }

    /// Sessions started.
    public var sessions = 0
    /// Transactions started: `MAIL` commands accepted.
    public var transactions = 0
    /// Messages accepted by the server.
    public var messages = 0
    /// Recipients accepted by the server.
    public var recipients = 0
    /// Octets of message content received.
    public var octets: UInt64 = 0
    /// Commands and messages refused for good (5yz).
    public var refused = 0
    /// Commands and messages refused for now (4yz).
    public var deferred = 0
    /// Checks that could not be done.
    public var unavailable = 0
    /// Violations by ``ViolationDefinition/identifier``.
    public var violations: [String: ViolationCount] = [:]

    /// Nothing counted.
    public init() {}

    /// Adds what `other` counted.
    public mutating func add(_ other: ProfileStatistics) {
        sessions += other.sessions
        transactions += other.transactions
        messages += other.messages
        recipients += other.recipients
        octets &+= other.octets
        refused += other.refused
        deferred += other.deferred
        unavailable += other.unavailable
        for (identifier, count) in other.violations {
            violations[identifier, default: ViolationCount()].add(count)
        }
    }

    mutating func count(_ record: ViolationRecord) {
        var count = violations[record.definition.identifier] ?? ViolationCount()
        count.occurrences += 1
        if record.enforcement.alarm { count.alarmed += 1 }
        if record.action == .refused || record.action == .closed { count.blocked += 1 }
        violations[record.definition.identifier] = count
    }
}
