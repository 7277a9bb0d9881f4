/// How many events are allowed: so many in a period, and so many at once.
///
/// The generic cell rate algorithm (GCRA, ITU-T I.371) measures it: a bucket of ``burst`` events that refills evenly with ``count``
/// events in a ``period``. All stores compute in whole microseconds, so that they come to the same decisions.
public struct RateAllowance: Sendable, Hashable, CustomStringConvertible {
    /// Events per period; at least 1.
    public let count: Int64
    /// The period; at least a millisecond, at most 366 days.
    public let period: Duration
    /// Events that are allowed at once after a long silence; at least 1.
    public let burst: Int64

    /// The time that a full bucket stands for, in microseconds.
    public let tolerance: Int64
    private let periodMicroseconds: Int64
    /// What one event takes: nearly all charges are for one.
    private let unit: Int64

    /// So many events in a period.
    ///
    /// - Parameters:
    ///   - count: events per period, 1 to 10¹²; clamped.
    ///   - period: a millisecond to 366 days; clamped.
    ///   - burst: events at once, 1 to 10¹²; `nil` for as many as `count`.
    public init(_ count: Int64, per period: Duration, burst: Int64? = nil) {
        let most: Int64 = 1_000_000_000_000
        self.count = min(max(count, 1), most)
        self.period = min(max(period, .milliseconds(1)), .seconds(366 * 86_400))
        self.burst = min(max(burst ?? self.count, 1), most)
        self.periodMicroseconds = self.period.wholeNanoseconds / 1_000
        // A bucket that takes more than ten years to refill never refills.
        let tolerance = min(
            Self.scaled(self.burst, periodMicroseconds, self.count), 3_660 * 86_400 * 1_000_000)
        self.tolerance = tolerance
        self.unit = min(Self.scaled(1, periodMicroseconds, self.count), tolerance)
    }

    /// How much of the bucket a number of events takes, in microseconds, rounded up. More events than the bucket holds take all of it:
    /// they pass when it is full, instead of never.
    public func increment(for cost: Int64) -> Int64 {
        if cost == 1 { return unit }
        return cost <= 0 ? 0 : min(Self.scaled(cost, periodMicroseconds, count), tolerance)
    }

    /// `value * numerator / denominator`, rounded up, saturating.
    private static func scaled(_ value: Int64, _ numerator: Int64, _ denominator: Int64) -> Int64 {
        let (high, low) = UInt64(clamping: value).multipliedFullWidth(by: UInt64(clamping: numerator))
        let denominator = UInt64(clamping: denominator)
        guard high < denominator else { return .max }
        let (quotient, remainder) = denominator.dividingFullWidth((high, low))
        return Int64(clamping: remainder == 0 ? quotient : quotient &+ 1)
    }

    /// For example `25 per 3600.0 seconds, 25 at once`.
    public var description: String { "\(count) per \(period), \(burst) at once" }
}
