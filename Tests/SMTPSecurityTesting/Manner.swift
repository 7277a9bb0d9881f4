public import SMTPSecurity

/// How a store answers: what a check makes of an answer has to be the same either way.
public enum Manner: Sendable, CaseIterable {
    /// At once, as a store in this process does.
    case now
    /// Later, as a store behind a file or a network does.
    case later

    /// A store that answers in this manner.
    public func of(
        _ store: some RateStore & FirstSeenStore & TallyStore
    ) -> any RateStore & FirstSeenStore & TallyStore {
        self == .now ? store : LaterStore(store)
    }
}

/// A store whose answers come later.
private struct LaterStore<Base: RateStore & FirstSeenStore & TallyStore>: RateStore, FirstSeenStore, TallyStore {
    private let base: Base

    init(_ base: Base) { self.base = base }

    private func later<Value>(_ answer: @escaping @Sendable () -> StoreAnswer<Value>) -> StoreAnswer<Value> {
        .later { () async throws(CheckFailure) -> Value in
            await Task.yield()
            return try await answer().value()
        }
    }

    func charge(_ charges: [RateCharge], by client: IPAddress, at now: Timestamp) -> StoreAnswer<RateDecision> {
        later { base.charge(charges, by: client, at: now) }
    }

    func note(_ request: FirstSeenRequest, by client: IPAddress, at now: Timestamp) -> StoreAnswer<FirstSeenDecision> {
        later { base.note(request, by: client, at: now) }
    }

    func record(
        isFailure: Bool, of keys: [StoreKey], rule: TallyRule, by client: IPAddress, at now: Timestamp
    ) -> StoreAnswer<TallyDecision> {
        later { base.record(isFailure: isFailure, of: keys, rule: rule, by: client, at: now) }
    }

    func penalty(of keys: [StoreKey], at now: Timestamp) -> StoreAnswer<Duration?> {
        later { base.penalty(of: keys, at: now) }
    }
}
