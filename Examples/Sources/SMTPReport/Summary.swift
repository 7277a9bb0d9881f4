import ArgumentParser
import SMTPReporting
import SMTPSecurity
import TextTable

/// How often what happened.
struct Summary: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Traffic by profile, and how often each violation was raised.")

    @OptionGroup var log: LogOptions
    @OptionGroup var time: TimeOptions
    @Option(help: "Violations under this profile only.")
    var profile: String?

    private struct Report: Encodable {
        var traffic: [String: ProfileTraffic]
        var violations: [ViolationCount]
        var dropped: Int
    }

    func run() async throws {
        let reader = try log.open()
        let counts = try await reader.counts(from: time.first, until: time.end, profile: profile)
        let traffic = try await reader.traffic(from: time.first, until: time.end)
        let dropped = try await reader.dropped(from: time.first, until: time.end).reduce(0) { $0 + $1.entries }
        if log.json {
            return try log.printJSON(
                Report(traffic: traffic.mapValues { ProfileTraffic($0) }, violations: counts, dropped: dropped))
        }
        print(ProfileTraffic.table(traffic) + "\n")
        guard !counts.isEmpty else { return print("No violations.") }
        var table = Table(
            ["violation", "occurred", "alarmed", "blocked", "first", "last"], numbers: [1, 2, 3])
        for count in counts {
            table.add([
                count.violation, "\(count.occurrences)", "\(count.alarmed)", "\(count.blocked)", count.first.iso8601,
                count.last.iso8601,
            ])
        }
        print(table.text)
        if dropped > 0 { print("\n\(dropped) violations are missing: they came faster than they could be written.") }
    }
}
