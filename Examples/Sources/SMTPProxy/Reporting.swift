import ArgumentParser
import Foundation
import Hummingbird
import Logging
import NameResolution
import SMTPReplay
import SMTPReporting
import SMTPSecurity
import SMTPSecurityNIO
import ServiceLifecycle
import StatisticsPage

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

    @Option(
        help: ArgumentHelp(
            "Show the transaction log on a page at this address. Beyond this machine it needs --stats-token-file.",
            valueName: "host:port"))
    var stats: HostPort?

    @Option(
        help: ArgumentHelp("What readers of the page have to know: the first line of this file.", valueName: "file"))
    var statsTokenFile: String?

    @Option(
        help: ArgumentHelp(
            "Record sessions into this folder, mail included, for smtp-replay. Secrets of AUTH are masked.",
            valueName: "folder"))
    var record: String?

    @Option(
        help: ArgumentHelp(
            "How much of them to keep; the oldest make room. (default: 1024)", valueName: "MiB"))
    var recordLimit: Int?

    func validate() throws {
        if recordLimit != nil, record == nil { throw ValidationError("--record-limit goes with --record FOLDER") }
        if let recordLimit, !(1...1_048_576).contains(recordLimit) {
            throw ValidationError("--record-limit takes 1 to 1048576 MiB")
        }
        if stats != nil, transactionLog == nil {
            throw ValidationError("--stats shows a log: it goes with --transaction-log FILE")
        }
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

    /// The recorder that they ask for; `nil` if they ask for none.
    func recorder(_ logger: Logger) throws -> RecordingService? {
        guard let record else { return nil }
        var limits = RecorderLimits()
        if let recordLimit {
            limits.totalOctets = UInt64(recordLimit) << 20
            // At least eight files, so that never more than an eighth is removed at once.
            limits.fileOctets = min(limits.fileOctets, limits.totalOctets / 8)
        }
        do throws(RecordingError) {
            return RecordingService(recorder: try Recorder(folder: record, limits: limits, logger: logger))
        } catch {
            throw ValidationError("--record \(error)")
        }
    }

    /// The page that they ask for; `nil` if they ask for none. The log has to be there already.
    func page(of report: ReportingService?, _ statistics: StatisticsCollector, _ logger: Logger) throws -> (
        any Service
    )? {
        guard let stats, let report, let transactionLog else { return nil }
        var configuration = StatisticsSite.Configuration(host: stats.host, port: stats.port, log: transactionLog)
        if let statsTokenFile {
            let text: String
            do {
                text = try String(contentsOfFile: statsTokenFile, encoding: .utf8)
            } catch {
                throw ValidationError("--stats-token-file \(statsTokenFile): \(error.localizedDescription)")
            }
            let token = text.prefix { !$0.isNewline }
            guard token.count >= 16 else {
                throw ValidationError("--stats-token-file: a token has 16 characters at least")
            }
            configuration.token = String(token)
        }
        guard configuration.isLocal || configuration.token != nil else {
            throw ValidationError(
                "--stats \(stats): others than this machine can reach that, so it needs --stats-token-file FILE")
        }
        configuration.metrics = { PrometheusText.render(statistics.snapshot, log: report.log.figures) }
        do throws(ReportingError) {
            return try StatisticsSite(configuration).application(logger: logger) { port in
                logger.notice(
                    "statistics page", metadata: ["address": "http://\(HostPort(host: stats.host, port: port))/"])
            }
        } catch {
            throw ValidationError("--stats \(error)")
        }
    }
}

/// Writes what sessions report.
struct ReportingService: Service, SessionObserver {
    let log: TransactionLog

    func observe(_ record: ViolationRecord, transcript: SessionTranscript?, message: ObservedMessage?) {
        log.record(
            record, transcript: transcript, messageDigest: message?.digest, messageBeginning: message?.beginning ?? [])
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
