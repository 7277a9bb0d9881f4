import SMTPFileInspection
import SMTPMailValidation
import SMTPMessageFormat
import SMTPSecurity
import SMTPSecurityTesting
import Synchronization
import Testing

@Suite("Content of messages")
struct ContentValidationTests {
    /// 2026-11-28T12:00:00Z.
    private static let now = Timestamp(seconds: 1_795_867_200)
    private static let top = "Date: Sat, 28 Nov 2026 11:00:00 +0000\r\nFrom: A <a@example.org>\r\nTo: b@example.net\r\n"

    private static func found(
        _ message: [UInt8], _ change: (inout ContentValidation) -> Void = { _ in }
    ) async throws -> [String] {
        var check = ContentValidation()
        change(&check)
        let findings = try await check.findings(in: MessageContent(message), at: now)
        var names: [String] = []
        for finding in findings where !names.contains(finding.violation.name) { names.append(finding.violation.name) }
        return names
    }

    /// Says of everything that it is a program.
    private struct Alarmed: FileTypeDetector {
        func type(of beginning: Span<UInt8>) -> DetectedFileType? {
            DetectedFileType(mediaType: "application/x-executable")
        }
    }

    /// What a detector is asked about: all but texts that are shown in the message.
    @Test(
        "asks the detector about what has a name, is declared as no text, or is none",
        arguments: [
            ("text/plain", "hello", false), ("text/html", "<p>hello", false), ("text/plain; name=a.txt", "hello", true),
            ("application/pdf", "hello", true), ("text/plain", "hel\0lo", true), ("text/plain", "MZ\u{1}", true),
        ])
    func asked(_ type: String, _ content: String, _ isAsked: Bool) async throws {
        let message = Self.top + "MIME-Version: 1.0\r\nContent-Type: \(type)\r\n\r\n\(content)\r\n"
        let found = try await Self.found(Array(message.utf8)) { $0.detector = Alarmed() }
        #expect(found.contains("attachment-type") == isAsked, "\(found)")
    }

    struct Case: Sendable, CustomStringConvertible {
        var message: String
        var found: [String]
        var description: String { "\(found)" }

        init(_ found: [String], _ message: String) {
            self.message = message
            self.found = found
        }

        /// A message of which only the header section counts.
        static func header(_ found: [String], _ fields: String) -> Case { Case(found, fields + "\r\nhello\r\n") }

        /// A message with one attachment.
        static func file(_ found: [String], _ fields: String, _ content: String = "aGVsbG8=\r\n") -> Case {
            Case(
                found,
                top
                    + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n"
                    + "Content-Transfer-Encoding: base64\r\n" + fields + "\r\n" + content + "--b--\r\n")
        }
    }

    private static func expect(_ item: Case) async throws {
        let found = try await found(Array(item.message.utf8))
        #expect(found.sorted() == item.found.sorted())
    }

    private static func fields(_ text: String) -> String {
        "Date: Sat, 28 Nov 2026 11:00:00 +0000\r\nFrom: a@example.org\r\n" + text
    }

    @Test(
        "have the fields that RFC 5322 §3.6 wants, as often as it wants them",
        arguments: [
            Case.header([], top), .header(["header-missing-field"], "From: a@example.org\r\n"),
            .header(["header-missing-field"], "Date: Sat, 28 Nov 2026 11:00:00 +0000\r\n"),
            .header(["header-repeated-field"], top + "Subject: a\r\nSubject: b\r\n"),
            .header(["header-repeated-field", "header-author"], top + "from: c@example.org\r\n"),
            .header(["header-repeated-field"], top + "MESSAGE-ID: <a@b>\r\nMessage-Id: <c@d>\r\n"),
            .header([], top + "Comments: a\r\nComments: b\r\nKeywords: x\r\nKeywords: y\r\n"),
            .header(["header-author"], "Date: Sat, 28 Nov 2026 11:00:00 +0000\r\nFrom: a@x.example, b@x.example\r\n"),
            .header(
                [], "Date: Sat, 28 Nov 2026 11:00:00 +0000\r\nFrom: a@x.example, b@x.example\r\nSender: a@x.example\r\n"
            ),
            .header(["header-address", "header-author"], "Date: Sat, 28 Nov 2026 11:00:00 +0000\r\nFrom: \r\n"),
            .header(["header-address"], fields("To: b@\r\n")), .header(["header-address"], fields("Cc: x <y@z> w\r\n")),
            .header(["header-address"], fields("Reply-To: boss@bank.example <x@evil.example>\r\n")),
            .header([], fields("To: undisclosed-recipients:;\r\nBcc:\r\n")),
            .header(["header-date"], "Date: yesterday\r\nFrom: a@example.org\r\n"),
            .header(["header-date"], "Date: Mon, 28 Nov 2026 11:00:00 +0000\r\nFrom: a@example.org\r\n"),
            .header([], "Date: Mon, 30 Nov 2026 12:00:00 +0000\r\nFrom: a@example.org\r\n"),
            .header(["header-date-range"], "Date: Mon, 30 Nov 2026 12:00:01 +0000\r\nFrom: a@example.org\r\n"),
            .header([], "Date: Fri, 13 Nov 2026 12:00:00 +0000\r\nFrom: a@example.org\r\n"),
            .header(["header-date-range"], "Date: Fri, 13 Nov 2026 11:59:59 +0000\r\nFrom: a@example.org\r\n"),
            .header([], top + String(repeating: "Received: x\r\n", count: 50)),
            .header(["header-received"], top + String(repeating: "Received: x\r\n", count: 51)),
            .header(["header-size", "header-line"], top + "X: " + String(repeating: "x", count: 102_400) + "\r\n"),
        ])
    func header(_ item: Case) async throws {
        try await Self.expect(item)
    }

    @Test(
        "have lines and names that all readers read alike",
        arguments: [
            Case.header(["header-name"], top + "Subject : x\r\n"),
            .header(["header-name"], top + "Sub\r\n ject: x\r\n"),
            .header(["header-name"], top + "Sub ject: x\r\n"), .header(["header-name"], top + ": x\r\n"),
            .header(["header-line"], top + "junk\r\n"), .header(["header-line"], "From a@b Sat Nov 28\r\n" + top),
            .header(["header-line"], " x\r\n" + top), .header(["header-line"], top + "X: y\r\n \r\n z\r\n"),
            .header(["header-line"], top + "X: a\u{1}b\r\n"), .header(["mime-ambiguous"], top + "X: a\0b\r\n"),
            .header(["header-line"], top + "X: " + String(repeating: "x", count: 999) + "\r\n"),
            .header([], top + "X: " + String(repeating: "x", count: 995) + "\r\n"),
            .header([], top + "Subject: caf\u{E9}\r\n"),
        ])
    func lines(_ item: Case) async throws {
        try await Self.expect(item)
    }

    @Test(
        "have parts that all readers see alike",
        arguments: [
            Case.header(
                ["mime-ambiguous", "mime-untidy"], top + "Content-Type: text/plain\r\nContent-Type: text/html\r\n"),
            Case(
                ["mime-ambiguous"],
                top
                    + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n--a\r\n\r\nx\r\n--a--\r\n"
            ),
            Case(
                ["mime-ambiguous"], top + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\nx\r\n"),
            .file(["mime-encoding"], "", "aGVs!bG8=\r\n"), .file(["mime-encoding"], "", "aGVsbG8=aGVsbG8=\r\n"),
            .file(["mime-partial"], "Content-Type: message/partial; id=x; number=1\r\n"),
            Case(["mime-embedded-file"], top + "\r\nbegin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n"),
            .header(["mime-untidy"], top + "Content-Type: text/html\r\n"),
            Case(
                ["mime-parts"],
                top + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n"
                    + String(repeating: "--a\r\n\r\nx\r\n", count: 1_000) + "--a--\r\n"),
            Case(
                [],
                top + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n"
                    + String(repeating: "--a\r\n\r\nx\r\n", count: 999) + "--a--\r\n"),
        ])
    func structure(_ item: Case) async throws {
        try await Self.expect(item)
    }

    @Test("are not nested too deep", arguments: [20, 21])
    func depth(_ depth: Int) async throws {
        var message = Self.top + "MIME-Version: 1.0\r\n"
        for level in 0..<depth {
            message += "Content-Type: multipart/mixed; boundary=b\(level)x\r\n\r\n--b\(level)x\r\n"
        }
        message += "\r\nx\r\n"
        for level in (0..<depth).reversed() { message += "--b\(level)x--\r\n" }
        let found = try await Self.found(Array(message.utf8))
        #expect(found == (depth > 20 ? ["mime-depth"] : []))
    }

    @Test(
        "have attachments that are wanted, by all their names and types",
        arguments: [
            Case.file([], "Content-Disposition: attachment; filename=report.pdf\r\n"),
            .file([], "Content-Disposition: attachment; filename=\"v1.2.3.tar\"\r\n"),
            .file(["attachment-extension"], "Content-Disposition: attachment; filename=a.exe\r\n"),
            .file(["attachment-extension"], "Content-Disposition: attachment; filename=\"A.EXE \"\r\n"),
            .file(["attachment-extension"], "Content-Disposition: attachment; filename=\"a.exe.\"\r\n"),
            .file(["attachment-extension"], "Content-Disposition: attachment; filename=\"a.exe::$DATA\"\r\n"),
            .file(["attachment-extension"], "Content-Disposition: attachment; filename=\"x.txt/a.exe\"\r\n"),
            .file(["attachment-extension"], "Content-Type: application/octet-stream; name=a.scr\r\n"),
            .file(["attachment-extension"], "Content-Disposition: attachment; filename*=utf-8''a%2Eexe\r\n"),
            .file(["attachment-extension"], "Content-Disposition: attachment; filename*0=a.e; filename*1=xe\r\n"),
            .file(["attachment-extension"], "Content-Disposition: attachment; filename=\"=?utf-8?b?YS5leGU=?=\"\r\n"),
            .file(
                ["attachment-extension", "mime-ambiguous"],
                "Content-Disposition: attachment; filename=a.txt; filename=a.exe\r\n"),
            .file(
                ["attachment-extension", "attachment-double-extension"],
                "Content-Disposition: attachment; filename=invoice.pdf.exe\r\n"),
            .file(
                ["attachment-extension"],
                "Content-Disposition: attachment; filename=\"a.{00000000-0000-0000-0000-000000000000}\"\r\n"),
            .file(
                ["attachment-misleading-name", "attachment-extension"],
                "Content-Disposition: attachment; filename*=utf-8''gpj.%E2%80%AEexe.scr\r\n"),
            .file(
                ["attachment-misleading-name", "attachment-extension", "attachment-double-extension"],
                "Content-Disposition: attachment; filename=\"a.txt                    .exe\"\r\n"),
            .file(["attachment-type"], "Content-Type: application/x-msdownload\r\n"),
            .file(
                ["attachment-type"], "Content-Type: application/octet-stream\r\n", "f0VMRgIBAQAAAAAAAAAAAAIAPgA=\r\n"),
            .file(
                ["attachment-type", "attachment-mismatch"], "Content-Type: image/png\r\n",
                "f0VMRgIBAQAAAAAAAAAAAAIAPgA=\r\n"),
            .file(["attachment-mismatch"], "Content-Type: image/png; name=a.png\r\n", "JVBERi0xLjcKJeLjz9MK\r\n"),
            .file(
                ["attachment-mismatch"], "Content-Disposition: attachment; filename=a.jpg\r\n",
                "JVBERi0xLjcKJeLjz9MK\r\n"),
            .file(
                ["attachment-mismatch"], "Content-Disposition: attachment; filename=a.zip\r\n",
                "JVBERi0xLjcKJeLjz9MK\r\n"),
            .file(
                ["attachment-type", "attachment-mismatch"], "Content-Disposition: attachment; filename=a.txt\r\n",
                "f0VMRgIBAQAAAAAAAAAAAAIAPgA=\r\n"),
            .file([], "Content-Disposition: attachment; filename=a.pdf\r\n", "JVBERi0xLjcKJeLjz9MK\r\n"),
            .file([], "Content-Type: image/gif; name=a.gif\r\n", "R0lGODlhAQABAIAAAAAAAP///w==\r\n"),
        ])
    func attachments(_ item: Case) async throws {
        try await Self.expect(item)
    }

    /// Lists whatever it is told to.
    private struct Archives: ArchiveLister {
        var listing: ArchiveListing

        func list(
            _ archive: Span<UInt8>, name: [UInt8], limits: ArchiveLimits, isCancelled: () -> Bool
        ) -> ArchiveListing { listing }
    }

    @Test("have archives in which nothing unwanted is")
    func archives() async throws {
        // The beginning of a zip file.
        let message = Case.file(
            [], "Content-Disposition: attachment; filename=a.zip\r\n",
            "UEsDBBQAAAAIAAAAIQAAAAAAAAAAAAAAAAAFAAAAYS50eHQ=\r\n")
        func found(_ change: (inout ArchiveListing) -> Void) async throws -> [String] {
            var listing = ArchiveListing()
            change(&listing)
            return try await Self.found(Array(message.message.utf8)) { $0.archives = Archives(listing: listing) }
                .sorted()
        }
        #expect(try await found { _ in } == [])
        #expect(try await found { $0.entries = [ArchiveEntry(path: Array("b/a.txt".utf8))] } == [])
        #expect(
            try await found { $0.entries = [ArchiveEntry(path: Array("b/a.exe".utf8))] } == ["attachment-extension"])
        #expect(
            try await found {
                var entry = ArchiveEntry(path: Array("a".utf8))
                entry.detected = DetectedFileType(mediaType: "application/x-dosexec")
                $0.entries = [entry]
            } == ["attachment-type"])
        #expect(try await found { $0.isEncrypted = true } == ["attachment-encrypted"])
        #expect(try await found { $0.exceeded = [.ratio] } == ["attachment-archive-limit"])
        #expect(try await found { $0.isAmbiguous = true } == ["attachment-archive-broken"])
        #expect(try await found { $0.noteDamage("cut".utf8) } == ["attachment-archive-broken"])
        let large = try await Self.found(Array(message.message.utf8)) {
            $0.archives = Archives(listing: ArchiveListing())
            $0.limits.archive = 10
        }
        #expect(large == ["attachment-archive-limit"])
    }

    @Test(
        "with a hidden file are never passed without a word",
        arguments: HiddenAttachment.all(Array("MZ".utf8), named: "x.exe"))
    func hidden(_ item: HiddenAttachment) async throws {
        let found = try await Self.found(item.message)
        #expect(!found.isEmpty)
    }

    @Test("every anomaly is a violation of the check")
    func catalogue() {
        for kind in Anomaly.Kind.allCases {
            #expect(ContentValidation.violations.contains(ContentValidation.violation(for: kind)))
        }
        #expect(Set(ContentValidation.violations.map(\.name)).count == ContentValidation.violations.count)
    }

    @Test("are refused whole, with one violation of each kind")
    func refused() async throws {
        let harness = try await ProxyHarness(CheckPipeline { ContentValidation() })
        await harness.begin()
        await harness.send("EHLO client.example\r\n")
        await harness.send("MAIL FROM:<a@example.org>\r\n")
        await harness.send("RCPT TO:<b@example.net>\r\n")
        await harness.send("DATA\r\n")
        let message = Case.file(
            [],
            "Content-Disposition: attachment; filename=a.exe\r\nContent-Type: application/octet-stream; name=b.exe\r\n")
        let reply = await harness.send(message.message + ".\r\n")
        #expect(reply.hasPrefix("550 5.7.1"), "\(reply)")
        #expect(harness.upstream.messages.isEmpty)
        let records = harness.records.filter { $0.definition.name == "attachment-extension" }
        #expect(records.count == 1)
        #expect(records.first.map { "\($0.evidence)" } == "part 2: a.exe; 1 more")
    }

    @Test("show what is wrong escaped, once, and cut")
    func evidence() async throws {
        func evidence(_ name: String) async throws -> [String] {
            let message = Case.file([], "Content-Disposition: attachment; filename*=utf-8''\(name)\r\n")
            let findings = try await ContentValidation().findings(
                in: MessageContent(Array(message.message.utf8)), at: Self.now)
            return findings.map { "\($0.evidence)" }
        }
        #expect(try await evidence("a%00b%5C%E2%80%AE.txt") == [#"part 2: a\x00b\\\xE2\x80\xAE.txt"#])
        let long = try await evidence(String(repeating: "x", count: 10_000) + ".exe")
        #expect(long.count { $0.hasSuffix("x...") } == 1)
        #expect(long.allSatisfy { $0.count < 200 })
    }

    /// Counts how many messages are read at a time.
    private final class Reading: Sendable {
        private let counts = Mutex((now: 0, most: 0))
        var most: Int { counts.withLock { $0.most } }

        func message(_ octets: [UInt8]) -> MessageContent {
            MessageContent(count: UInt64(octets.count)) { [self] offset, _ in
                if offset == 0 {
                    counts.withLock { counts in
                        counts.now += 1
                        counts.most = max(counts.most, counts.now)
                    }
                }
                // Others would come in here, if they could.
                for _ in 0..<100 { await Task.yield() }
                if Int(offset) + 1 == octets.count { counts.withLock { $0.now -= 1 } }
                return [octets[Int(offset)]]
            }
        }
    }

    @Test("are looked at a few at a time, and who waits too long is told")
    func concurrency() async throws {
        let check = ContentValidation(concurrentMessages: 2)
        let reading = Reading()
        let octets = Array("X: y\r\n\r\n".utf8)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask { try await check.findings(in: reading.message(octets), at: Self.now).count }
            }
            for try await count in group { #expect(count == 2) }
        }
        #expect(reading.most == 2)

        // Both places are taken by messages that do not end until they are cancelled.
        let endless = MessageContent(count: 1) { _, _ in
            while !Task.isCancelled { await Task.yield() }
            return []
        }
        let holders = (0..<2).map { _ in Task { try? await check.findings(in: endless, at: Self.now) } }
        for _ in 0..<1_000 { await Task.yield() }
        let waiting = Task { () -> String in
            do throws(CheckFailure) {
                _ = try await check.findings(in: reading.message(octets), at: Self.now)
                return "no failure"
            } catch {
                return "\(error)"
            }
        }
        waiting.cancel()
        #expect(await waiting.value == "it took too long")
        for holder in holders { holder.cancel() }
        for holder in holders { #expect(await holder.value == nil) }
        #expect(try await check.findings(in: reading.message(octets), at: Self.now).count == 2)
    }

    @Test("that cannot be read get a temporary refusal, and nothing is delivered")
    func unreadable() async throws {
        struct Unreadable: Error {}
        let check = ContentValidation()
        let broken = MessageContent(count: 100) { _, _ in throw Unreadable() }
        await #expect(throws: CheckFailure.self) { try await check.findings(in: broken, at: Self.now) }
        let short = MessageContent(count: 100) { offset, _ in offset == 0 ? [0x41] : [] }
        await #expect(throws: CheckFailure.self) { try await check.findings(in: short, at: Self.now) }
    }
}
