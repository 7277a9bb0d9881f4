import ArgumentParser
import Logging
import SMTPReporting
import SMTPSecurity
import SMTPSecurityNIO
import ServiceLifecycle

/// The options about what is kept of violations.
struct ReportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep violations and traffic in this file (SQLite), for smtp-report. At most 30 days and 1 GiB of them.",
            valueName: "file"))
    var transactionLog: String?

    @Option(
        help: ArgumentHelp(
            "How many of a session's last lines are kept with each violation. A profile may say otherwise.",
            valueName: "lines"))
    var transcriptLines = 50

    func validate() throws {
        guard (0...1_000).contains(transcriptLines) else { throw ValidationError("--transcript-lines takes 0 to 1000") }
    }

    /// How many lines of sessions are kept, if they are kept anywhere.
    var keptLines: Int { transactionLog == nil ? 0 : transcriptLines }

    /// The log that they ask for; `nil` if they ask for none.
    func open(_ logger: Logger) throws -> ReportingService? {
        guard let transactionLog else { return nil }
        do throws(ReportingError) {
            return ReportingService(log: try TransactionLog(path: transactionLog, logger: logger))
        } catch {
            throw ValidationError("--transaction-log \(error)")
        }
    }
}

/// Writes what sessions report.
struct ReportingService: Service, SessionObserver {
    let log: TransactionLog

    func observe(_ record: ViolationRecord, transcript: SessionTranscript?) {
        log.record(ViolationEntry(record, transcript: transcript))
    }

    func observe(_ statistics: ProfileStatistics, profile: String, at time: Timestamp) {
        log.record(statistics, profile: profile, at: time)
    }

    func run() async throws {
        // Sessions end before services do, so nothing comes after the last write.
        await cancelWhenGracefulShutdown { await log.run() }
        await log.close()
    }
}
