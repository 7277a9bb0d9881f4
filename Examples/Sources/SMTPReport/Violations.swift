import ArgumentParser
import SMTPReporting
import SMTPSecurity
import TextTable

/// Single violations, the newest first.
struct Violations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Violations, the newest first.")

    @OptionGroup var log: LogOptions
    @OptionGroup var time: TimeOptions

    @Option(help: "Of this kind, such as spf.fail, or of this check, such as spf.")
    var violation: String?
    @Option(help: "Under this profile.")
    var profile: String?
    @Option(help: ArgumentHelp("Of this client: an address or a network.", valueName: "network"))
    var client: String?
    @Option(help: ArgumentHelp("With this sender.", valueName: "address"))
    var sender: String?
    @Option(help: ArgumentHelp("With this recipient.", valueName: "address"))
    var recipient: String?
    @Option(help: "What was done: passed, repaired, refused or closed.")
    var action: String?
    @Option(help: "At most so many, 1 to \(ViolationQuery.maximumLimit).")
    var limit = 50

    func run() async throws {
        var query = ViolationQuery()
        query.violation = violation
        query.profile = profile
        query.sender = sender.map(ViolationQuery.escaped)
        query.recipient = recipient.map(ViolationQuery.escaped)
        if let client {
            guard let network = try? IPNetwork(client) else {
                throw ValidationError("--client takes an address or a network, such as 192.0.2.0/24")
            }
            query.client = network
        }
        if let action {
            guard let known = ViolationRecord.Action(rawValue: action) else {
                throw ValidationError("--action takes passed, repaired, refused or closed")
            }
            query.action = known
        }
        guard (1...ViolationQuery.maximumLimit).contains(limit) else {
            throw ValidationError("--limit takes 1 to \(ViolationQuery.maximumLimit)")
        }
        query.limit = limit
        query.from = time.first
        query.until = time.end
        let entries = try await log.open().entries(query)
        if log.json { return try log.printJSON(entries) }
        guard !entries.isEmpty else { return print("No violations.") }
        var table = Table(["time", "support ID", "violation", "action", "client", "sender", "evidence"])
        for entry in entries {
            table.add([
                entry.time.iso8601, "\(entry.supportID)", entry.violation, entry.action.rawValue,
                "\(entry.client.address)", entry.reversePath.map { "<\($0)>" } ?? "-", entry.evidence,
            ])
        }
        print(table.text)
    }
}
