import SMTPDNS
import SMTPSecurity
import Testing

@Suite("Master files")
struct MasterFileTests {
    private func question(_ name: String, _ type: DNSRecordType) throws -> DNSQuestion {
        DNSQuestion(try DNSName(name), type)
    }

    @Test("say what they say")
    func example() throws {
        let zone = try ZoneResolver(
            masterFile: """
                $ORIGIN example.org.   ; what follows is below this
                $TTL 1h
                @       IN SOA ns hostmaster ( 1 ; serial
                                3600 600
                                86400 3600 )
                        IN NS ns
                        3600 IN MX 10 mail
                        IN 1h MX 20 mail.example.net.
                        TXT "v=spf1 a:mail " ( "-all"
                        )
                mail    A 192.0.2.1
                \tAAAA 2001:db8::1
                *.wild  IN A 192.0.2.7
                a.wild  TXT here
                www     CNAME mail
                \\097\\.b TXT plain\\;text "quo\\"ted\\\\;" "\\000\\255" ""
                $ORIGIN 2.0.192.in-addr.arpa.
                1       PTR mail.example.org.
                """)
        let mail = try DNSName("mail.example.org")
        #expect(
            try zone.lookUp(question("example.org", .mx)).records == [
                .mx(preference: 10, exchange: mail), .mx(preference: 20, exchange: try DNSName("mail.example.net")),
            ])
        #expect(
            try zone.lookUp(question("example.org", .txt)).records == [
                .txt([Array("v=spf1 a:mail ".utf8), Array("-all".utf8)])
            ])
        #expect(try zone.lookUp(question("www.example.org", .a)).records == [.address(.v4(0xC000_0201))])
        #expect(try zone.lookUp(question("www.example.org", .aaaa)).canonicalName == mail)
        #expect(try zone.lookUp(question("1.2.0.192.in-addr.arpa", .ptr)).records == [.ptr(mail)])
        let strange = try DNSName(escaped: "a\\.b.example.org")
        #expect(
            try zone.lookUp(DNSQuestion(strange, .txt)).records == [
                .txt([Array("plain;text".utf8), Array("quo\"ted\\;".utf8), [0, 255], []])
            ])
        #expect(try zone.lookUp(question("example.org", .a)).outcome == .noData)
    }

    @Test("have wildcards, which answer for what does not exist (RFC 4592)")
    func wildcards() throws {
        let zone = try ZoneResolver(
            masterFile: """
                *.example A 192.0.2.1
                a.b.example TXT x
                *.c.example CNAME a.b.example
                ns.d.example NS x
                """)
        let found = DNSAnswer.Outcome.records([.address(.v4(0xC000_0201))])
        for (name, outcome) in [
            ("x.example", found), ("x.y.example", found), ("example", .noData), ("b.example", .noData),
            ("a.b.example", .noData), ("x.b.example", .nonexistent), ("d.example", .noData), ("ns.d.example", .noData),
            ("other", .nonexistent),
        ] {
            #expect(try zone.lookUp(question(name, .a)).outcome == outcome, "\(name)")
        }
        #expect(try zone.lookUp(question("anything.c.example", .txt)).records == [.txt([[0x78]])])
    }

    @Test(
        "that are wrong are refused, with the line and what is wrong there",
        arguments: [
            ("\n A 192.0.2.1", "line 2: the first record has no owner"),
            ("a. A 192.0.2", "line 1: \"192.0.2\" is no IPv4 address"),
            ("a. A ::1", "line 1: \"::1\" is no IPv4 address"),
            ("a. AAAA 192.0.2.1", "line 1: \"192.0.2.1\" is no IPv6 address"),
            ("a. A", "line 1: A takes an IPv4 address"),
            ("a. MX mail", "line 1: MX takes a preference and a name"),
            ("a. MX 70000 mail", "line 1: \"70000\" is no preference, 0 to 65535"),
            ("a. TXT", "line 1: TXT takes texts"),
            ("a. TXT \"x", "line 1: a quoted text does not end on its line"),
            ("a.", "line 1: \"a.\" has no record type"),
            ("a. TXT \\999", "line 1: \"\\999\": a backslash is not followed by a character or three digits up to 255"),
            ("a. IN 5", "line 1: \"a.\" has no record type"), ("a. ?? x", "line 1: \"??\" is no record type"),
            ("a..b. A 192.0.2.1", "line 1: \"a..b.\": a label is empty"),
            ("@ A 192.0.2.1", "line 1: @ without an $ORIGIN"),
            ("$INCLUDE /etc/passwd", "line 1: \"$INCLUDE\" is not supported; $ORIGIN and $TTL are"),
            ("$ORIGIN", "line 1: $ORIGIN takes one name"), ("\n\na. TXT (\n x", "line 3: a parenthesis does not end"),
            ("a. TXT ( (", "line 1: a parenthesis within another"),
            ("a. TXT )", "line 1: a parenthesis ends that did not begin"),
            ("a. TXT " + String(repeating: "x", count: 256), "line 1: a text of 256 octets; 255 are the most"),
        ])
    func mistakes(_ text: String, _ wanted: String) {
        do throws(MasterFileError) {
            _ = try ZoneResolver(masterFile: text)
            Issue.record("nothing was said")
        } catch {
            #expect(error.description == wanted)
        }
    }

    @Test("can be anything without harm")
    func anything() {
        let pieces = [
            "a", ".", "\\", "\"", "(", ")", ";", "\n", " ", "\t", "@", "$ORIGIN", "$TTL", "IN", "A", "MX", "TXT", "10",
            "192.0.2.1",
            "\u{0}", "é", "\\0", "\\255", "1h", "*", "\r\n",
        ]
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...30)).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            _ = try? ZoneResolver(masterFile: text)
        }
    }
}
