import SMTPSecurity
import SMTPStores
import Synchronization
import Testing

@Suite("A store with a stand-in")
struct FallbackStoreTests {
    /// A store that is away when told so.
    final class DistantStore: RateStore, FirstSeenStore, TallyStore {
        let store = MemoryStore()
        let isAway = Atomic(false)

        private func later<Value>(_ answer: StoreAnswer<Value>) -> StoreAnswer<Value> {
            .later { () async throws(CheckFailure) -> Value in
                if self.isAway.load(ordering: .relaxed) { throw CheckFailure("away") }
                return try await answer.value()
            }
        }

        func charge(_ charges: [RateCharge], by client: IPAddress, at now: Timestamp) -> StoreAnswer<RateDecision> {
            later(isAway.load(ordering: .relaxed) ? .now(.allowed) : store.charge(charges, by: client, at: now))
        }

        func note(
            _ request: FirstSeenRequest, by client: IPAddress, at now: Timestamp
        ) -> StoreAnswer<FirstSeenDecision> {
            later(store.note(request, by: client, at: now))
        }

        func record(
            isFailure: Bool, of keys: [StoreKey], rule: TallyRule, by client: IPAddress, at now: Timestamp
        ) -> StoreAnswer<TallyDecision> {
            later(store.record(isFailure: isFailure, of: keys, rule: rule, by: client, at: now))
        }

        func penalty(of keys: [StoreKey], at now: Timestamp) -> StoreAnswer<Duration?> {
            later(store.penalty(of: keys, at: now))
        }
    }

    private let now = Timestamp(seconds: 1_800_000_000)
    private let client = IPAddress.v4(0xC000_0207)

    @Test("is asked only while the first is away, and the first again when it is back")
    func standIn() async throws {
        let distant = DistantStore()
        let store = FallbackStore(distant, standIn: MemoryStore())
        let charge = [RateCharge(StoreKey("test"), RateAllowance(2, per: .seconds(60)))]
        func ask() async throws -> Bool { try await store.charge(charge, by: client, at: now).value() == .allowed }
        #expect(try await ask())
        distant.isAway.store(true, ordering: .relaxed)
        // The stand-in knows nothing of the first one.
        #expect(try await ask())
        #expect(try await ask())
        #expect(try await !ask())
        distant.isAway.store(false, ordering: .relaxed)
        #expect(try await ask())
        #expect(try await !ask())
    }

    @Test("stands in for senders and failures too")
    func others() async throws {
        let distant = DistantStore()
        distant.isAway.store(true, ordering: .relaxed)
        let store = FallbackStore(distant, standIn: MemoryStore())
        let rule = FirstSeenRule(delay: .seconds(1), retryWindow: .seconds(9), lifetime: .seconds(99), trustedAfter: 0)
        let request = FirstSeenRequest([StoreKey("seen")], rule: rule)
        #expect(try await store.note(request, by: client, at: now).value() == .unseen(wait: .seconds(1)))
        #expect(
            try await store.note(request, by: client, at: now.advanced(by: .seconds(1))).value()
                == .passed(waited: .seconds(1)))
        let tally = TallyRule(window: .seconds(60), limit: 1, shareMinimum: 9, sharePercent: 101, penalty: .seconds(5))
        let keys = [StoreKey("tally")]
        #expect(
            try await store.record(isFailure: true, of: keys, rule: tally, by: client, at: now).value()
                == .exceeded(key: 0))
        #expect(try await store.penalty(of: keys, at: now).value() == .seconds(5))
    }
}
