import ArgumentParser
import SMTPSecurity
import SMTPStores

/// A store that answers later, with many decisions in flight.
struct Shared: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep decisions in flight against a store that answers later.")

    @Option(help: ArgumentHelp("A SQLite file; made if it is not there.", valueName: "file"))
    var sqlite: String?

    @Option(help: ArgumentHelp("A Redis server.", valueName: "url"))
    var redis: String?

    @Option(help: "How many decisions are in flight.")
    var inFlight = 64

    @Option(help: "How many decisions in a round.")
    var decisions = 200_000

    @Option(help: "How many distinct keys.")
    var keys = 100_000

    @Option(help: "How many rounds. Figures are medians.")
    var iterations = 5

    func run() async throws {
        throw ValidationError("give --sqlite FILE or --redis URL")
    }
}
