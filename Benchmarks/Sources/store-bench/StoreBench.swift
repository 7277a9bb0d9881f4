import ArgumentParser

@main
struct StoreBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store-bench",
        abstract: "Measures what stores take for a decision, and what it takes to ask them.",
        discussion: "Prints one JSON object per line. Build it optimised: swift build -c release.",
        subcommands: [Memory.self, Flood.self, Shared.self, Evaluations.self])
}
