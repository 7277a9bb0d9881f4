import ArgumentParser
import Foundation
import SMTPSenderPolicy
import SMTPSenderPolicySPF2
import SPFTestSuite

/// Who evaluates.
enum Engine: String, ExpressibleByArgument, CaseIterable {
    case native
    case libspf2
}

@main
struct SPFConformance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spf-conformance",
        abstract: "Runs test suites in the format of the openspf project.",
        discussion: "Prints each test that fails, and what libspf2 makes of the suites. Ends with 1 if a test fails.")

    @Option(help: "Who evaluates: this library's own engine, or libspf2.")
    var engine = Engine.native

    @Argument(help: ArgumentHelp("Suites, for example rfc7208-tests.yml.", valueName: "suite.yml"))
    var files: [String]

    func run() async throws {
        var passed = 0
        var failed = 0
        var comparison = (passed: 0, failed: 0)
        for file in files {
            let suite: SPFTestSuite
            do {
                suite = try SPFTestSuite(yaml: String(contentsOfFile: file, encoding: .utf8))
            } catch {
                throw ValidationError("\(file): \(error)")
            }
            let failures =
                switch engine {
                case .native: await suite.failures { NativeSPFEvaluator($0) }
                case .libspf2: await suite.failures { SPF2Evaluator($0) }
                }
            for failure in failures { print("\(file): \(failure)") }
            passed += suite.count - failures.count
            failed += failures.count
            guard engine == .native else { continue }
            let others = await suite.failures { SPF2Evaluator($0) }
            comparison.passed += suite.count - others.count
            comparison.failed += others.count
        }
        if engine == .native {
            print("libspf2 for comparison: \(comparison.passed) passed, \(comparison.failed) failed")
        }
        print("\(passed) passed, \(failed) failed")
        if failed > 0 { throw ExitCode.failure }
    }
}
