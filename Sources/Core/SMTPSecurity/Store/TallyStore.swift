/// How many failures are too many, and for how long that is held against somebody.
public struct TallyRule: Sendable, Hashable {
    /// The length of the sliding window: a millisecond to a day, in whole milliseconds; clamped.
    public let window: Duration
    /// Failures within the window that are too many; at least 1.
    public let limit: Int
    /// Outcomes within the window from which on the share counts; at least 1.
    public let shareMinimum: Int
    /// Failures in a hundred outcomes that are too many; over 100 for never.
    public let sharePercent: Int
    /// How long the penalty lasts, in whole milliseconds.
    public let penalty: Duration

    /// A rule. Limits are clamped to 1 to 1,000,000.
    public init(
        window: Duration, limit: Int, shareMinimum: Int, sharePercent: Int, penalty: Duration
    ) {
        func whole(_ duration: Duration, _ most: Int64) -> Duration {
            .milliseconds(min(max(duration.wholeNanoseconds / 1_000_000, 1), most))
        }
        self.window = whole(window, 86_400_000)
        self.limit = min(max(limit, 1), Self.mostCounted)
        self.shareMinimum = min(max(shareMinimum, 1), Self.mostCounted)
        self.sharePercent = min(max(sharePercent, 1), 101)
        self.penalty = whole(penalty, 366 * 86_400_000)
    }

    /// Counts stop here.
    public static let mostCounted = 1_000_000
}

/// What is known of somebody's failures.
public enum TallyDecision: Sendable, Hashable {
    /// Not too many.
    case tolerated
    /// Too many, as of now. The penalty begins.
    ///
    /// - `key`: the position of the key that has too many, the first of them where several have.
    case exceeded(key: Int)
    /// A penalty is in force, for so long. Nothing was counted for the keys that have one.
    case penalized(remaining: Duration)
}

/// Counts failures among outcomes over a sliding window, and remembers penalties.
///
/// Time is in whole milliseconds since 1970, rounded down. A key has the number of a window (`now / window`, rounded down), counts of failures
/// and of outcomes in that window and in the one before, and the end of a penalty. When the number has grown by one, current counts
/// become previous ones; when by more, all are 0; a smaller number counts as the key's own. With
/// `part = min(max(now - number * window, 0), window)`, the count over the sliding window is
/// `current * window + previous * (window - part)`, in counts times milliseconds.
///
/// Recording an outcome, in one atomic step for each key: where a penalty is in force (`now < end`), nothing is counted. Otherwise the outcome
/// is counted (up to ``TallyRule/mostCounted``), and if it is a failure and `failures >= limit * window`, or
/// `outcomes >= shareMinimum * window` and `failures * 100 >= sharePercent * outcomes`, the penalty's end becomes `now + penalty` and all counts
/// become 0.
///
/// The answer is ``TallyDecision/exceeded(key:)`` if any key's penalty began, else ``TallyDecision/penalized(remaining:)`` with the longest remaining
/// time if any is in force, else ``TallyDecision/tolerated``. A key is remembered until its penalty is over and two windows have
/// passed since its last outcome.
public protocol TallyStore: Sendable {
    /// Counts an outcome.
    ///
    /// - Parameters:
    ///   - isFailure: whether it is a failure.
    ///   - keys: whose outcome it is. Distinct.
    ///   - rule: what is too many.
    ///   - client: on whose account the store remembers something, so that one network cannot fill it for all.
    ///   - now: the time.
    func record(
        isFailure: Bool, of keys: [StoreKey], rule: TallyRule, by client: IPAddress, at now: Timestamp
    ) -> StoreAnswer<TallyDecision>

    /// The longest penalty in force for any of the keys; `nil` for none.
    func penalty(of keys: [StoreKey], at now: Timestamp) -> StoreAnswer<Duration?>
}
