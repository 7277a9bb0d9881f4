#if ClamAV
import Foundation
import SMTPAntivirus
import SMTPAntivirusClamAV
import SMTPMessageFormat
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("Infected messages")
struct InfectedMessageTests {
    private static let now = Timestamp(seconds: 1_795_867_200)

    private static func kinds(_ message: [UInt8], _ scanner: ClamAVScanner) async throws -> [ScanFinding.Kind] {
        try await AntivirusCheck(scanner).findings(in: MessageContent(message), at: now).map(\.kind)
    }

    private static func isInfected(_ kinds: [ScanFinding.Kind]) -> Bool {
        kinds.contains { if case .infected = $0 { true } else { false } }
    }

    /// A message with what a program of Python leaves in `data` as its attachment.
    private static func message(_ program: String, encoding: String = "base64") throws -> [UInt8] {
        try Python.octets(
            """
            import base64, binascii, quopri
            virus = b'X5O!P%@AP[4\\\\PZX54(P^)7CC)7}$EICAR-STANDARD-' + b'ANTIVIRUS-TEST-FILE!$H+H*'
            def uuencoded(octets):
                lines = [binascii.b2a_uu(octets[i:i + 45]) for i in range(0, len(octets), 45)]
                return b'begin 644 v.com\\n' + b''.join(lines) + b'`\\nend\\n'
            encoders = {'base64': base64.encodebytes, 'quoted-printable': lambda octets: quopri.encodestring(octets, True),
                'x-uuencode': uuencoded, '7bit': lambda octets: octets}
            def attached(octets, encoding, kind='application/octet-stream; name="v.bin"'):
                return (f'From: a@example.org\\nMIME-Version: 1.0\\nContent-Type: multipart/mixed; boundary=b\\n\\n--b\\n\\nhello\\n'
                    f'--b\\nContent-Type: {kind}\\nContent-Transfer-Encoding: {encoding}\\n\\n').encode() \
                    + encoders[encoding](octets) + b'\\n--b--\\n'
            \(program)
            out.write(attached(data, '\(encoding)').replace(b'\\n', b'\\r\\n'))
            """)
    }

    struct Case: Sendable, CustomStringConvertible {
        var description: String
        var program: String
        var encoding = "base64"
    }

    @Test(
        "are found out, however the virus is packed",
        arguments: [
            Case(description: "base64", program: "data = virus"),
            Case(description: "quoted-printable", program: "data = virus", encoding: "quoted-printable"),
            Case(description: "uuencode", program: "data = virus", encoding: "x-uuencode"),
            Case(description: "as it is", program: "data = virus", encoding: "7bit"),
            Case(description: "zip", program: "data = zipped([('v.com', virus)])"),
            Case(description: "zip in zip", program: "data = zipped([('i.zip', zipped([('v.com', virus)]))])"),
            Case(description: "tar.gz", program: "data = gzip.compress(tarred([('v.com', virus)]))"),
            Case(
                description: "message/rfc822",
                program: "data = attached(virus, 'base64'); encoders['7bit'] = lambda octets: octets", encoding: "7bit"),
            Case(
                description: "a message in a zip file",
                program: "data = zipped([('m.eml', attached(virus, 'base64'))])"),
        ])
    func packed(_ item: Case) async throws {
        let scanner = try await TestDatabase().scanner()
        let kinds = try await Self.kinds(try Self.message(item.program, encoding: item.encoding), scanner)
        #expect(Self.isInfected(kinds), "\(kinds)")
    }

    @Test("a message within a message is looked into")
    func nested() async throws {
        let scanner = try await TestDatabase().scanner()
        let inner = String(decoding: try Self.message("data = zipped([('v.com', virus)])"), as: UTF8.self)
        let outer =
            "From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n" + inner
        let findings = try await AntivirusCheck(scanner).findings(
            in: MessageContent(Array(outer.utf8)), at: Self.now)
        #expect(Self.isInfected(findings.map(\.kind)))
        #expect(findings.first?.part.description == "1.2")
    }

    @Test("every hidden attachment is found, or the message is said to be ambiguous")
    func hiddenAttachments() async throws {
        let scanner = try await TestDatabase().scanner()
        var found = 0
        for item in HiddenAttachment.all(TestVirus.octets, named: TestVirus.fileName) {
            let kinds = try await Self.kinds(item.message, scanner)
            #expect(!kinds.isEmpty, "\(item.trick)")
            if Self.isInfected(kinds) { found += 1 }
        }
        #expect(found > 100)
    }

    @Test(
        "whatever the first field looks like, the library takes it for mail",
        arguments: [
            "%PDF-1.4: x", "PK\u{3}\u{4}: x", "GIF89a: x", "MZ: x", "X-Nothing: x", "\u{7f}ELF: x", "<html>: x",
            "Subject: x",
        ])
    func firstField(_ field: String) async throws {
        let scanner = try await TestDatabase().scanner()
        // Parts are not scanned here: it is the library's own reader of mail that has to find it.
        var message = Array("\(field)\r\n".utf8)
        message += try Self.message("data = zipped([('v.com', virus)])")
        var check = AntivirusCheck(scanner)
        check.limits.part = 0
        let kinds = try await check.findings(in: MessageContent(message), at: Self.now).map(\.kind)
        #expect(Self.isInfected(kinds), "\(kinds)")
    }

    @Test("bombs, nests and crowds are not taken for clean, and end")
    func bombs() async throws {
        let scanner = try await TestDatabase().scanner { configuration in
            configuration.limits.fileSize = 10 << 20
            configuration.limits.scanSize = 50 << 20
        }
        func isLimited(_ message: [UInt8]) async throws -> Bool {
            try await Self.kinds(message, scanner).contains {
                if case .unscanned(.limitExceeded) = $0 { true } else { false }
            }
        }
        #expect(try await isLimited(try Self.message("data = zipped([('zeros', b'\\0' * (200 << 20))])")))
        #expect(
            try await isLimited(
                try Self.message("data = b'x'\nfor _ in range(40): data = zipped([('i.zip', data)])")))
        let parts = (0..<10_000).map { "--b\r\n\r\n\($0)\r\n" }.joined()
        #expect(
            try await isLimited(
                Array(
                    "From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\(parts)--b--\r\n"
                        .utf8)))
    }

    // MARK: Files that others made

    /// Where Debian's package clamav-testfiles has them.
    private static let folder = "/usr/share/clamav-testfiles"
    private static let files = (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? []

    @Test(
        "ClamAV's own test files: each is detected",
        .enabled(if: !files.isEmpty, "SKIPPED: clamav-testfiles is not installed"))
    func testFiles() async throws {
        #expect(Self.files.count >= 40)
        let database = try TestDatabase()
        // All of them carry one program of 544 octets.
        let payload = [UInt8](try Data(contentsOf: URL(filePath: "\(Self.folder)/clam.exe")))
        #expect(payload.count == 544)
        try database.write("aa15bcf478d165efd2065190eb473bcb:544:Test-File\n", "files.hdb")
        let scanner = try await database.scanner()
        for name in Self.files {
            let octets = [UInt8](try Data(contentsOf: URL(filePath: "\(Self.folder)/\(name)")))
            let verdict = await scanner.scan(ScanSample(octets, name: name))
            #expect(verdict == .infected("Test-File.UNOFFICIAL"), "\(name)")
        }
    }
}
#endif
