import SMTPMessageFormat
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("The grammar of mailboxes")
struct MailboxGrammarTests {
    private static func form(_ text: String, allowsUTF8: Bool = true) -> MailboxGrammar.Form {
        MailboxGrammar.form(of: Array(text.utf8).span, allowsUTF8: allowsUTF8)
    }

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    @Test(
        "knows what a command of SMTP may have",
        arguments: [
            // Dot-string, Quoted-string.
            "a@b", "a.b.c@d", "!#$%&'*+-/=?^_`{|}~@x", "1@2", "\"a\"@b", "\"\"@b", "\" \"@b", "\"a@b\"@c",
            "\"(a)\"@c", "\"\\\"\\\\\\x\\ \"@b", "\"..\"@b",
            // Domain.
            "a@b-c.d--e", "a@1.2.3.4", "a@xn--p1ai", "A@B",
            // Lengths: RFC 5321 §4.5.3.1.
            repeated("a", 64) + "@b", "\"" + repeated("a", 62) + "\"@b", "a@" + repeated("b", 63),
            "a@" + repeated("b.", 125) + "cc", repeated("a", 64) + "@" + repeated("b", 63) + repeated(".c", 63),
            // Literals: RFC 5321 §4.1.3.
            "a@[0.0.0.0]", "a@[255.255.255.255]", "a@[IPv6:::]", "a@[ipv6:::1]", "a@[IPV6:1:2:3:4:5:6:7:8]",
            "a@[IPv6:1:2:3:4:5:6::]", "a@[IPv6:::3:4:5:6:7:8]", "a@[IPv6:1::8]", "a@[IPv6:ABCD:ef01:2:3:4:5:1.2.3.4]",
            "a@[IPv6:::1.2.3.4]", "a@[IPv6:1:2:3:4::1.2.3.4]", "a@[x:y]", "a@[x-1:!(),.;<>@\"~^]", "a@[1:2]",
            // UTF-8: RFC 6531 §3.3.
            "é@b", "\"é\"@b", "a@é", "a@é-é.b", "😀@b", "a@" + repeated("é", 40),
        ])
    func mailbox(_ text: String) throws {
        #expect(Self.form(text) == .mailbox)
        _ = try Mailbox(text)
    }

    @Test(
        "knows what only a message may have",
        arguments: [
            // Comments and folding: RFC 5322 §3.2.2.
            " a@b", "a@b ", "\ta@b", "\r\n a@b", " \r\n\ta@b", "(c)a@b", "a@b(c)", "(c(d(e)))a@b", "(\\))a@b",
            "(\\()a@b",
            "(é)a@b", "(a\r\n b)a@b", "( )a@b", "(c) (d) a@b", "()a@b", "(\")a@b", "a@[1.2.3.4](c)",
            "\"a\tb\"@c", "\"a\r\n b\"@c", "\"\\\t\"@c", "\"\\é\"@b",
            // Domains that are no names of hosts.
            "a@-b", "a@b-", "a@b.-c", "a@b_c", "a@b/c", "a@é-", "a@b。c", "a@b．c", "a@b｡c",
            // Literals of another kind.
            "a@[]", "a@[1.2.3]", "a@[1.2.3.4.5]", "a@[1.2.3.256]", "a@[01.2.3.4]", "a@[1.2.3.]", "a@[.1.2.3]",
            "a@[1.2.3.1234]", "a@[ 1.2.3.4]", "a@[1.2.3.4 ]", "a@[1.2.\r\n 3.4]", "a@[IPv6:]", "a@[IPv6:1]",
            "a@[IPv6:1:2:3:4:5:6:7]", "a@[IPv6:1:2:3:4:5:6:7:8:9]", "a@[IPv6:1:2:3:4:5:6:7::]", "a@[IPv6:1::2::3]",
            "a@[IPv6::1:2:3:4:5:6:7]", "a@[IPv6:1:]", "a@[IPv6:1::2:]", "a@[IPv6::::]", "a@[IPv6::::1]",
            "a@[IPv6:12345::]",
            "a@[IPv6:g::]", "a@[IPv6:1:2:3:4:5:1.2.3.4]", "a@[IPv6:1:2:3:4:5::1.2.3.4]", "a@[IPv6:1.2.3.4]",
            "a@[IPv6:1.2.3.4::]", "a@[x]", "a@[x:]", "a@[:y]", "a@[-:y]", "a@[x-:y]", "a@[x_:y]", "a@[é]", "a@[x:é]",
            // Lengths.
            repeated("a", 65) + "@b", "\"" + repeated("a", 63) + "\"@b", "a@" + repeated("b", 64),
            "a@" + repeated("b.", 126) + "c", "a@" + repeated("é", 127), "a@[x:" + repeated("y", 250) + "]",
            // C1.
            "\u{85}@b", "a@\u{80}",
        ])
    func addressSpecification(_ text: String) {
        #expect(Self.form(text) == .addressSpecification)
        #expect(throws: CommandParseError.self) { try Mailbox(text) }
    }

    @Test(
        "knows what is only still to be read",
        arguments: [
            "a .b@c", "a. b@c", "a.(c)b@d", "a(c).b@d", "\"a\".b@c", "a.\"b\"@c", "\"a\".\"b\"@c", "a@b .c", "a@b. c",
            "a@b(c).d", "a @b", "a@ b", "a(c)@b", "a@(c)b", "a@(c)[1.2.3.4]", "\r\n \r\n a@b", "a@b\r\n \r\n\t",
            "(\r\n \r\n )a@b", "\"\u{1}\"@b", "\"\u{7F}\"@b", "\"\\\u{0}\"@b", "\"\\\r\"@b", "\"\\\n\"@b", "(\u{1})a@b",
            "(\\\u{0})a@b", "a@[\\1]", "a@[\\]]", "a@[\u{1}]",
        ])
    func obsolete(_ text: String) {
        #expect(Self.form(text) == .obsolete)
        #expect(throws: CommandParseError.self) { try Mailbox(text) }
    }

    @Test(
        "knows what is none",
        arguments: [
            "", " ", "a", "@", "a@", "@b", "a@@b", "a@b@c", ".a@b", "a.@b", "a..b@c", "a@.b", "a@b.", "a@b..c", ".@b",
            "a@.",
            "a b@c", "a@b c", "a(c)b@d", "a@b(c)d", "\"a@b", "a\"@b", "\"a\"b@c", "a\"b\"@c", "\"a\"\"b\"@c",
            "\"a\\\"@b",
            "\"\\", "a\\b@c", "\\a@b", "(a@b", "a)@b", "a@b(", "a@b(\\)", "a@b(\\", "a@b)", "a@[", "a@[1", "a@]",
            "a@[[]",
            "a@[1]2", "a@1[2]", "a@[1].b", "a@[\\]", "a@[\\", "a@\"b\"", "<a@b>", "A <a@b>", "a@b,", "a,b@c", "a;b@c",
            "a:b@c", "a@b>", "@a:b@c", "a\u{0}@b", "\"\u{0}\"@b", "(\u{0})a@b", "a@[\u{0}]", "a\u{1}@b", "a@b\u{7F}",
            "a\r@b", "\ra@b", "a@b\r", "a@b\n", "\na@b", "\"\n\"@b", "(\n)a@b", "a@b\r\n", "\r\na@b", "\r\n\r\n a@b",
            "\"\r\"@b", "\"\r\nx\"@b", "a@[\n]",
        ])
    func invalid(_ text: String) {
        #expect(Self.form(text) == .invalid)
        #expect(throws: CommandParseError.self) { try Mailbox(text) }
    }

    @Test("knows UTF-8, and that it is not always allowed")
    func utf8() {
        for text in ["é@b", "a@é", "\"é\"@b", "\"\\é\"@b", "(é)a@b", "a@[é]"] {
            #expect(Self.form(text, allowsUTF8: false) == .invalid)
        }
        #expect(Self.form("a@b", allowsUTF8: false) == .mailbox)
        for octets: [UInt8] in [[0x80], [0xC1, 0xBF], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF]] {
            for (before, after) in [
                ("", "@b"), ("\"", "\"@b"), ("\"\\", "\"@b"), ("(", ")a@b"), ("a@", ""), ("a@[", "]"),
            ] {
                let all = Array(before.utf8) + octets + Array(after.utf8)
                #expect(MailboxGrammar.form(of: all.span) == .invalid)
            }
        }
    }

    @Test("agrees with the commands' grammar about every mailbox, and with lists of addresses")
    func generated() {
        var random = Generator(seed: 5_321)
        let usual = Array("aab01..@@\"\\[]:(){}- ,;<>_é。\r\n\t\u{1}v6IPv6:")
        let seeds = [
            "a.b@c.d", "\"a b\\\"\"@c-d.e", "a@[1.2.3.4]", "a@[IPv6:1::2]", "(c) a . b @ c . d", "é@é.é", "a@[x:y]",
        ]
        var mailboxCount = 0
        for _ in 0..<Generator.cases(2_000) {
            var text = Array(seeds.randomElement(using: &random) ?? "")
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let place = Int.random(in: 0...text.count, using: &random)
                if Bool.random(using: &random), place < text.count {
                    text.remove(at: place)
                } else {
                    text.insert(usual.randomElement(using: &random) ?? "a", at: place)
                }
            }
            let address = String(text)
            let octets = Array(address.utf8)
            let form = MailboxGrammar.form(of: octets.span)
            let mailbox = try? Mailbox(address)
            #expect((form == .mailbox) == (mailbox != nil), "\(address.debugDescription) \(form)")
            let list = AddressList(octets.span)
            switch form {
            case .mailbox:
                mailboxCount += 1
                #expect(list.anomalies.isEmpty, "\(address.debugDescription)")
                #expect(
                    list.mailboxes.map(\.address)
                        == [mailbox?.localPart.description].compactMap { local in
                            local.map { $0 + "@" + String(decoding: list.mailboxes.first?.domain ?? [], as: UTF8.self) }
                        }, "\(address.debugDescription)")
            case .addressSpecification:
                #expect(list.anomalies.first.allSatisfy { $0.kind == .addressControl }, "\(address.debugDescription)")
            case .obsolete:
                let kinds: Set<Anomaly.Kind> = [.addressObsolete, .addressControl]
                #expect(list.anomalies.first.contains { kinds.contains($0.kind) }, "\(address.debugDescription)")
                #expect(list.anomalies.first.allSatisfy { kinds.contains($0.kind) }, "\(address.debugDescription)")
            case .invalid where address.contains(where: ",;:<".contains) || octets.last == 0x0A:
                // May be a list, or a field with the end of its line.
                break
            case .invalid:
                #expect(list.anomalies.first.contains { $0.kind != .addressObsolete }, "\(address.debugDescription)")
            }
        }
        #expect(mailboxCount > 100)
    }

    @Test("takes any octets, in time that grows with their length")
    func generatedHostile() {
        var random = Generator(seed: 5_324)
        for _ in 0..<Generator.cases(2_000) {
            let octets = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            #expect(MailboxGrammar.form(of: octets.span) != .mailbox || octets.contains(0x40))
        }
        for pattern in ["(", "()", "(\\", "\"", "\"\\", "a.", ".", "[", "\r\n ", " ", "é", "a@", "a@[", ":", "\\"] {
            for prefix in ["", "a@", "a@[", "a@[IPv6:", "\"", "("] {
                let text = prefix + String(repeating: pattern, count: 10_000)
                #expect(Self.form(text) != .mailbox)
            }
        }
    }
}
