#if SQLite
import GRDB
public import Logging
public import SMTPSecurity
import Synchronization

/// Writes violations and traffic to a SQLite file, without ever holding up whoever reports them.
///
/// What is recorded waits in memory, within ``ReportLimits``, and is written together, up to 1,000 entries in a
/// transaction. What does not find room is dropped and counted, in ``figures`` and in the file. When the file cannot be
/// written (the disk is full) mail is not affected: entries wait as long as there is room for them, and writing is
/// tried again, less and less often, up to every 30 seconds.
///
/// Who owns a log has ``run()`` run in a task until the end, which writes every 200 milliseconds and removes what is
/// too old or too much; ``flush()`` writes at once. Another process can read the file meanwhile, with a
/// ``TransactionLogReader``. The file contains addresses of people, so it is made readable for its owner alone.
///
/// A class because its identity is the point: it owns the file.
public final class TransactionLog: Sendable {
    /// What only the task that runs the log uses.
    private struct Schedule {
        /// How many times not to try, after a failure.
        var pauses = 0
        /// How many times until old entries are looked for.
        var untilPruning = 0
    }

    /// How often it is looked whether there is something to write.
    static let interval = Duration.milliseconds(200)
    /// The most intervals between two attempts: 30 seconds.
    private static let mostPauses = 150
    /// Intervals between two looks for what is too old: 10 seconds.
    private static let intervalsBetweenPruning = 50
    /// The most steps of removing in one interval.
    private static let pruningSteps = 20

    private let file: ReportFile
    private let limits: ReportLimits
    private let logger: Logger?
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Timestamp
    private let state: Mutex<State>
    private let schedule = Mutex(Schedule())

    /// Opens a file, or makes it.
    ///
    /// Takes time, and waits for the disk: not for an event loop.
    ///
    /// - Parameters:
    ///   - path: the file. SQLite keeps two more beside it while it is open, with `-wal` and `-shm` at their ends.
    ///   - limits: how much is kept.
    ///   - logger: where failures and dropped entries are reported, each at most once a minute.
    ///   - clock: waits between two transactions.
    ///   - now: tells the time, for what is too old. The default is the system's clock.
    /// - Throws: what is wrong with the file, and what would be right.
    public init(
        path: String, limits: ReportLimits = ReportLimits(), logger: Logger? = nil,
        clock: any Clock<Duration> = ContinuousClock(), now: (@Sendable () -> Timestamp)? = nil
    ) throws(ReportingError) {
        file = try ReportFile(path)
        self.limits = limits
        self.logger = logger
        self.clock = clock
        self.now = now ?? { WallClock.now }
        state = Mutex(State(queue: EntryQueue(limits)))
    }

    /// What the log did since it was opened.
    public var figures: TransactionLogFigures {
        state.withLock { state in
            var figures = state.figures
            figures.queuedEntries = state.queue.entries
            figures.queuedOctets = state.queue.octets
            return figures
        }
    }

    /// How many entries were dropped since the log was opened.
    public var droppedEntries: UInt64 { figures.dropped }

    // MARK: Recording

    /// Has an entry written. Never waits for the disk; if there is no room for the entry to wait, it is dropped and
    /// counted.
    public func record(_ entry: ViolationEntry) { record(QueuedEntry(entry)) }

    /// Has a violation written, with what its session kept. Lines that an earlier violation of the same session brought are not written again.
    ///
    /// Never waits for the disk; if there is no room for it to wait, it is dropped and counted.
    ///
    /// - Parameters:
    ///   - record: the violation.
    ///   - transcript: the session's last lines; `nil` if none were kept.
    ///   - messageDigest: the SHA-256 digest of the message that it is about, see ``MessageDigest``.
    ///   - messageBeginning: how that begins; empty if nothing of it is to be kept.
    public func record(
        _ record: ViolationRecord, transcript: SessionTranscript?, messageDigest: String? = nil,
        messageBeginning: [UInt8] = []
    ) {
        let entry = ViolationEntry(
            record, messageSize: record.messageSize, messageDigest: messageDigest, messageBeginning: messageBeginning)
        let link = transcript == nil ? nil : state.withLock { $0.chain.link(of: entry.session) }
        self.record(QueuedEntry(entry, record.recipients, transcript, behind: link))
    }

    private func record(_ item: QueuedEntry) {
        let octets = item.estimatedOctets
        let begins = state.withLock { state -> Bool in
            state.figures.recorded += 1
            guard !state.isClosed, state.queue.append(item, octets: octets) else {
                state.drop(1, at: item.entry.time)
                return false
            }
            state.chain.note(item)
            guard state.queue.hasFullBatch, !state.isWriting, state.failuresInARow == 0 else { return false }
            state.isWriting = true
            return true
        }
        if begins { file.database.asyncWriteWithoutTransaction { self.write(to: $0) } }
    }

    /// Adds to the traffic of a profile. Never waits for the disk.
    ///
    /// - Parameters:
    ///   - traffic: what a session counted since it was last recorded. Its violations are not used: entries are counted
    ///     as they are written.
    ///   - profile: the name of the profile.
    ///   - time: the minute that it counts for.
    public func record(_ traffic: ProfileStatistics, profile: String, at time: Timestamp) {
        var traffic = traffic
        traffic.violations = [:]
        state.withLock { state in
            guard !state.isClosed else { return }
            state.traffic[profile, default: MinuteTable()].add(traffic, minute: time.minute)
        }
    }

    // MARK: Running

    /// Writes what is recorded until the task is cancelled, and then once more.
    public func run() async {
        while !Task.isCancelled {
            do { try await clock.sleep(for: Self.interval) } catch { break }
            await tick()
        }
        try? await flush()
    }

    /// Writes everything that was recorded, and returns when it is in the file.
    ///
    /// - Throws: why it is not. It is kept as far as there is room, and written later.
    public func flush() async throws(ReportingError) {
        if let failure = await withFile({ self.write(to: $0) }) { throw failure }
    }

    /// Writes what waits, records nothing further, and closes the file.
    public func close() async {
        let wasClosed = state.withLock { state in
            defer { state.isClosed = true }
            return state.isClosed
        }
        guard !wasClosed else { return }
        await onQueue { database in
            _ = self.write(to: database)
            self.abandon()
        }
        file.close()
    }

    /// Does what is due after an interval.
    func tick() async {
        let (isPaused, prunes) = schedule.withLock { schedule -> (Bool, Bool) in
            guard schedule.pauses == 0 else {
                schedule.pauses -= 1
                return (true, false)
            }
            defer {
                schedule.untilPruning =
                    schedule.untilPruning == 0 ? Self.intervalsBetweenPruning : schedule.untilPruning - 1
            }
            return (false, schedule.untilPruning == 0)
        }
        report()
        guard !isPaused, prunes || state.withLock({ $0.hasSomethingToWrite }) else { return }
        _ = await withFile { database in
            let failure = self.write(to: database)
            if prunes, failure == nil { self.prune(database) }
            return failure
        }
    }

    /// Gives a test the file between transactions.
    func withDatabase<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try file.database.writeWithoutTransaction(body)
    }

    private func withFile(_ body: @escaping @Sendable (Database) -> ReportingError?) async -> ReportingError? {
        guard !state.withLock({ $0.isClosed }) else { return .closed(path: file.path) }
        return await onQueue(body)
    }

    private func onQueue<Value: Sendable>(_ body: @escaping @Sendable (Database) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            file.database.asyncWriteWithoutTransaction { continuation.resume(returning: body($0)) }
        }
    }

    // MARK: Writing

    /// Writes what waits now. What is recorded meanwhile is left to the next time, so that this one has an end.
    ///
    /// - Returns: why something still waits.
    @discardableResult
    private func write(to database: Database) -> ReportingError? {
        defer { report() }
        var waiting = state.withLock { $0.queue.entries }
        repeat {
            guard let batch = state.withLock({ $0.takeBatch() }) else { break }
            waiting -= batch.entries.count
            do {
                let written = try file.write(batch, to: database)
                state.withLock { $0.finish(batch, written: written) }
            } catch {
                let failure = ReportingError(error, file.path)
                fail(batch, failure, isRefused: (error as? DatabaseError)?.isRefusal ?? false)
                return failure
            }
        } while waiting > 0
        state.withLock { $0.isWriting = false }
        schedule.withLock { $0.pauses = 0 }
        return nil
    }

    private func fail(_ batch: WriteBatch, _ failure: ReportingError, isRefused: Bool) {
        let failures = state.withLock { state in
            state.putBack(batch, isRefused: isRefused)
            state.lastFailure = failure
            return state.failuresInARow
        }
        schedule.withLock { $0.pauses = min(Self.mostPauses, 1 << min(failures, 8)) }
    }

    /// Removes some of what is too old or too much.
    func prune(_ database: Database) {
        let cutoff = now().advanced(by: .zero - limits.age)
        do {
            for _ in 0..<Self.pruningSteps {
                guard try file.prune(olderThan: cutoff, mostOctets: limits.fileOctets, in: database) else { return }
            }
            // There is more: go on at the next interval.
            schedule.withLock { $0.untilPruning = 0 }
        } catch {
            state.withLock { state in
                state.figures.failures += 1
                state.failureMessages.add()
                state.lastFailure = ReportingError(error, file.path)
            }
        }
    }

    /// What waits when the log is closed is lost.
    private func abandon() {
        let now = now()
        state.withLock { state in
            while let batch = state.takeBatch() {
                state.queue.finish(batch.queued)
                state.drop(batch.entries.count, at: now)
                state.drops = MinuteTable()
            }
        }
        report()
    }

    /// Says what went wrong, at most once a minute.
    private func report() {
        let now = now()
        let (failures, dropped, reason) = state.withLock { state in
            (state.failureMessages.take(at: now), state.dropMessages.take(at: now), state.lastFailure)
        }
        if let failures, let reason {
            logger?.error(
                "the transaction log cannot be written", metadata: ["reason": "\(reason)", "failures": "\(failures)"])
        }
        if let dropped {
            logger?.warning(
                "\(dropped) entries were dropped by the transaction log", metadata: ["entries": "\(dropped)"])
        }
    }
}

extension DatabaseError {
    /// Whether the rows themselves are at fault, so that trying again would not help.
    fileprivate var isRefusal: Bool {
        [.SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG, .SQLITE_RANGE].contains(resultCode)
    }
}
#endif
