import Synchronization

/// Adds up what sessions counted, by profile.
///
/// A class because its identity is the point: every session of a server adds to the same one. Sessions add when they end a
/// transaction or themselves, not per command, so the lock is not on the command path.
public final class StatisticsCollector: Sendable {
    private let profiles = Mutex<[String: ProfileStatistics]>([:])

    /// Nothing counted.
    public init() {}

    /// Adds what a session counted under a profile.
    public func add(_ statistics: ProfileStatistics, profile: String) {
        profiles.withLock { $0[profile, default: ProfileStatistics()].add(statistics) }
    }

    /// What was counted so far, by profile.
    public var snapshot: [String: ProfileStatistics] { profiles.withLock { $0 } }
}
