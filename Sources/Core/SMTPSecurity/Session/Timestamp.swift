/// A point in time: nanoseconds since 1970-01-01T00:00:00Z, on a clock that never goes back.
///
/// The core never reads a clock. Whoever drives a session passes the time in with every call, so that each
/// decision can be repeated exactly under test. An adapter reads the wall clock once and advances it by its
/// monotonic clock.
@frozen
public struct Timestamp: Sendable, Hashable, Comparable, BitwiseCopyable {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    public var nanoseconds: Int64

    /// The point this many nanoseconds after 1970-01-01T00:00:00Z.
    @inlinable
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The point this many seconds after 1970-01-01T00:00:00Z.
    @inlinable
    public init(seconds: Int64) { self.nanoseconds = seconds &* 1_000_000_000 }

    /// Whole milliseconds since 1970-01-01T00:00:00Z.
    @inlinable
    public var milliseconds: Int64 { nanoseconds / 1_000_000 }

    /// The point `duration` later; saturates instead of overflowing.
    @inlinable
    public func advanced(by duration: Duration) -> Timestamp {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
        return Timestamp(nanoseconds: overflow ? (duration < .zero ? .min : .max) : sum)
    }

    /// The time from this point to `other`, negative where `other` is earlier.
    @inlinable
    public func duration(to other: Timestamp) -> Duration {
        .nanoseconds(other.nanoseconds.subtractingReportingOverflow(nanoseconds).partialValue)
    }

    /// Whether `lhs` is earlier than `rhs`.
    @inlinable
    public static func < (lhs: Timestamp, rhs: Timestamp) -> Bool { lhs.nanoseconds < rhs.nanoseconds }
}

extension Duration {
    /// The duration in whole nanoseconds, clamped to what 64 bits hold (292 years).
    @inlinable
    public var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carried) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }
}
