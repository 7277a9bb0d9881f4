import AllocationCounter
import ArgumentParser
import WireCases

/// Commands through the whole session.
struct Session: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take transactions through parser, state machine, checks and serialiser.",
        discussion: "One line for 0, 1 and 8 registered checks that all pass.")

    @Option(help: "How many transactions of five commands in a round.")
    var transactions = 20_000

    @Option(help: "How many rounds. Figures are medians.")
    var iterations = 15

    @Option(help: ArgumentHelp("Only with so many checks: 0, 1 or 8.", valueName: "count"))
    var checks: Int?

    func validate() throws {
        guard checks == nil || checks.flatMap(SessionPass.CheckCount.init) != nil else {
            throw ValidationError("--checks has to be 0, 1 or 8")
        }
        guard transactions > 0, iterations > 0 else {
            throw ValidationError("--transactions and --iterations have to be at least 1")
        }
    }

    func run() throws {
        for checks in SessionPass.CheckCount.allCases where self.checks == nil || self.checks == checks.rawValue {
            var seconds: [Double] = []
            var allocations: UInt64 = 0
            var commands = 0
            var size = 0
            for _ in 0..<iterations {
                let result = SessionPass.run(checks: checks, rounds: transactions) { work in
                    let measured = Measurement(work)
                    seconds.append(measured.seconds)
                    allocations += measured.allocations
                }
                commands = result.commands
                size = result.sessionSize
            }

            var line = JSONLine()
            line.add("checks", checks.rawValue)
            line.add("commands", commands)
            line.add("ns_per_command", seconds.median / Double(commands) * 1e9)
            line.add("ns_per_command_best", (seconds.min() ?? .nan) / Double(commands) * 1e9)
            if allocation_counter_is_active() {
                line.add("allocations_per_command", Double(allocations) / Double(commands * iterations))
            } else {
                line.addNull("allocations_per_command")
            }
            line.add("session_octets", size)
            line.add("iterations", iterations)
            line.print()
        }
    }
}
