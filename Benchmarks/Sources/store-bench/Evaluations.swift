import ArgumentParser
import Foundation

/// Checks that take time.
struct Evaluations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask checks that answer in a task of their own.",
        discussion: """
            One line for 1 and 4 checks, which are chosen at run time as those of a profile file are. A command is MAIL with its checks, and the RSET \
            behind it.
            """)

    @Option(help: "How many commands in a round.")
    var commands = 20_000

    @Option(help: "How many rounds. Figures are medians.")
    var iterations = 15

    func validate() throws {
        guard commands > 0, iterations > 0 else {
            throw ValidationError("--commands and --iterations have to be at least 1")
        }
    }

    func run() async throws {
        for checks in [1, 4] {
            var seconds: [Double] = []
            for _ in 0..<iterations {
                let start = ContinuousClock.now
                let evaluations = await EvaluationPass.run(checks: checks, rounds: commands)
                seconds.append(start.duration(to: .now) / .seconds(1))
                precondition(evaluations == commands, "\(evaluations) of \(commands) commands were judged")
            }
            seconds.sort()
            let (median, best) = (seconds[iterations / 2], seconds[0])
            let figures = String(
                format: #""ns_per_command":%.0f,"ns_per_command_best":%.0f"#, median / Double(commands) * 1e9,
                best / Double(commands) * 1e9)
            print(#"{"checks":\#(checks),\#(figures)}"#)
        }
    }
}
