import ArgumentParser
import Foundation
import SMTPAntivirus
import SMTPAntivirusClamAV
import SMTPSecurity

@main
struct ScanBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan-bench",
        abstract: "Measures what virus inspection adds to the time that libclamav itself takes.",
        discussion: """
            Prints one JSON object per line. Build it optimised: swift build -c release.

            Every message is another one, with an attachment of its own, so that neither the library nor the check remembers it. The floor is \
            libclamav alone, called from as many threads with the parts decoded beforehand and the message; then come messages from their octets to \
            their findings, several at a time as in a server, and one after the other, which has the waking up of threads in it too. Rounds follow each \
            other, so that ratios hold on a busy machine.
            """)

    @Option(help: "How many rounds. Figures are medians.")
    var iterations = 9

    @Option(help: "Octets of a message; may be repeated.")
    var octets = [10_240, 102_400, 1_048_576, 10_485_760]

    @Option(help: "Threads that scan.")
    var threads = 2

    @Option(help: "Messages at a time.")
    var concurrency = 8

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "scan-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("Bench:0:*:6e6f626f6479206861732074686973\n".utf8).write(to: folder.appending(path: "bench.ndb"))
        var configuration = ClamAVConfiguration(database: folder.path)
        configuration.threads = threads
        let check = AntivirusCheck(try await ClamAVScanner(configuration))
        let alone = AntivirusCheck(NoScanner(), rememberedVerdicts: 0)
        let library = LibraryAlone(database: folder.path, temporaryFolder: "/dev/shm")
        for octets in octets {
            let count = max(2 * threads, min(400, 8_000_000 / octets))
            var figures: [String: [Double]] = [:]
            for round in 0...iterations {
                let floor = Self.time(library, Self.mail(count, octets), threads: threads) / Double(count)
                let mail = Self.mail(count, octets)
                let together = try await Self.time(check, mail, atOnce: concurrency) / Double(count)
                let again = try await Self.time(check, mail, atOnce: concurrency) / Double(count)
                let without = try await Self.time(alone, mail, atOnce: 1) / Double(count)
                let one = Self.time(library, Self.mail(count, octets), threads: 1) / Double(count)
                let sequence = try await Self.time(check, Self.mail(count, octets), atOnce: 1) / Double(count)
                // The first one warms up.
                guard round > 0 else { continue }
                figures["libclamav", default: []].append(floor)
                figures["check", default: []].append(together)
                figures["overhead_percent", default: []].append((together / floor - 1) * 100)
                figures["scanned_before", default: []].append(again)
                figures["without_scanner", default: []].append(without)
                figures["one_libclamav", default: []].append(one)
                figures["one_check", default: []].append(sequence)
                figures["one_overhead_percent", default: []].append((sequence / one - 1) * 100)
            }
            let text = figures.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \(Self.median($0.value))" }
            print("{\"message\": \(octets), \(text.joined(separator: ", "))}")
        }
    }

    /// Finds nothing, in no time.
    private struct NoScanner: VirusScanner {
        let name = "none"
        func scan(_ sample: ScanSample) async -> ScanVerdict { .clean }
    }

    /// Microseconds that so many messages at a time take.
    private static func time(_ check: AntivirusCheck, _ mail: [Mail], atOnce: Int) async throws -> Double {
        let messages = mail.map { MessageContent($0.message) }
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for first in 0..<atOnce {
                group.addTask {
                    for index in stride(from: first, to: messages.count, by: atOnce) {
                        let findings = try await check.findings(in: messages[index], at: Timestamp(seconds: 0))
                        precondition(findings.isEmpty, "\(findings)")
                    }
                }
            }
            try await group.waitForAll()
        }
        return start.duration(to: .now) / .microseconds(1)
    }

    private static func time(_ library: LibraryAlone, _ mail: [Mail], threads: Int) -> Double {
        let start = ContinuousClock.now
        DispatchQueue.concurrentPerform(iterations: threads) { first in
            for index in stride(from: first, to: mail.count, by: threads) {
                for part in mail[index].parts { library.scan(part) }
                library.scan(mail[index].message)
            }
        }
        return start.duration(to: .now) / .microseconds(1)
    }

    private static func median(_ figures: [Double]) -> String {
        String(format: "%.1f", figures.sorted()[figures.count / 2])
    }

    private static func mail(_ count: Int, _ octets: Int) -> [Mail] { (0..<count).map { _ in Mail(octets) } }
}
