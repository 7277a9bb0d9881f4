/// One allowance that an event draws on.
public struct RateCharge: Sendable, Hashable {
    /// Whose allowance.
    public var key: StoreKey
    /// How much is allowed.
    public var allowance: RateAllowance
    /// How many events this one counts for, for example octets. 0 asks without taking anything.
    public var cost: Int64

    /// One event, or several.
    public init(_ key: StoreKey, _ allowance: RateAllowance, cost: Int64 = 1) {
        self.key = key
        self.allowance = allowance
        self.cost = cost
    }
}

/// Whether an event is allowed.
public enum RateDecision: Sendable, Hashable {
    /// It is, and every charge was taken.
    case allowed
    /// It is not, and nothing was taken.
    ///
    /// - `charge`: the position of the charge that has the longest time to wait, the first of them where several have.
    /// - `retryAfter`: after this time, in whole microseconds, all charges would be allowed if nothing else happened.
    case exceeded(charge: Int, retryAfter: Duration)
}

/// Remembers how much of an allowance is used.
///
/// For each charge the store keeps the theoretical arrival time of GCRA, `tat`, in microseconds since 1970; a key without one has
/// `tat = now`. With `increment` and `tolerance` of the charge's ``RateAllowance``:
///
/// - `next = max(tat, now) + increment`;
/// - the charge is allowed if `next - tolerance <= now`; otherwise it has to wait `next - tolerance - now`;
/// - only if all charges of a call are allowed, each `tat` becomes its `next`. A key whose `tat <= now` can be forgotten.
///
/// A call is one atomic decision: of two that arrive together, one sees what the other took. The keys of one call are distinct.
public protocol RateStore: Sendable {
    /// Decides whether an event is allowed, and takes what it costs if it is.
    ///
    /// - Parameters:
    ///   - charges: the allowances that it draws on.
    ///   - client: on whose account the store remembers something, so that one network cannot fill it for all.
    ///   - now: the time of the event, taken in whole microseconds, rounded down.
    func charge(_ charges: [RateCharge], by client: IPAddress, at now: Timestamp) -> StoreAnswer<RateDecision>
}
