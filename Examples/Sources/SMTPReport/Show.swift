import ArgumentParser
import Foundation
import SMTPReporting
import SMTPSecurity
import TextTable

/// One violation, with what led to it.
struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "One violation by its Support ID, with the requests that led to it.")

    @OptionGroup var log: LogOptions

    @Argument(help: ArgumentHelp("The 19 digits that the client saw in the reply.", valueName: "support-id"))
    var supportID: String

    @Flag(
        help: "Write what was kept of the message, as it came, and nothing else. Careful: it is what a stranger sent.")
    var message = false

    func run() async throws {
        guard let id = SupportID(supportID) else {
            throw ValidationError("\"\(Evidence(supportID))\" is no Support ID: those have 19 digits")
        }
        guard let entry = try await log.open().entry(id) else {
            FileHandle.standardError.write(Data("There is no violation \(id) in \(log.log).\n".utf8))
            throw ExitCode(1)
        }
        if message {
            guard !entry.messageBeginning.isEmpty else {
                FileHandle.standardError.write(Data("Nothing of a message was kept with \(id).\n".utf8))
                throw ExitCode(1)
            }
            return FileHandle.standardOutput.write(Data(entry.messageBeginning))
        }
        if log.json { return try log.printJSON(entry) }
        print(Self.text(of: entry))
    }

    private static func text(of entry: ViolationEntry) -> String {
        var table = Table(["Support ID", "\(entry.supportID)"])
        let flags = [entry.alarm ? "alarm" : nil, entry.block ? "block" : nil].compactMap(\.self)
        table.add(["time", entry.time.iso8601])
        table.add(["violation", entry.violation])
        table.add(["evidence", entry.evidence])
        table.add(["action", "\(entry.action.rawValue) (\(flags.isEmpty ? "no flag" : flags.joined(separator: ", ")))"])
        table.add(["reply", entry.reply ?? "-"])
        table.add(["profile", entry.profile])
        table.add(["client", "\(entry.client), \(entry.greetingName.isEmpty ? "not greeted yet" : entry.greetingName)"])
        table.add(["session", "\(entry.session), transaction \(entry.transaction)"])
        table.add(["sender", entry.reversePath.map { "<\($0)>" } ?? "-"])
        let more = entry.recipientCount > entry.recipients.count ? " … (\(entry.recipientCount) accepted)" : ""
        table.add(["recipients", entry.recipients.map { "<\($0)>" }.joined(separator: ", ") + more])
        if let size = entry.messageSize { table.add(["message", "\(size) octets"]) }
        if let digest = entry.messageDigest { table.add(["SHA-256", digest]) }
        let lines = entry.transcript.map { line in
            let mark =
                switch line.direction {
                case .client: "C:"
                case .server: "S:"
                case .note: "  "
                }
            return "  \(line.time.iso8601)  \(mark) \(line.text)"
        }
        var parts = [table.text]
        if !lines.isEmpty { parts.append(lines.joined(separator: "\n")) }
        if !entry.messageBeginning.isEmpty {
            let title = "The first \(entry.messageBeginning.count) octets of the message:"
            parts.append(([title] + entry.messageLines.map { "  " + $0 }).joined(separator: "\n"))
        }
        return parts.joined(separator: "\n\n")
    }
}
