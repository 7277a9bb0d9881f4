import Synchronization

/// The number by which a person finds one violation again: 19 decimal digits, ordered by time, unique across machines.
///
/// It stands in the SMTP reply, in the log line and in the transaction record. Layout, most significant first:
/// 41 bits of milliseconds since 2015-01-01T00:00:00Z, 16 bits of node, 6 bits of sequence. Values have 19 digits from
/// 2022 to 2084.
@frozen
public struct SupportID: Sendable, Hashable, Comparable, CustomStringConvertible, BitwiseCopyable {
    /// The number.
    public let rawValue: UInt64

    /// The identifier with this number.
    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Reads 19 decimal digits; `nil` for anything else.
    public init?(_ text: String) {
        guard text.utf8.count == 19, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let value = UInt64(text)
        else { return nil }
        self.rawValue = value
    }

    /// 19 decimal digits.
    public var description: String {
        let digits = String(rawValue)
        return String(repeating: "0", count: max(0, 19 - digits.utf8.count)) + digits
    }

    /// When it was made, to the millisecond; slightly ahead of the clock where more than 64 were made in a millisecond.
    public var timestamp: Timestamp {
        Timestamp(nanoseconds: (Int64(rawValue >> 22) &+ SupportIDGenerator.epochMilliseconds) &* 1_000_000)
    }

    /// Orders by time.
    @inlinable
    public static func < (lhs: SupportID, rhs: SupportID) -> Bool { lhs.rawValue < rhs.rawValue }
}

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
