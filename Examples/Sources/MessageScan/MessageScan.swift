import ArgumentParser
import Foundation
import SMTPAntivirus
import SMTPAntivirusClamAV
import SMTPMessageFormat
import SMTPSecurity

/// Scans messages for malware, as the proxy does.
@main
struct MessageScan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "message-scan",
        abstract:
            "Scans messages for malware: each part decoded, in every way that readers of mail may do it, and the message as a whole.",
        discussion: """
            For each file it prints a line for everything that it finds: infected SIGNATURE (part), unscanned REASON (part), \
            or anomaly NAME (part); and clean if there is nothing. Part 0 is the whole message. The exit status is 1 if any file is \
            infected, 2 if one cannot be read, and 0 otherwise.

            Example: message-scan --database /var/lib/clamav mail.eml
            """)

    @Option(help: ArgumentHelp("The folder of ClamAV's signatures.", valueName: "folder"))
    var database: String

    @Argument(help: "Files with one message each, with CRLF or LF line ends.")
    var files: [String]

    func run() async throws {
        let scanner: ClamAVScanner
        do {
            scanner = try await ClamAVScanner(ClamAVConfiguration(database: database))
        } catch {
            complain("\(error)")
            throw ExitCode(2)
        }
        let check = AntivirusCheck(scanner)
        var isInfected = false
        var isUnread = false
        for file in files {
            do {
                let message = try Self.message(file)
                let findings = try await check.findings(
                    in: message, at: Timestamp(seconds: Int64(Date.now.timeIntervalSince1970)))
                for finding in findings {
                    print("\(Self.shown(file)): \(Self.text(finding))")
                    if case .infected = finding.kind { isInfected = true }
                }
                if findings.isEmpty { print("\(Self.shown(file)): clean") }
            } catch {
                complain("\(Self.shown(file)): \(error.localizedDescription)")
                isUnread = true
            }
        }
        if isInfected { throw ExitCode(1) }
        if isUnread { throw ExitCode(2) }
    }

    private static func text(_ finding: ScanFinding) -> String {
        let what =
            switch finding.kind {
            case .infected(let signature): "infected \(Evidence(signature))"
            case .unscanned(let reason): "unscanned \(Evidence(reason.description))"
            case .anomaly(let kind): "anomaly \(kind.rawValue)"
            }
        return "\(what) (\(finding.part))"
    }

    /// A name of a file in one line.
    private static func shown(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "?" : $0 }))
    }

    private func complain(_ text: String) {
        FileHandle.standardError.write(Data("message-scan: \(text)\n".utf8))
    }

    /// A message that is read from its file piece by piece.
    private static func message(_ path: String) throws -> MessageContent {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        let count = try file.seekToEnd()
        return MessageContent(count: count) { offset, limit in
            try file.seek(toOffset: offset)
            return [UInt8](try file.read(upToCount: limit) ?? Data())
        }
    }
}
