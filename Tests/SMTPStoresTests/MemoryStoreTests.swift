import SMTPSecurity
import SMTPSecurityTesting
import SMTPStoresTesting
import Testing

@testable import SMTPStores

@Suite("The store in memory")
struct MemoryStoreTests {
    private let start = Timestamp(seconds: 1_800_000_000)
    private let client = IPAddress.v4(0xC000_0207)

    private func key(_ number: Int, _ purpose: String = "test") -> StoreKey {
        var key = StoreKey(purpose)
        key.append(.client, .v4(UInt32(truncatingIfNeeded: number)))
        return key
    }

    @Test("decides as the reference does, event for event, on 10,000 random sequences", arguments: [1, 2] as [UInt64])
    func conformance(_ seed: UInt64) async throws {
        var conformance = StoreConformance()
        conformance.seed = seed
        let report = try await conformance.run(MemoryStore())
        #expect(report.differences.isEmpty)
        #expect(report.sequences == 10_000)
        #expect(report.rareKinds.isEmpty, "\(report.decisions)")
    }

    @Test(
        "hashes as SipHash-1-3",
        arguments: [
            (0, "dcc40f055801acab"), (1, "93ca577df39bf4c9"), (7, "4011b19b987d92d3"), (8, "8e9a298d11959036"),
            (15, "5699512a6dd820d3"), (63, "a8b3bbb76290199d"),
        ])
    func sipHash(_ count: Int, _ wanted: String) {
        let hash = SipHash(key: (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908))
        let input = (0..<count).map { UInt8($0) }
        let print = hash(input.span)
        let octets = (0..<8).map { UInt8(truncatingIfNeeded: print >> (8 * UInt64($0))) }
        #expect(octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == wanted)
    }

    @Test("lets exactly N of many that come together through, whatever the number of charges", arguments: [1, 3])
    func concurrency(_ charges: Int) async {
        let store = MemoryStore()
        let allowance = RateAllowance(1_000, per: .seconds(3_600))
        let now = start
        let all = (0..<charges).map { RateCharge(key($0), allowance) }
        let allowed = await withTaskGroup(of: Int.self) { group in
            for task in 0..<16 {
                group.addTask {
                    var allowed = 0
                    for _ in 0..<250 {
                        let order = task % 2 == 0 ? all : all.reversed()
                        if case .now(.allowed) = store.charge(order, by: .v4(UInt32(task)), at: now) { allowed += 1 }
                    }
                    return allowed
                }
            }
            return await group.reduce(0, +)
        }
        // Whoever gives a charge back may have kept another from it meanwhile, so with several there may be fewer, never more.
        if charges == 1 { #expect(allowed == 1_000) }
        #expect(allowed <= 1_000 && allowed > 900)
    }

    @Test("counts a trustee once, however many attempts of one sender come together")
    func trusteeOnce() async {
        let store = MemoryStore()
        let rule = FirstSeenRule(
            delay: .seconds(300), retryWindow: .seconds(172_800), lifetime: .seconds(3_024_000), trustedAfter: 2)
        let request = FirstSeenRequest([key(1), key(2)], trustee: key(3), rule: rule)
        let client = client
        #expect(store.note(request, by: client, at: start).immediate == .unseen(wait: .seconds(300)))
        let later = start.advanced(by: .seconds(300))
        let passed = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 {
                group.addTask { store.note(request, by: client, at: later).immediate == .passed(waited: .seconds(300)) }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(passed == 1)
        let other = FirstSeenRequest([key(4)], trustee: key(3), rule: rule)
        #expect(store.note(other, by: client, at: later).immediate == .unseen(wait: .seconds(300)))
    }

    @Test("keeps a trustee apart from a sender, even under the same key")
    func trusteeIsNoSender() {
        let store = MemoryStore()
        let rule = FirstSeenRule(delay: .seconds(1), retryWindow: .seconds(9), lifetime: .seconds(99), trustedAfter: 1)
        let request = FirstSeenRequest([key(1)], trustee: key(1), rule: rule)
        _ = store.note(request, by: client, at: start)
        #expect(
            store.note(request, by: client, at: start.advanced(by: .seconds(1))).immediate
                == .passed(waited: .seconds(1)))
        #expect(store.note(request, by: client, at: start.advanced(by: .seconds(2))).immediate == .trusted)
    }

    // MARK: Bounds

    private var small: MemoryStore.Limits {
        var limits = MemoryStore.Limits()
        limits.entries = 8_192
        return limits
    }

    @Test("forgets nobody while it grows", arguments: 0..<6)
    func growth(_ round: Int) {
        let store = MemoryStore()
        let rule = FirstSeenRule(
            delay: .seconds(300), retryWindow: .seconds(172_800), lifetime: .seconds(3_024_000), trustedAfter: 0)
        func note(_ number: Int, _ seconds: Int) -> FirstSeenDecision? {
            let request = FirstSeenRequest([key(number)], rule: rule)
            return store.note(request, by: .v4(UInt32(number) << 8), at: start.advanced(by: .seconds(seconds)))
                .immediate
        }
        let count = 20_000 + 7_919 * round
        let known = (0..<count).filter { note($0, 0) != .unseen(wait: .seconds(300)) }
        #expect(known.isEmpty)
        let lost = (0..<count).filter { note($0, 1) != .early(wait: .seconds(299)) }
        #expect(lost.isEmpty)
        #expect(store.usage(at: start).entries == count)
        #expect(store.usage(at: start).evictions == 0)
    }

    @Test("gives no more numbers than it has places, however it grows", arguments: [1, 3, 4, 13])
    func rowNumbers(_ buckets: Int) {
        var generator = Generator(seed: UInt64(buckets))
        for isFleeting in [false, true] {
            for _ in 0..<200 {
                var shard = MemoryShard<RateValue>(mostEntries: buckets * 8, rows: .init(first: 5, step: 64))
                var rows: Set<UInt32> = []
                for time in 0..<Int64(buckets * 12) {
                    let expires = isFleeting ? time + Int64.random(in: 0..<20, using: &generator) : 1_000_000
                    let key = generator.next() | 1
                    shard.insert(
                        key, RateValue(arrival: expires, tolerance: 0), owner: generator.next(), at: time)
                    rows.formUnion(shard.entries.lazy.filter { $0.fingerprint != 0 }.map(\.row))
                }
                let now = shard.entries.lazy.filter { $0.fingerprint != 0 }.map(\.row)
                #expect(rows.count <= buckets * 8 && Set(now).count == now.count)
                #expect(rows.allSatisfy { $0 % 64 == 5 })
            }
        }
    }

    @Test("says which numbers of an earlier process it has no room for", arguments: [1, 3, 4, 13])
    func restoredRows(_ buckets: Int) {
        var generator = Generator(seed: UInt64(buckets))
        for _ in 0..<200 {
            var shard = MemoryShard<RateValue>(mostEntries: buckets * 8)
            var rows: Set<UInt32> = []
            for row in 1...UInt32(buckets * 12) {
                let value = RateValue(arrival: 1_000_000, tolerance: 0)
                let useless = shard.restore(
                    MemoryEntry(fingerprint: generator.next() | 1, owner: row % 7, row: row, value: value), at: 0)
                rows.insert(row)
                rows.subtract(useless)
                #expect(rows == Set(shard.entries.lazy.filter { $0.fingerprint != 0 }.map(\.row)))
            }
            shard.reserve(rows: UInt32(buckets * 12))
            shard.insert(generator.next() | 1, RateValue(arrival: 1_000_000, tolerance: 0), owner: 0, at: 0)
            #expect(Set(shard.entries.map(\.row)).subtracting(rows).allSatisfy { $0 == 0 || $0 > buckets * 12 })
        }
    }

    @Test("keeps within its octets whatever comes, and still knows the offender")
    func offenderAmongMany() {
        var limits = MemoryStore.Limits()
        limits.octets = 3_145_728
        let store = MemoryStore(limits: limits)
        let allowance = RateAllowance(100, per: .seconds(60))
        let offender = RateCharge(key(-1), allowance)
        for _ in 0..<100 { #expect(store.charge([offender], by: client, at: start).immediate == .allowed) }
        for source in 0..<200_000 {
            // Each from a network of its own: nobody has more entries than anybody else.
            let answer = store.charge(
                [RateCharge(key(source), allowance)], by: .v4(UInt32(source) << 8),
                at: start.advanced(by: .microseconds(source)))
            #expect(answer.immediate == .allowed)
        }
        let end = start.advanced(by: .microseconds(200_000))
        guard case .exceeded? = store.charge([offender], by: client, at: end).immediate else {
            Issue.record("the offender was forgotten")
            return
        }
        let usage = store.usage(at: end)
        #expect(usage.octets <= limits.octets + 3 * 64 * 4_096)
        #expect(usage.entries > 20_000)
        #expect(usage.evictions > 100_000)
    }

    @Test("lets whoever floods it push out his own senders, not other people's")
    func floodFromOneNetwork() {
        let store = MemoryStore(limits: small)
        let rule = FirstSeenRule(
            delay: .seconds(300), retryWindow: .seconds(172_800), lifetime: .seconds(3_024_000), trustedAfter: 0)
        func note(_ number: Int, _ client: UInt32, _ seconds: Int) -> FirstSeenDecision? {
            store.note(
                FirstSeenRequest([key(number)], rule: rule), by: .v4(client), at: start.advanced(by: .seconds(seconds))
            ).immediate
        }
        for sender in 0..<500 { _ = note(sender, UInt32(sender) << 8, 0) }
        for number in 1_000..<100_000 { _ = note(number, 0xCB00_7100 | UInt32(number & 255), 1) }
        let kept = (0..<500).filter { note($0, UInt32($0) << 8, 300) == .passed(waited: .seconds(300)) }.count
        // Not all 500: a few share a count with the flooding network.
        #expect(kept > 480)
    }

    @Test("does not let an offender forget himself by a flood of his own")
    func offenderFloods() {
        let store = MemoryStore(limits: small)
        let rule = TallyRule(
            window: .seconds(60), limit: 20, shareMinimum: 10, sharePercent: 80, penalty: .seconds(600))
        for _ in 0..<20 { _ = store.record(isFailure: true, of: [key(-1)], rule: rule, by: client, at: start) }
        for number in 0..<100_000 {
            _ = store.record(isFailure: true, of: [key(number)], rule: rule, by: client, at: start)
        }
        #expect(store.penalty(of: [key(-1)], at: start).immediate == .some(.seconds(600)))
    }

    @Test("uses the places of what has expired instead of growing")
    func expiry() {
        let store = MemoryStore(limits: small)
        let allowance = RateAllowance(1, per: .seconds(1))
        for number in 0..<200_000 {
            _ = store.charge(
                [RateCharge(key(number), allowance)], by: client, at: start.advanced(by: .milliseconds(number)))
        }
        let usage = store.usage(at: start.advanced(by: .milliseconds(200_000)))
        #expect(usage.entries <= 1_000)
        #expect(usage.evictions == 0)
    }
}

extension StoreAnswer {
    /// The answer, if it is there.
    var immediate: Value? { if case .now(let value) = self { value } else { nil } }
}
