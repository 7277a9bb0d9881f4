#if SQLite
import GRDB
public import SMTPSecurity
public import SMTPStores
import Synchronization

/// Remembers rates, senders and failures in memory and in a SQLite file: for a server that is one process, across restarts and crashes.
///
/// Decisions are made in memory, by a `MemoryStore` that is filled from the file when it is opened. What a decision changes is written to the
/// file together with what others change meanwhile, in one transaction, and a decision that changed something is answered when the file has
/// it: what was answered survives the end of the process in any way, and with ``SQLiteStoreSettings/Durability/powerCut`` a power
/// cut too. What changes nothing, for example a refusal, is answered at once.
///
/// A transaction that fails (the disk is full) fails the decisions that wait for it, and the store goes on: it writes what is missing
/// together with what comes next.
///
/// The file is bounded as memory is, by the same rules: whatever takes an entry's place in memory overwrites its row. Expired rows are removed
/// little by little, with each transaction, and all at once when the file is opened.
///
/// Keys are readable in the file, so it is made readable for its owner alone. While it is open, no other process can open it.
///
/// A class because its identity is the point: it owns the file.
public final class SQLiteStore: Sendable {
    /// Changes that are written together.
    private struct Batch {
        var changes: [MemoryChange] = []
        /// The latest time that any was made at.
        var latest: Timestamp
        let delivery = Delivery()
    }

    private struct State {
        /// What waits to be written; only the last one grows.
        var batches: [Batch] = []
        /// What failed to be written, and is written when something can be again.
        var missing: Set<MemoryChange> = []
        /// How many changes wait.
        var waiting = 0
        var isWriting = false
        var isClosed = false
    }

    /// The most changes in one transaction.
    private static let batchSize = 1_024

    private let memory: MemoryStore
    private let file: StoreFile
    private let mostWaiting: Int
    private let state = Mutex(State())

    /// Opens a file, or makes it.
    ///
    /// Takes time, and waits for the disk: not for an event loop.
    ///
    /// - Parameters:
    ///   - path: the file. SQLite keeps another one beside it, with `-wal` at its end.
    ///   - settings: how it is treated, and how much is kept.
    ///   - now: the time; what has expired is not read.
    /// - Throws: what is wrong with the file, and what would be right.
    public init(
        path: String, settings: SQLiteStoreSettings = SQLiteStoreSettings(), at now: Timestamp
    ) throws(SQLiteStoreError) {
        file = try StoreFile(path, settings)
        memory = MemoryStore(limits: settings.limits, secret: file.secret)
        mostWaiting = max(1, settings.mostWaiting)
        try file.load(into: memory, at: now)
    }

    /// Writes what waits, takes no further decisions, and closes the file.
    public func close() async {
        state.withLock { $0.isClosed = true }
        await withCheckedContinuation { continuation in
            file.database.asyncWriteWithoutTransaction { database in
                self.write(to: database)
                continuation.resume()
            }
        }
        file.close()
    }

    /// How much there is in memory. Looks at every entry: for reports, not for each session.
    public func usage(at now: Timestamp) -> MemoryStore.Usage { memory.usage(at: now) }

    /// Gives a test the file between transactions; nothing is written meanwhile.
    func withFile<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try file.database.writeWithoutTransaction(body)
    }

    // MARK: Decisions

    /// Makes a decision in memory, and has what it changed written.
    @inline(__always)
    private func decide<Decision: Sendable>(
        at now: Timestamp, _ decide: (inout [MemoryChange]) -> Decision
    ) -> StoreAnswer<Decision> {
        if let failure = refusal() {
            return .later { () async throws(CheckFailure) -> Decision in throw failure }
        }
        var changes: [MemoryChange] = []
        let decision = decide(&changes)
        guard !changes.isEmpty else { return .now(decision) }
        let delivery = keep(changes, at: now)
        return .later { () async throws(CheckFailure) -> Decision in
            try await delivery.wait()
            return decision
        }
    }

    /// Why no decision can be made now.
    private func refusal() -> CheckFailure? {
        let (failure, begins) = state.withLock { state -> (CheckFailure?, Bool) in
            if state.isClosed { return (CheckFailure("the store's file is closed"), false) }
            guard state.waiting + state.missing.count >= mostWaiting else { return (nil, false) }
            defer { state.isWriting = true }
            return (CheckFailure("the store's file does not keep up, or cannot be written"), !state.isWriting)
        }
        if begins { beginWriting() }
        return failure
    }

    private func keep(_ changes: [MemoryChange], at now: Timestamp) -> Delivery {
        let (delivery, begins) = state.withLock { state -> (Delivery, Bool) in
            if state.batches.last.map({ $0.changes.count >= Self.batchSize }) ?? true {
                state.batches.append(Batch(latest: now))
            }
            let last = state.batches.count - 1
            state.batches[last].changes.append(contentsOf: changes)
            state.batches[last].latest = max(state.batches[last].latest, now)
            state.waiting += changes.count
            defer { state.isWriting = true }
            return (state.batches[last].delivery, !state.isWriting)
        }
        if begins { beginWriting() }
        return delivery
    }

    // MARK: Writing

    private func beginWriting() {
        file.database.asyncWriteWithoutTransaction { self.write(to: $0) }
    }

    /// Writes until nothing waits.
    private func write(to database: Database) {
        writeMissing(to: database)
        while let batch = nextBatch() {
            do {
                try file.write(batch.changes, from: memory, to: database, sweptAt: batch.latest)
                batch.delivery.finish(nil)
                writeMissing(to: database)
            } catch {
                state.withLock { $0.missing.formUnion(batch.changes) }
                batch.delivery.finish(CheckFailure("the store's file: \(Self.reason(error))"))
            }
        }
    }

    private func nextBatch() -> Batch? {
        state.withLock { state in
            guard !state.batches.isEmpty else {
                state.isWriting = false
                return nil
            }
            let batch = state.batches.removeFirst()
            state.waiting -= batch.changes.count
            return batch
        }
    }

    /// Writes what failed to be written before, as far as that is possible now.
    private func writeMissing(to database: Database) {
        while true {
            let missing = state.withLock { Array($0.missing.prefix(Self.batchSize)) }
            guard !missing.isEmpty else { return }
            guard (try? file.write(missing, from: memory, to: database, sweptAt: nil)) != nil else { return }
            state.withLock { $0.missing.subtract(missing) }
        }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DatabaseError else { return "\(Evidence("\(error)"))" }
        return "\(Evidence(error.message ?? "error \(error.resultCode.rawValue)"))"
    }
}

extension SQLiteStore: RateStore {
    /// Answers a refusal at once, and that an event is allowed when the file has it.
    public func charge(_ charges: [RateCharge], by client: IPAddress, at now: Timestamp) -> StoreAnswer<RateDecision> {
        decide(at: now) { changes in
            let decision = memory.charge(charges, by: client, at: now, noting: &changes)
            // What was taken was given back: refusals write nothing, however many there are.
            if decision != .allowed { changes = [] }
            return decision
        }
    }
}

extension SQLiteStore: FirstSeenStore {
    /// Answers when the file has it.
    public func note(
        _ request: FirstSeenRequest, by client: IPAddress, at now: Timestamp
    ) -> StoreAnswer<FirstSeenDecision> {
        decide(at: now) { memory.note(request, by: client, at: now, noting: &$0) }
    }
}

extension SQLiteStore: TallyStore {
    /// Answers when the file has it.
    public func record(
        isFailure: Bool, of keys: [StoreKey], rule: TallyRule, by client: IPAddress, at now: Timestamp
    ) -> StoreAnswer<TallyDecision> {
        decide(at: now) { memory.record(isFailure: isFailure, of: keys, rule: rule, by: client, at: now, noting: &$0) }
    }

    /// Answers at once.
    public func penalty(of keys: [StoreKey], at now: Timestamp) -> StoreAnswer<Duration?> {
        memory.penalty(of: keys, at: now)
    }
}
#endif
