import ArgumentParser
import Foundation
import SMTPFileInspection
import SMTPFileInspectionArchive
import SMTPFileInspectionMagic
import SMTPMailValidation
import SMTPMessageFormat
import SMTPSecurity

/// Shows what a message is made of, and what is wrong with it.
@main
struct MessageInspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "message-inspect",
        abstract: "Shows the parts of a message, what is unusual about it, and the violations that it would be.",
        discussion: """
            Everything that comes from the message is shown escaped. The exit status is 0 if nothing is wrong, 1 if there are violations, \
            and 2 if the message cannot be read.

            Example: message-inspect --json mail.eml
            """)

    @Argument(help: "The message, with CRLF or LF line ends; standard input without it, or with -.")
    var file = "-"

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Do not look into archives.")
    var skipArchives = false

    func run() throws {
        let input: FileHandle
        if file == "-" {
            input = .standardInput
        } else if let opened = FileHandle(forReadingAtPath: file) {
            input = opened
        } else {
            FileHandle.standardError.write(Data("message-inspect: \(file) cannot be read\n".utf8))
            throw ExitCode(2)
        }
        var report = Report()
        var check = ContentValidation()
        let detector = DetectorChain(SignatureDetector(), try MagicDetector())
        check.detector = detector
        if !skipArchives { check.archives = LibraryArchiveLister(detector: SignatureDetector()) }
        var inspector = ContentInspector(
            check, at: Timestamp(seconds: Int64(Date.now.timeIntervalSince1970)))
        var walker = MessageWalker()
        func add(_ event: MessageEvent) {
            report.add(event, detector)
            inspector.add(event)
        }
        do {
            while let piece = try input.read(upToCount: 65_536), !piece.isEmpty {
                walker.walk([UInt8](piece).span, add)
            }
        } catch {
            FileHandle.standardError.write(Data("message-inspect: \(error)\n".utf8))
            throw ExitCode(2)
        }
        walker.finish(add)
        let findings = inspector.finish()
        report.violations = findings.map { finding in
            Report.Violation(
                violation: finding.violation.identifier, blocks: finding.violation.enforcement.block,
                evidence: "\(finding.evidence)", summary: finding.violation.summary)
        }
        print(json ? try report.json : report.text)
        if !findings.isEmpty { throw ExitCode(1) }
    }
}
