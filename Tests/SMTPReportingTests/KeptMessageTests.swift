#if SQLite
import Foundation
import GRDB
import SMTPSecurity
import Testing

@testable import SMTPReporting

@Suite("Messages in the transaction log")
struct KeptMessageTests {
    private let folder: TransactionLogFolder

    init() throws { folder = try TransactionLogFolder() }

    private static func entry(_ message: [UInt8]) -> ViolationEntry {
        ViolationEntry(Sample().record, messageSize: 5_000, messageBeginning: message)
    }

    static let messages: [[UInt8]] = [
        [], [0], Array("Subject: x\r\n\r\n<script>alert(1)</script>".utf8), Array(0...255),
        Array(repeating: 0xFF, count: ViolationEntry.maximumMessageOctets),
    ]

    @Test("come back as they came, and leave the file with their entries", arguments: messages)
    func keeps(_ message: [UInt8]) async throws {
        let entry = Self.entry(message)
        #expect(try JSONDecoder().decode(ViolationEntry.self, from: JSONEncoder().encode(entry)) == entry)
        let log = try folder.log()
        log.record(entry)
        try await log.flush()
        let reader = try folder.reader()
        #expect(try await reader.entry(entry.supportID) == entry)
        // Not in lists: there can be many, and they can be large.
        #expect(try await reader.entries(ViolationQuery()).map(\.messageBeginning) == [[]])
        #expect(try log.number("SELECT count(*) FROM message") == (message.isEmpty ? 0 : 1))
        try log.withDatabase { try $0.execute(sql: "DELETE FROM entry") }
        #expect(try log.number("SELECT count(*) FROM message") == 0)
    }

    @Test("are bounded, also while they wait")
    func bounded() throws {
        let entry = Self.entry(Array(repeating: 65, count: ViolationEntry.maximumMessageOctets + 1))
        #expect(entry.messageBeginning.count == ViolationEntry.maximumMessageOctets)
        #expect(entry.estimatedOctets > ViolationEntry.maximumMessageOctets)
        var limits = ReportLimits()
        limits.queuedOctets = 3 * ViolationEntry.maximumMessageOctets
        let log = try folder.log(limits)
        try log.whileBusy { for _ in 0..<10 { log.record(Self.entry(entry.messageBeginning)) } }
        #expect(log.figures.dropped == 8)
    }

    @Test(
        "are shown by lines, escaped",
        arguments: [
            ("", []), ("a", ["a"]), ("a\r\n", ["a"]), ("a\n\r\nb\r\n", ["a", "", "b"]), ("\r\r\n", [#"\r"#]),
            ("\u{1B}[2J\0\"\\", [#"\x1B[2J\x00\"\\"#]), ("é", [#"\xC3\xA9"#]),
            (String(repeating: "x", count: 5_000), [String(repeating: "x", count: 5_000)]),
        ] as [(String, [String])])
    func lines(_ text: String, _ lines: [String]) {
        #expect(Self.entry(Array(text.utf8)).messageLines == lines)
    }
}
#endif
