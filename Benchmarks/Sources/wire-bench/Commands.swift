import AllocationCounter
import ArgumentParser
import Foundation
import SMTPSecurity
import WireCases

/// Parses every command of a corpus, completely.
struct Commands: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Parse command lines: path, mailbox parts, every parameter value.",
        discussion: """
            The figures include finding the lines. The controls are memchr, which only finds them, and a loop that \
            allocates once per command, which shows that allocations are counted.
            """)

    @Option(help: ArgumentHelp("Command lines, each with CRLF or LF.", valueName: "file"))
    var corpus: String

    @Option(help: "How often to go through the corpus. Figures are medians.")
    var iterations = 51

    @Flag(
        inversion: .prefixedNo, help: "Run the controls too. Without them a tool can count instructions from outside.")
    var controls = true

    func validate() throws {
        guard iterations > 0 else { throw ValidationError("--iterations has to be at least 1") }
    }

    func run() throws {
        let octets = try octets(of: corpus)
        var pass = CommandPass()
        pass.run(octets.span)
        let reference = pass
        guard reference.commands > 0 else { throw ValidationError("\(corpus) holds no line") }
        var seconds: [Double] = []
        var splits: [Double] = []
        var allocations: UInt64 = 0
        for _ in 0..<iterations {
            let measured = Measurement {
                pass = CommandPass()
                pass.run(octets.span)
            }
            guard pass.checksum == reference.checksum else { throw ValidationError("two passes differ") }
            seconds.append(measured.seconds)
            allocations += measured.allocations
            guard controls else { continue }
            var lines = 0
            splits.append(Measurement { lines = Control.split(octets) }.seconds)
            guard lines == reference.commands else { throw ValidationError("the control counts other lines") }
        }
        let control = Measurement { Control.allocate(1_000) }
        let commands = Double(reference.commands)
        var line = JSONLine()
        line.add("commands", reference.commands)
        line.add("errors", reference.errors)
        line.add("octets", octets.count)
        line.add("ns_per_command", seconds.median / commands * 1e9)
        line.add("ns_per_command_best", (seconds.min() ?? .nan) / commands * 1e9)
        line.add("mb_per_s", Double(octets.count) / seconds.median / 1e6)
        if allocation_counter_is_active() {
            line.add("allocations_per_command", Double(allocations) / commands / Double(iterations))
            line.add("control_allocations_per_allocation", Double(control.allocations) / 1_000)
        } else {
            line.addNull("allocations_per_command")
        }
        line.add("control_memchr_split_ns_per_command", splits.median / commands * 1e9)
        line.add("iterations", iterations)
        line.add("checksum", reference.checksum)
        line.print()
    }
}
