import ArgumentParser

/// What a proxy's transaction log has, in a terminal.
@main
struct SMTPReport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smtp-report",
        abstract: "Shows the violations and the traffic in a transaction log.",
        discussion: """
            The log is the file that smtp-proxy --transaction-log FILE writes; it may be writing meanwhile.

            Examples: smtp-report summary --log violations.sqlite --from 24h
                      smtp-report show 1576517728898619648 --log violations.sqlite
            """,
        subcommands: [Summary.self, Violations.self, Show.self, Traffic.self])
}
