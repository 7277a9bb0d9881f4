public import ArgumentParser
import Foundation
public import WireCases

extension CommandCorpus.Kind: ExpressibleByArgument {}
extension MessageCorpus.Kind: ExpressibleByArgument {}

/// Writes corpora.
struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a corpus: the same octets for the same options, on every machine.")

    @Option(help: "Which commands: \(CommandCorpus.Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var kind = CommandCorpus.Kind.mixed

    @Option(help: "How many commands.")
    var count = 100_000

    @Option(
        help: ArgumentHelp(
            "Message data instead of commands: \(MessageCorpus.Kind.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "kind"))
    var data: MessageCorpus.Kind?

    @Option(help: "How many octets of message data, at least.")
    var octets = 33_554_432

    @Option(help: "The seed.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Where to; standard output if left out.", valueName: "file"))
    var output: String?

    func validate() throws {
        guard count >= 0, octets >= 0 else { throw ValidationError("--count and --octets cannot be negative") }
    }

    func run() throws {
        let corpus: [UInt8]
        if let data {
            var generator = MessageCorpus(seed: seed)
            corpus = generator.octets(octets, data)
        } else {
            var generator = CommandCorpus(seed: seed)
            corpus = generator.octets(count, kind)
        }
        if let output {
            try Foundation.Data(corpus).write(to: URL(fileURLWithPath: output))
        } else {
            try FileHandle.standardOutput.write(contentsOf: Foundation.Data(corpus))
        }
    }
}
