import ArgumentParser
import Foundation
import SMTPReporting
import SMTPSecurity

/// What a violation costs in the transaction log.
@main
struct ReportBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report-bench",
        abstract: "Record violations in a transaction log, and write them.",
        discussion: """
            "record" is what an event loop spends on a violation, "write" what the log's thread spends on it, both as time of a processor. \
            One JSON object a line.
            """)

    @Option(help: "How many violations.")
    var violations = 100_000

    @Option(help: "How many of them a session has.")
    var perSession = 10

    @Option(help: "How many of a session's last lines are kept with each; 0 for none. May be repeated.")
    var lines = [0, 20, 50]

    @Option(help: "Where the file is made.")
    var folder = "/tmp"

    func run() async throws {
        for lines in lines { try await measure(lines) }
    }

    private func measure(_ lines: Int) async throws {
        let offences = Offenders(transcriptLines: lines, violations: perSession).offences(violations)
        let path = "\(folder)/report-bench-\(ProcessInfo.processInfo.processIdentifier).sqlite"
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        var limits = ReportLimits()
        limits.queuedEntries = violations
        limits.queuedOctets = .max
        limits.fileOctets = .max
        // As many as make no full batch are recorded at a time, so that nothing is written meanwhile.
        let log = try TransactionLog(path: path, limits: limits)
        let piece = 900
        var (recording, writing) = (0.0, 0.0)
        for start in stride(from: 0, to: offences.count, by: piece) {
            let begin = processorSeconds
            for offence in offences[start..<min(start + piece, offences.count)] {
                log.record(offence.record, transcript: offence.transcript)
            }
            let recorded = processorSeconds
            try await log.flush()
            recording += recorded - begin
            writing += processorSeconds - recorded
        }
        let octets = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        await log.close()
        let count = Double(offences.count)
        print(
            #"{"transcript_lines":\#(lines),"violations":\#(offences.count),"record_us":\#(text(recording * 1e6 / count)),"#
                + #""write_us":\#(text(writing * 1e6 / count)),"octets_per_violation":\#(octets / offences.count)}"#)
    }

    private func text(_ value: Double) -> String { String(format: "%.2f", value) }

    /// What this process has used of processors, in seconds.
    private var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
