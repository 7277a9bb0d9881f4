#if SQLite

import Foundation
import SMTPSecurity
import SMTPStores
import SMTPStoresTesting
import Synchronization
import Testing

@testable import SMTPStoresSQLite

/// What the store decides, and what it keeps.
@Suite("The store in a SQLite file")
struct SQLiteStoreTests {
    private let folder: Folder
    private let tally = TallyRule(
        window: .seconds(60), limit: 2, shareMinimum: 9, sharePercent: 101, penalty: .seconds(600))

    init() throws { folder = try Folder() }

    @Test func `It decides as the reference does`() async throws {
        let store = try folder.store()
        let report = try await StoreConformance().run(store)
        #expect(report.differences == [])
        #expect(report.sequences == 10_000)
        #expect(report.rareKinds.isEmpty, "\(report.decisions)")
        await store.close()
        #expect(try folder.integrity() == "ok")
    }

    @Test func `It decides as the reference does, however often it is closed and opened meanwhile`() async throws {
        var conformance = StoreConformance()
        conformance.sequences = 320
        conformance.seed = 3
        let store = ReopeningStore(try folder.store(), folder)
        let report = try await conformance.run(store)
        #expect(report.differences == [])
        #expect(report.rareKinds.isEmpty, "\(report.decisions)")
        #expect(await store.openings > 50)
    }

    @Test func `What it knew it knows again`() async throws {
        let first = try folder.store()
        #expect(try await first.attempt(1) == .unseen(wait: .seconds(300)))
        for _ in 0..<10 { #expect(try await first.event() == .allowed) }
        for _ in 0..<2 {
            _ = try await first.record(isFailure: true, of: [key("f")], rule: tally, by: client, at: start).value()
        }
        await first.close()

        let second = try folder.store()
        guard case .exceeded = try await second.event() else {
            Issue.record("the rate was forgotten")
            return
        }
        #expect(try await second.penalty(of: [key("f")], at: start).value() == .seconds(600))
        let later = start.advanced(by: .seconds(301))
        #expect(try await second.attempt(1, at: later) == .passed(waited: .seconds(301)))
        await second.close()

        let third = try folder.store(at: later)
        #expect(try await third.attempt(1, at: later) == .known(passes: 2))
        await third.close()
    }

    @Test func `What changes nothing is answered at once, everything else when the file has it`() async throws {
        let store = try folder.store()
        let allowance = RateAllowance(1, per: .seconds(60))
        let charge = [RateCharge(key("r"), allowance)]
        let allowed = store.charge(charge, by: client, at: start)
        #expect(!allowed.isImmediate)
        #expect(try await allowed.value() == .allowed)
        let refused = store.charge(charge, by: client, at: start)
        #expect(refused.isImmediate)
        #expect(try await refused.value() == .exceeded(charge: 0, retryAfter: .seconds(60)))
        // Of two charges one is not allowed: the other one is given back.
        #expect(store.charge([RateCharge(key("s"), allowance)] + charge, by: client, at: start).isImmediate)
        let question = RateCharge(key("t"), allowance, cost: 0)
        #expect(store.charge([question], by: client, at: start).isImmediate)
        #expect(store.penalty(of: [key("f")], at: start).isImmediate)
        let noted = store.note(FirstSeenRequest([key("g")], rule: greylisting), by: client, at: start)
        #expect(!noted.isImmediate)
        _ = try await noted.value()
        await store.close()
        #expect(try folder.read("SELECT count(*) FROM rate WHERE key = 'r|ip=0.0.0.0'") == 1)
        #expect(try folder.read("SELECT count(*) FROM rate WHERE arrival > \(start.nanoseconds / 1_000)") == 1)
        #expect(try folder.read("SELECT count(*) FROM sender") == 1)
    }

    @Test func `Keys are readable in the file, and nobody but its owner can read it`() async throws {
        let store = try folder.store()
        _ = try await store.attempt(7)
        let rule = FirstSeenRule(delay: .seconds(1), retryWindow: .seconds(9), lifetime: .seconds(99), trustedAfter: 1)
        let request = FirstSeenRequest([key("g")], trustee: key("t"), rule: rule)
        _ = try await store.note(request, by: client, at: start).value()
        _ = try await store.note(request, by: client, at: start.advanced(by: .seconds(1))).value()
        for name in [folder.file, folder.file + "-wal"] {
            let mode = try FileManager.default.attributesOfItem(atPath: name)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(name)")
        }
        await store.close()
        #expect(try folder.read("SELECT key FROM sender WHERE trustee = 1") == "t|ip=0.0.0.0")
        let others = "SELECT key FROM sender WHERE trustee = 0 ORDER BY key"
        #expect(
            try folder.read("SELECT group_concat(key, ' ') FROM (\(others))") == "g|ip=0.0.0.0 sender|ip=0.0.0.7")
        let again = try folder.store()
        #expect(
            try await again.note(request, by: client, at: start.advanced(by: .seconds(2))).value() == .trusted)
        await again.close()
    }

    @Test func `Of two rows of one key the newer one counts, and the other one goes`() async throws {
        let store = try folder.store()
        _ = try await store.attempt(1)
        await store.close()
        for (row, passes) in [(900_001, 4), (900_002, 2)] {
            try folder.execute(
                """
                INSERT INTO sender SELECT \(row), key, owner, trustee, first, last, \(passes), expires + \(passes)
                FROM sender WHERE id < 900000
                """)
        }
        let again = try folder.store()
        #expect(again.usage(at: start).entries == 1)
        await again.close()
        #expect(try folder.read("SELECT group_concat(passes) FROM sender") == "4")
    }

    @Test func `Refusals write nothing`() async throws {
        let store = try folder.store()
        for _ in 0..<10 { #expect(try await store.event() == .allowed) }
        let loose = RateCharge(key("loose"), RateAllowance(1_000_000, per: .seconds(3_600)))
        let used = RateCharge(key("event"), RateAllowance(10, per: .seconds(3_600)))
        let before = try store.whileBusy { store.usage(at: start).entries }
        for _ in 0..<100 { #expect(store.charge([loose, used], by: client, at: start).isImmediate) }
        #expect(store.usage(at: start).entries == before)
        await store.close()
        #expect(try folder.read("SELECT group_concat(key) FROM rate") == "event|ip=0.0.0.0")
    }

    // MARK: Bounds

    @Test func `The file is bounded as memory is, and still has the offender`() async throws {
        let store = try folder.store { $0.limits.entries = 2_048 }
        for _ in 0..<10 { #expect(try await store.event(-1) == .allowed) }
        for part in 0..<40 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in part * 500..<(part + 1) * 500 { group.addTask { _ = try await store.event(number) } }
                try await group.waitForAll()
            }
        }
        #expect(store.usage(at: start).entries <= 2_048)
        #expect(store.usage(at: start).evictions > 10_000)
        await store.close()
        let rows: Int = try folder.read("SELECT count(*) FROM rate") ?? 0
        #expect(rows <= 2_048 && rows > 1_024)

        // A smaller one takes what it has room for; what it has no room for leaves the file.
        let smaller = try folder.store { $0.limits.entries = 1_024 }
        guard case .exceeded = try await smaller.event(-1) else {
            Issue.record("the offender was forgotten")
            return
        }
        let kept = smaller.usage(at: start).entries
        #expect(kept <= 1_024)
        await smaller.close()
        #expect(try folder.read("SELECT count(*) FROM rate") == kept)
    }

    @Test func `What has expired leaves the file little by little, and when it is opened`() async throws {
        let store = try folder.store()
        for number in 0..<2_000 { _ = try await store.event(number) }
        // Each of ten an hour: after six minutes nothing is left of one event.
        for number in 0..<200 { _ = try await store.attempt(number, at: start.advanced(by: .seconds(361))) }
        await store.close()
        let rows: Int = try folder.read("SELECT count(*) FROM rate") ?? -1
        #expect(rows == 0)
        let expiring = try folder.store()
        for number in 0..<100 { _ = try await expiring.event(number) }
        await expiring.close()
        #expect(try folder.read("SELECT count(*) FROM rate") == 100)
        let later = try folder.store(at: start.advanced(by: .seconds(361)))
        #expect(later.usage(at: start).entries == 200)
        await later.close()
        #expect(try folder.read("SELECT count(*) FROM rate") == 0)
        #expect(try folder.read("SELECT count(*) FROM sender") == 200)
    }

    @Test func `A row that expired and is used again is kept`() async throws {
        let store = try folder.store()
        for number in 0..<300 { _ = try await store.event(number) }
        let later = start.advanced(by: .seconds(361))
        for number in 0..<300 { _ = try await store.event(number, at: later) }
        for number in 0..<300 { _ = try await store.attempt(number, at: later) }
        await store.close()
        #expect(
            try folder.read("SELECT count(*) FROM rate WHERE arrival > \(later.nanoseconds / 1_000)") == 300)
    }

    // MARK: Many at a time

    @Test func `Exactly N of many that come together are allowed`() async throws {
        let store = try folder.store()
        let allowance = RateAllowance(200, per: .seconds(3_600))
        let allowed = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<64 {
                group.addTask {
                    var allowed = 0
                    for _ in 0..<20 {
                        let answer = store.charge(
                            [RateCharge(key("all"), allowance)], by: .v4(UInt32(task)), at: start)
                        if try await answer.value() == .allowed { allowed += 1 }
                    }
                    return allowed
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(allowed == 200)
        await store.close()
    }

    @Test func `What would change something fails at once when too much waits, and changes nothing`() async throws {
        let store = try folder.store { $0.mostWaiting = 4 }
        // Nothing is written meanwhile.
        let answers = try store.whileBusy {
            (0..<10).map { number in
                store.note(FirstSeenRequest([key("sender", number)], rule: greylisting), by: client, at: start)
            }
        }
        for (number, answer) in answers.enumerated() {
            if number < 4 {
                #expect(try await answer.value() == .unseen(wait: .seconds(300)))
            } else {
                await #expect(throws: CheckFailure.self) { try await answer.value() }
            }
        }
        // Those that failed are still unknown.
        #expect(try await store.attempt(3, at: start.advanced(by: .seconds(1))) == .early(wait: .seconds(299)))
        #expect(try await store.attempt(9, at: start.advanced(by: .seconds(1))) == .unseen(wait: .seconds(300)))
        await store.close()
    }

    @Test func `After it was closed it decides nothing`() async throws {
        let store = try folder.store()
        _ = try await store.attempt(1)
        await store.close()
        await #expect(throws: CheckFailure("the store's file is closed")) { try await store.attempt(2) }
        await store.close()
        #expect(try folder.read("SELECT count(*) FROM sender") == 1)
    }

    @Test func `Nobody waits for an answer for ever, whoever closes it when`() async throws {
        let store = try folder.store()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<16 {
                group.addTask {
                    // Until it is closed.
                    for number in 0..<1_000_000 where (try? await store.attempt(task << 20 | number)) == nil { return }
                }
            }
            group.addTask {
                for number in 0..<50 { _ = try? await store.event(number) }
                await store.close()
            }
            try await group.waitForAll()
        }
        #expect(try folder.integrity() == "ok")
    }
}

/// A store that is closed and opened again and again.
private actor ReopeningStore: RateStore, FirstSeenStore, TallyStore {
    private var store: SQLiteStore
    private let path: String
    private var asked = 0
    private(set) var openings = 0
    private var turn: Task<Void, Never>?

    init(_ store: SQLiteStore, _ folder: Folder) {
        self.store = store
        path = folder.file
    }

    /// One question after the other, so that nothing is asked while the file is closed.
    private func ask<Value: Sendable>(
        at now: Timestamp, _ question: @escaping @Sendable (SQLiteStore) -> StoreAnswer<Value>
    ) async throws(CheckFailure) -> Value {
        let before = turn
        let result = Task { () async -> Result<Value, CheckFailure> in
            await before?.value
            asked += 1
            if asked % 97 == 0 {
                await store.close()
                guard let next = try? SQLiteStore(path: path, at: now) else {
                    return .failure(CheckFailure("cannot be opened again"))
                }
                store = next
                openings += 1
            }
            do throws(CheckFailure) {
                return .success(try await question(store).value())
            } catch {
                return .failure(error)
            }
        }
        turn = Task { _ = await result.value }
        return try await result.value.get()
    }

    nonisolated func charge(
        _ charges: [RateCharge], by client: IPAddress, at now: Timestamp
    ) -> StoreAnswer<RateDecision> {
        .later { () async throws(CheckFailure) -> RateDecision in
            try await self.ask(at: now) { $0.charge(charges, by: client, at: now) }
        }
    }

    nonisolated func note(
        _ request: FirstSeenRequest, by client: IPAddress, at now: Timestamp
    ) -> StoreAnswer<FirstSeenDecision> {
        .later { () async throws(CheckFailure) -> FirstSeenDecision in
            try await self.ask(at: now) { $0.note(request, by: client, at: now) }
        }
    }

    nonisolated func record(
        isFailure: Bool, of keys: [StoreKey], rule: TallyRule, by client: IPAddress, at now: Timestamp
    ) -> StoreAnswer<TallyDecision> {
        .later { () async throws(CheckFailure) -> TallyDecision in
            try await self.ask(at: now) {
                $0.record(isFailure: isFailure, of: keys, rule: rule, by: client, at: now)
            }
        }
    }

    nonisolated func penalty(of keys: [StoreKey], at now: Timestamp) -> StoreAnswer<Duration?> {
        .later { () async throws(CheckFailure) -> Duration? in
            try await self.ask(at: now) { $0.penalty(of: keys, at: now) }
        }
    }
}
#endif
