import ArgumentParser
import CoreMetrics
import Foundation
import SMTPAntivirus
import SMTPAntivirusClamAV
import SMTPSecurity
import Synchronization

@main
struct ScanBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan-bench",
        abstract: "Measures what virus inspection adds to the time that libclamav itself takes.",
        discussion: """
            Prints one JSON object per line. Build it optimised: swift build -c release.

            Every message is another one, with an attachment of its own, so that neither the library nor the check remembers it. The floor is \
            libclamav alone, called from as many threads with the parts decoded beforehand and the message; then come messages that have arrived in \
            sessions, from there to what is found, several at a time as in a server, and one after the other, which has the waking up of threads in \
            it too. Rounds are short and follow each other, so that ratios hold on a busy machine. Times of the processor are those of all threads \
            together; what is added is what remains of them without the library's calls in the same round.
            """)

    @Option(help: "How many rounds. Figures are medians.")
    var iterations = 25

    @Option(help: "Octets of a message; may be repeated.")
    var octets = [10_240, 102_400, 1_048_576, 10_485_760]

    @Option(help: "Threads that scan.")
    var threads = 2

    @Option(help: "Messages at a time.")
    var concurrency = 8

    @Option(help: "Signatures in the database. None is found.")
    var signatures = 1

    func validate() throws {
        guard iterations > 0, threads > 0, concurrency > 0, signatures > 0, octets.allSatisfy({ $0 > 0 }) else {
            throw ValidationError("every number has to be at least 1")
        }
    }

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "scan-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Signatures.write(signatures, to: folder)
        let scanTimes = ScanTimes()
        MetricsSystem.bootstrap(scanTimes)
        var configuration = ClamAVConfiguration(database: folder.path)
        configuration.threads = threads
        let check = AntivirusCheck(try await ClamAVScanner(configuration))
        let alone = AntivirusCheck(NoScanner(), rememberedVerdicts: 0)
        let library = LibraryAlone(database: folder.path, temporaryFolder: "/dev/shm")
        for octets in octets {
            let count = max(2 * threads, min(200, 4_000_000 / octets))
            var figures: [String: [Double]] = [:]
            for round in 0...iterations {
                let others = Self.mail(count, octets)
                let mail = Self.mail(count, octets)
                let arrived = Inspection(of: mail, by: check)
                let start = Self.processorTime
                let floor = Self.time(library, others, threads: threads) / Double(count)
                let middle = Self.processorTime
                _ = scanTimes.take()
                let together = await arrived.run(atOnce: concurrency) / .microseconds(count)
                let end = Self.processorTime
                let scans = scanTimes.take()
                let again = await Inspection(of: mail, by: check).run(atOnce: concurrency) / .microseconds(count)
                let without = await Inspection(of: mail, by: alone).run(atOnce: 1) / .microseconds(count)
                let one = Self.time(library, Self.mail(count, octets), threads: 1) / Double(count)
                let sequence =
                    await Inspection(of: Self.mail(count, octets), by: check).run(atOnce: 1) / .microseconds(count)
                // The first one warms up.
                guard round > 0 else { continue }
                figures["libclamav", default: []].append(floor)
                figures["check", default: []].append(together)
                figures["overhead_percent", default: []].append((together / floor - 1) * 100)
                figures["processor_libclamav", default: []].append((middle - start) / Double(count))
                figures["processor_check", default: []].append((end - middle) / Double(count))
                figures["processor_overhead_percent", default: []].append(
                    ((end - middle) / (middle - start) - 1) * 100)
                figures["added", default: []].append((end - middle - scans) / Double(count))
                figures["added_percent", default: []].append(((end - middle) / scans - 1) * 100)
                figures["scanned_before", default: []].append(again)
                figures["without_scanner", default: []].append(without)
                figures["one_libclamav", default: []].append(one)
                figures["one_check", default: []].append(sequence)
                figures["one_overhead_percent", default: []].append((sequence / one - 1) * 100)
            }
            let text = figures.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \(Self.median($0.value))" }
            print("{\"message\": \(octets), \"signatures\": \(signatures), \(text.joined(separator: ", "))}")
        }
    }

    /// Finds nothing, in no time.
    private struct NoScanner: VirusScanner {
        let name = "none"
        func scan(_ sample: ScanSample) async -> ScanVerdict { .clean }
    }

    private static func time(_ library: LibraryAlone, _ mail: [Mail], threads: Int) -> Double {
        let start = ContinuousClock.now
        // Whoever is free takes the next one, so that no thread waits long for the others at the end.
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < mail.count else { return }
                for part in mail[index].parts { library.scan(part) }
                library.scan(mail[index].message)
            }
        }
        return start.duration(to: .now) / .microseconds(1)
    }

    /// Microseconds that this process has had of the processors.
    private static var processorTime: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(0), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
    }

    private static func median(_ figures: [Double]) -> String {
        String(format: "%.1f", figures.sorted()[figures.count / 2])
    }

    private static func mail(_ count: Int, _ octets: Int) -> [Mail] { (0..<count).map { _ in Mail(octets) } }
}
