import ArgumentParser
import Foundation
import SMTPDNS
import SMTPSenderPolicy
import SMTPSenderPolicySPF2

struct SPFDifferential: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spf-differential",
        abstract:
            "Compares the native SPF engine with libspf2 and with pyspf on generated policies; see Scripts/spf-differential.",
        subcommands: [Cases.self, Compare.self, Hostile.self])
}

struct Numbers: ParsableArguments {
    @Option(help: "How many cases.")
    var count = 100_000

    @Option(help: "Which ones: the same number gives the same cases.")
    var seed: UInt64 = 7_208
}

/// Writes cases for another engine.
struct Cases: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Writes cases as JSON, one a line.")

    @OptionGroup var numbers: Numbers

    func run() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        for number in 0..<numbers.count {
            var line = try encoder.encode(GeneratedCase(number: number, seed: numbers.seed))
            line.append(0x0A)
            FileHandle.standardOutput.write(line)
        }
    }
}

/// Compares answers.
struct Compare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Compares the native engine's answers with pyspf's and with libspf2's. Ends with 1 if a difference has no name."
    )

    @OptionGroup var numbers: Numbers

    @Option(help: ArgumentHelp("pyspf's answers, one a line.", valueName: "file"))
    var answers: String

    @Option(help: "How many differences without a name are shown.")
    var show = 5

    private struct Answer: Decodable {
        var result: String
        var explanation: String
        var problem: String
    }

    func run() async throws {
        let decoder = JSONDecoder()
        let lines = try String(contentsOfFile: answers, encoding: .utf8).split(separator: "\n")
        guard lines.count == numbers.count else {
            throw ValidationError("\(answers) has \(lines.count) answers; \(numbers.count) are needed")
        }
        var named: [DifferenceRule: Int] = [:]
        var results: [SPFResult: Int] = [:]
        var unnamed = 0
        for (number, line) in lines.enumerated() {
            let item = GeneratedCase(number: number, seed: numbers.seed)
            let (request, resolver) = (try item.request, try item.resolver)
            let native = await NativeSPFEvaluator(resolver).evaluate(request)
            results[native.result, default: 0] += 1
            let answer = try decoder.decode(Answer.self, from: Data(line.utf8))
            var pyspf = SPFOutcome(SPFResult(rawValue: answer.result) ?? .temperror)
            if answer.result == "fail", answer.explanation != "DEFAULT" { pyspf.explanation = answer.explanation }
            if pyspf.result == .permerror || pyspf.result == .temperror { pyspf.problem = answer.problem }
            for (other, engine) in [
                (pyspf, DifferenceRule.Engine.pyspf), (await SPF2Evaluator(resolver).evaluate(request), .libspf2),
            ] {
                guard other.result != native.result || other.explanation != native.explanation else { continue }
                if let rule = try await DifferenceRule.explaining(engine, native, other, item) {
                    named[rule, default: 0] += 1
                } else {
                    unnamed += 1
                    if unnamed <= show { print(Self.text(number, item, engine, native, other)) }
                }
            }
        }
        for result in SPFResult.allCases { print("\(results[result] ?? 0) native \(result.rawValue)") }
        for (rule, count) in named.sorted(by: { $0.value > $1.value }) { print("\(count) \(rule.rawValue)") }
        let explained = named.values.reduce(0, +)
        print("\(numbers.count) cases, \(explained) differences explained, \(unnamed) unexplained")
        if unnamed > 0 { throw ExitCode.failure }
    }

    private static func text(
        _ number: Int, _ item: GeneratedCase, _ engine: DifferenceRule.Engine, _ native: SPFOutcome, _ other: SPFOutcome
    ) -> String {
        var text = "case \(number): \(item.client) \(item.helo) <\(item.sender)>\n"
        for (name, records) in item.zone.sorted(by: { $0.key < $1.key }) {
            for record in records { text += "  \(name) \(record.joined(separator: " | "))\n" }
        }
        func said(_ outcome: SPFOutcome) -> String {
            "\(outcome.result.rawValue) \(outcome.explanation ?? "") (\(outcome.problem ?? "-"), by \(outcome.mechanism ?? "-"), \(outcome.lookups) look-ups, \(outcome.voidLookups) void)"
        }
        return text + "  native: \(said(native))\n  \(engine.rawValue): \(said(other))\n"
    }
}

/// Gives an engine hostile records, for a run under a memory checker.
struct Hostile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Evaluates hostile records with libspf2, for a run under valgrind.")

    @OptionGroup var numbers: Numbers

    func run() async throws {
        var results: [SPFResult: Int] = [:]
        for number in 0..<numbers.count {
            let item = GeneratedCase(number: number, seed: numbers.seed, isHostile: true)
            results[await SPF2Evaluator(try item.resolver).evaluate(try item.request).result, default: 0] += 1
        }
        for result in SPFResult.allCases { print("\(results[result] ?? 0) \(result.rawValue)") }
    }
}
