import ArgumentParser
import SMTPReporting
import SMTPSecurity
import TextTable

/// What went through.
struct Traffic: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sessions, transactions, messages, recipients and octets by profile.")

    @OptionGroup var log: LogOptions
    @OptionGroup var time: TimeOptions

    func run() async throws {
        let traffic = try await log.open().traffic(from: time.first, until: time.end)
        if log.json { return try log.printJSON(traffic.mapValues { ProfileTraffic($0) }) }
        print(ProfileTraffic.table(traffic))
    }
}

extension ProfileTraffic {
    /// A row for each profile.
    static func table(_ traffic: [String: ProfileStatistics]) -> String {
        guard !traffic.isEmpty else { return "No traffic." }
        let titles = [
            "profile", "sessions", "transactions", "messages", "recipients", "octets", "refused", "deferred",
            "checks not done",
        ]
        var table = Table(titles, numbers: Set(1..<titles.count))
        for (profile, statistics) in traffic.sorted(by: { $0.key < $1.key }) {
            let row = ProfileTraffic(statistics)
            table.add([
                profile, "\(row.sessions)", "\(row.transactions)", "\(row.messages)", "\(row.recipients)",
                "\(row.octets)", "\(row.refused)", "\(row.deferred)", "\(row.unavailable)",
            ])
        }
        return table.text
    }
}
