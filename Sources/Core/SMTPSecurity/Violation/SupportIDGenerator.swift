import Synchronization

/// Makes Support IDs, each greater than the one before, without a lock.
///
/// A class because its identity is the point: all sessions of a process share one, and two generators with the same
/// node could make the same number.
public final class SupportIDGenerator: Sendable {
    /// 2015-01-01T00:00:00Z in milliseconds since 1970.
    static let epochMilliseconds: Int64 = 1_420_070_400_000

    /// The node number in every identifier.
    public let node: UInt16
    /// Milliseconds since the epoch and sequence, 47 bits together, of the newest identifier.
    private let newest = Atomic<UInt64>(0)

    /// A generator for this node.
    ///
    /// - Parameter node: a number that no other machine of the installation uses. The default draws one at random.
    public init(node: UInt16 = .random(in: .min ... .max)) {
        self.node = node
    }

    /// The next identifier.
    ///
    /// - Parameter now: the time. Should it stand still or go back, identifiers still increase.
    public func next(at now: Timestamp) -> SupportID {
        let elapsed = UInt64(clamping: now.milliseconds &- Self.epochMilliseconds) & ((1 << 41) - 1)
        let floor = elapsed << 6
        var current = newest.load(ordering: .relaxed)
        while true {
            let candidate = Swift.max(current &+ 1, floor)
            let (exchanged, original) = newest.compareExchange(
                expected: current, desired: candidate, ordering: .relaxed)
            if exchanged {
                return SupportID(rawValue: (candidate >> 6) << 22 | UInt64(node) << 6 | (candidate & 63))
            }
            current = original
        }
    }
}
