public import SMTPSecurity

/// A store that another one stands in for.
///
/// Each decision is asked of the first store, and of the second if the first cannot be asked. What one counts the other does not know: a stand-in
/// is for keeping limits on one machine while the store that several machines share is away. The first is used again as soon
/// as it answers.
public struct FallbackStore<First, Second>: Sendable
where First: RateStore & FirstSeenStore & TallyStore, Second: RateStore & FirstSeenStore & TallyStore {
    /// The store that is asked first.
    public let first: First
    /// The store that stands in.
    public let second: Second

    /// A store and its stand-in.
    public init(_ first: First, standIn second: Second) {
        self.first = first
        self.second = second
    }

    private func ask<Value>(
        _ answer: StoreAnswer<Value>, orElse other: @escaping @Sendable () -> StoreAnswer<Value>
    ) -> StoreAnswer<Value> {
        guard case .later(let work) = answer else { return answer }
        return .later { () async throws(CheckFailure) -> Value in
            do throws(CheckFailure) { return try await work() } catch { return try await other().value() }
        }
    }
}

extension FallbackStore: RateStore {
    /// Asks the first store, then the second.
    public func charge(_ charges: [RateCharge], by client: IPAddress, at now: Timestamp) -> StoreAnswer<RateDecision> {
        ask(first.charge(charges, by: client, at: now)) { second.charge(charges, by: client, at: now) }
    }
}

extension FallbackStore: FirstSeenStore {
    /// Asks the first store, then the second.
    public func note(
        _ request: FirstSeenRequest, by client: IPAddress, at now: Timestamp
    ) -> StoreAnswer<FirstSeenDecision> {
        ask(first.note(request, by: client, at: now)) { second.note(request, by: client, at: now) }
    }
}

extension FallbackStore: TallyStore {
    /// Asks the first store, then the second.
    public func record(
        isFailure: Bool, of keys: [StoreKey], rule: TallyRule, by client: IPAddress, at now: Timestamp
    ) -> StoreAnswer<TallyDecision> {
        ask(first.record(isFailure: isFailure, of: keys, rule: rule, by: client, at: now)) {
            second.record(isFailure: isFailure, of: keys, rule: rule, by: client, at: now)
        }
    }

    /// Asks the first store, then the second.
    public func penalty(of keys: [StoreKey], at now: Timestamp) -> StoreAnswer<Duration?> {
        ask(first.penalty(of: keys, at: now)) { second.penalty(of: keys, at: now) }
    }
}
