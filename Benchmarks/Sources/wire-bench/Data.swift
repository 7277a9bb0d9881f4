import AllocationCounter
import ArgumentParser
import Foundation
import SMTPSecurity
import WireCases

/// Reads message data.
struct Data: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Scan message data for its end and its faults, and take out stuffed dots.",
        discussion: """
            The data goes through in reads of 64 KiB unless --read says otherwise, and is scanned as chunks (BDAT) of that size too, in \
            rounds with the controls between them: memchr of an octet that is not there, memchr line by line, and memcpy.
            """)

    @Option(help: ArgumentHelp("Message data; the end of data is added.", valueName: "file"))
    var corpus: String

    @Option(help: "How many rounds. Figures are medians, and the best.")
    var iterations = 15

    @Option(help: ArgumentHelp("How many octets a read brings; 0 for all at once.", valueName: "octets"))
    var read = 65_536

    @Flag(
        inversion: .prefixedNo, help: "Run the controls too. Without them a tool can count instructions from outside.")
    var controls = true

    func validate() throws {
        guard iterations > 0 else { throw ValidationError("--iterations has to be at least 1") }
        guard read >= 0 else { throw ValidationError("--read cannot be negative") }
    }

    func run() throws {
        var octets = try octets(of: corpus)
        octets += [0x0D, 0x0A, 0x2E, 0x0D, 0x0A]
        let size = read == 0 ? octets.count : read
        var rates: [String: [Double]] = [:]
        func note(_ name: String, _ seconds: Double) {
            rates[name, default: []].append(Double(octets.count) / seconds / 1e9)
        }
        var content: [UInt8] = []
        content.reserveCapacity(2 * octets.count + 128)
        var wire: [UInt8] = []
        wire.reserveCapacity(2 * octets.count + 128)
        var lines: UInt64 = 0
        var allocations: UInt64 = 0
        for round in 0...iterations {
            var scanner = DataScanner()
            let scan = Measurement { MessagePass.scan(octets.span, by: size, &scanner) }
            let scanned = scanner
            scanner = DataScanner()
            content.removeAll(keepingCapacity: true)
            let unstuff = Measurement { MessagePass.unstuff(octets.span, by: size, &scanner, into: &content) }
            guard scanned.isComplete, scanner.isComplete, scanned.faults == scanner.faults,
                scanner.contentLength == UInt64(content.count)
            else { throw ValidationError("scanning and un-stuffing differ") }
            lines = scanner.lineCount
            wire.removeAll(keepingCapacity: true)
            let stuff = Measurement { MessagePass.stuff(content.span, by: size, into: &wire) }
            // The first round only warms up.
            guard round > 0 else { continue }
            note("gb_per_s_scan", scan.seconds)
            note("gb_per_s_unstuff", unstuff.seconds)
            note("gb_per_s_stuff", stuff.seconds)
            allocations += scan.allocations + unstuff.allocations + stuff.allocations
            guard controls else { continue }
            note("gb_per_s_chunks", Measurement { _ = PartPass.chunks(octets, of: size) }.seconds)
            note("control_gb_per_s_memchr", Measurement { Control.search(octets) }.seconds)
            note("control_gb_per_s_memchr_per_line", Measurement { _ = Control.split(octets) }.seconds)
            note("control_gb_per_s_memcpy", Measurement { Control.copy(octets, into: &wire) }.seconds)
        }
        var line = JSONLine()
        line.add("octets", octets.count)
        line.add("lines", lines)
        for name in [
            "gb_per_s_scan", "gb_per_s_unstuff", "gb_per_s_stuff", "gb_per_s_chunks", "control_gb_per_s_memchr",
            "control_gb_per_s_memchr_per_line", "control_gb_per_s_memcpy",
        ] {
            line.add(name, rates[name, default: []].median)
            line.add("\(name)_best", rates[name, default: []].max() ?? .nan)
        }
        if allocation_counter_is_active() {
            line.add("allocations_per_pass", Double(allocations) / Double(3 * iterations))
        } else {
            line.addNull("allocations_per_pass")
        }
        line.add("read", size)
        line.add("iterations", iterations)
        line.print()
    }
}
