#if ClamAV
import Foundation
public import Logging
public import SMTPAntivirus
import Synchronization

/// Scans with ClamAV's library, in this process.
///
/// ```swift
/// let scanner = try await ClamAVScanner(ClamAVConfiguration(database: "/var/lib/clamav"), logger: logger)
/// let check = AntivirusCheck(scanner)
/// ```
///
/// The signatures are compiled once, and all threads scan with them. A sample is scanned where it is in memory; what the library unpacks from it goes
/// through a folder of this process alone, in memory where the system has some for that. New signatures are loaded beside the old ones, while
/// scans go on: for that time, and until the last scan with the old ones has ended, both take memory.
public struct ClamAVScanner: TimedScanner {
    /// What all copies share.
    private final class Shared: Sendable {
        struct State: Sendable {
            var engine: ClamAVEngine
            /// Why the last database was refused.
            var refusal: ClamAVError?
        }

        let configuration: ClamAVConfiguration
        let folder: PrivateFolder
        let threads: ScanThreads
        let logger: Logger?
        let metrics = ScannerMetrics()
        let state: Mutex<State>

        init(_ configuration: ClamAVConfiguration, _ folder: PrivateFolder, _ engine: ClamAVEngine, _ logger: Logger?) {
            self.configuration = configuration
            self.folder = folder
            self.logger = logger
            threads = ScanThreads(configuration.threads)
            state = Mutex(State(engine: engine))
        }

        var engine: ClamAVEngine { state.withLock { $0.engine } }

        func scan(_ samples: [ScanSample], for job: ScanJob) -> [ScanVerdict] {
            // The engine lives until these scans have ended, whatever is loaded meanwhile.
            let engine = engine
            var verdicts: [ScanVerdict] = []
            verdicts.reserveCapacity(samples.count)
            for sample in samples where verdicts.last?.isFinal != true {
                guard !job.isCancelled.load(ordering: .relaxed) else { return verdicts + [.unscanned(.deadline)] }
                let start = ContinuousClock.now
                let verdict = engine.scan(sample, for: job)
                metrics.scanned(verdict, octets: sample.octets.count, in: ContinuousClock.now - start)
                verdicts.append(verdict)
            }
            return verdicts
        }
    }

    /// `libclamav`.
    public let name = "libclamav"
    private let shared: Shared

    /// Loads the signatures. With ClamAV's full database this takes up to a minute and more than a gigabyte of memory.
    ///
    /// - Parameters:
    ///   - configuration: where the signatures are, and how far a scan goes.
    ///   - logger: gets a record of every database that is loaded or refused, and at `debug` what the library has to say.
    /// - Throws: what is wrong with the database, or that the library cannot be used.
    public init(_ configuration: ClamAVConfiguration, logger: Logger? = nil) async throws(ClamAVError) {
        try ClamAVLibrary.start(logger: logger)
        let folder = try PrivateFolder(in: configuration.temporaryFolder)
        let result = await Self.onThread { () throws(ClamAVError) in
            try ClamAVEngine(configuration, folder: folder, generation: 0)
        }
        shared = Shared(configuration, folder, try result.get(), logger)
        report("virus database loaded")
    }

    /// The signatures in use.
    public var database: ClamAVDatabase { shared.engine.database }

    /// Why the last database that came was refused, and the one before it kept; `nil` if it was not.
    public var refusal: ClamAVError? { shared.state.withLock { $0.refusal } }

    /// Another one after each reload.
    public var signatureVersion: String? { "libclamav/\(database.generation)" }

    /// Scans a sample on one of the threads.
    public func scan(_ sample: ScanSample) async -> ScanVerdict {
        await scan([sample]).first ?? .unscanned(.deadline)
    }

    /// Scans samples on one of the threads.
    public func scan(_ samples: [ScanSample]) async -> [ScanVerdict] { await scan(samples, for: ScanJob()) }

    package func scan(_ samples: [ScanSample], until time: ScanTime) async -> [ScanVerdict] {
        let job = ScanJob()
        time.whenUp { job.cancel() }
        return await scan(samples, for: job)
    }

    package var executor: (any TaskExecutor)? { shared.threads }

    private func scan(_ samples: [ScanSample], for job: ScanJob) async -> [ScanVerdict] {
        let shared = shared
        return await withTaskCancellationHandler {
            if shared.threads.isCurrent { return shared.scan(samples, for: job) }
            return await withCheckedContinuation { continuation in
                job.wait(continuation)
                shared.threads.run { job.finish(shared.scan(samples, for: job)) }
            }
        } onCancel: {
            job.cancel()
        }
    }

    /// Loads the signatures anew. Scans go on meanwhile, and lose nothing.
    ///
    /// - Throws: what is wrong with the database; then the one before it stays in use.
    public func reload() async throws(ClamAVError) {
        let shared = shared
        let result = await Self.onThread { () throws(ClamAVError) in
            do throws(ClamAVError) {
                let generation = shared.engine.database.generation + 1
                let engine = try ClamAVEngine(
                    shared.configuration, folder: shared.folder, generation: generation)
                // The old one goes here, unless a scan has it still: with a large database that takes a while.
                shared.state.withLock { $0 = Shared.State(engine: engine) }
            } catch {
                shared.state.withLock { $0.refusal = error }
                throw error
            }
        }
        do throws(ClamAVError) {
            try result.get()
            shared.metrics.reloaded()
            report("virus database reloaded")
        } catch {
            shared.metrics.refused()
            shared.logger?.error(
                "virus database refused, the one before it stays in use", metadata: ["reason": "\(error)"])
            throw error
        }
    }

    /// Loads the signatures anew if their files have changed.
    ///
    /// - Returns: whether they had.
    /// - Throws: what is wrong with the database; then the one before it stays in use.
    @discardableResult
    public func reloadIfChanged() async throws(ClamAVError) -> Bool {
        shared.metrics.has(database, at: Self.now)
        guard shared.engine.isOutdated else { return false }
        try await reload()
        return true
    }

    /// Looks now and then whether the files of the signatures have changed, and loads them anew if so, until the task is cancelled.
    ///
    /// - Parameters:
    ///   - interval: how often.
    ///   - clock: what measures it.
    public func watchDatabase(
        every interval: Duration = .seconds(60), clock: some Clock<Duration> = ContinuousClock()
    ) async {
        while (try? await clock.sleep(for: interval)) != nil {
            // Why it failed is in the log, and the old signatures are as good as before.
            _ = try? await reloadIfChanged()
        }
    }

    private func report(_ message: Logger.Message) {
        let database = database
        shared.metrics.has(database, at: Self.now)
        shared.logger?.notice(
            message,
            metadata: [
                "signatures": "\(database.signatures)",
                "age": "\(database.age(at: Self.now).map { "\($0) s" } ?? "unknown")",
                "version": "\(database.version.map { "\($0)" } ?? "none")",
            ])
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    /// Does something that blocks on a thread of its own.
    private static func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws(ClamAVError) -> Value
    ) async -> Result<Value, ClamAVError> {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: Result(catching: body)) }
            thread.name = "virus database"
            thread.start()
        }
    }
}
#endif
