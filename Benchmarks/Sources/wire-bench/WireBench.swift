import ArgumentParser

@main
struct WireBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wire-bench",
        abstract: "Measures the wire path: command parsing and message data, beside controls in the same run.",
        discussion: "Prints one JSON object per line. Build it optimised: swift build -c release.",
        subcommands: [Commands.self, Data.self, Session.self, Generate.self])
}
