import SMTPMessageFormat
import SMTPSecurityTesting
import Testing

@Suite("Lists of addresses")
struct AddressListTests {
    struct Case: Sendable {
        var body: String
        /// Name, local part and domain with bars between them; a group with its name, a colon, and its members.
        var entries: [String]
        var anomalies: [Anomaly]

        init(_ body: String, _ entries: [String], _ anomalies: [(Anomaly.Kind, Int)] = []) {
            self.body = body
            self.entries = entries
            self.anomalies = anomalies.map { Anomaly($0.0, at: $0.1) }
        }
    }

    private static func text(_ mailbox: HeaderMailbox) -> String {
        [mailbox.displayName, mailbox.localPart, mailbox.domain]
            .map { String(decoding: $0, as: UTF8.self) }.joined(separator: "|")
    }

    private static func text(_ entry: AddressList.Entry) -> String {
        switch entry {
        case .mailbox(let mailbox): text(mailbox)
        case .group(let name, let members):
            String(decoding: name, as: UTF8.self) + ":" + members.map(text).joined(separator: ",")
        }
    }

    private func check(_ item: Case) {
        let list = AddressList(Array(item.body.utf8).span)
        #expect(list.entries.map(Self.text) == item.entries)
        #expect(list.anomalies.first == item.anomalies)
        let later = AddressList(Array(item.body.utf8).span, at: 500)
        #expect(later.anomalies.first.map(\.offset) == item.anomalies.map { $0.offset + 500 })
        #expect(later.mailboxes.map(\.offset) == list.mailboxes.map { $0.offset + 500 })
    }

    @Test(
        "are read as the standard has them",
        arguments: [
            // RFC 5322 appendix A.
            Case(" John Doe <jdoe@machine.example>\r\n", ["John Doe|jdoe|machine.example"]),
            Case(
                " \"Joe Q. Public\" <john.q.public@example.com>", ["Joe Q. Public|john.q.public|example.com"]),
            Case(
                " Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
                ["Mary Smith|mary|x.test", "|jdoe|example.org", "Who?|one|y.test"]),
            Case(
                " <boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>",
                ["|boss|nil.test", "Giant; \"Big\" Box|sysservices|example.net"]),
            Case(
                " A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;",
                ["A Group:Ed Jones|c|a.test,|joe|where.test,John|jdoe|one.test"]),
            Case(" Undisclosed recipients:;", ["Undisclosed recipients:"]),
            Case(
                " Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", ["Pete|pete|silly.test"],
                [(.addressObsolete, 40)]),
            Case(
                "A Group(Some people)\r\n     :Chris Jones <c@(Chris's host.)public.example>,\r\n "
                    + "joe@example.org,\r\n John <jdoe@one.test> (my dear friend); (the end of the group)",
                ["A Group:Chris Jones|c|public.example,|joe|example.org,John|jdoe|one.test"],
                [(.addressObsolete, 58)]),
            Case("(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;", ["Hidden recipients:"]),
            // Atoms, quoted strings and pairs.
            Case("!#$%&'*+-/=?^_`{|}~@x", ["|!#$%&'*+-/=?^_`{|}~|x"]), Case("a.b.c@d.e.f", ["|a.b.c|d.e.f"]),
            Case("a@EXAMPLE.Org", ["|a|example.org"]), Case("A@b", ["|A|b"]), Case("a@b_c.-d", ["|a|b_c.-d"]),
            Case("\"a b\"@c", ["|a b|c"]), Case("\"\"@c", ["||c"]), Case("\"a@b\"@c", ["|a@b|c"]),
            Case("\"a\\\"\\\\\\x\"@c", ["|a\"\\x|c"]), Case("\"a\r\n b\"@c", ["|a b|c"]),
            Case("\" \" <a@b>", [" |a|b"]),
            Case("\"a, b\" <c@d>, \"e; f: <g@h>\" <i@j>", ["a, b|c|d", "e; f: <g@h>|i|j"]),
            Case("\"a\"b\"c\" <d@e>", ["abc|d|e"]), Case("a<b@c>", ["a|b|c"]), Case("a \"b\"  c<b@c>", ["a b c|b|c"]),
            Case("=?utf-8?q?=C3=A9?= =?utf-8?q?x?= <a@b>", ["=?utf-8?q?=C3=A9?= =?utf-8?q?x?=|a|b"]),
            Case("a@b (John (\"quoted) Doe) \\( x)", ["|a|b"], [(.addressTrailing, 25), (.addressSyntax, 25)]),
            // Comments and folding.
            Case("(c)a@b(c)", ["|a|b"]), Case("(a, b <c@d>) e@f (, g@h)", ["|e|f"]), Case("((((a))))b@c", ["|b|c"]),
            Case("a(b)c <d@e>", ["a c|d|e"]), Case("a@b(\\))", ["|a|b"]),
            Case("\r\n a@b,\r\n\tc@d\r\n", ["|a|b", "|c|d"]),
            Case("a\r\n b <c@d>", ["a b|c|d"]), Case("a < b@c > ", ["a|b|c"]),
            // Domain literals.
            Case("a@[192.0.2.1]", ["|a|[192.0.2.1]"]), Case("a@[IPv6:2001:DB8::1]", ["|a|[ipv6:2001:db8::1]"]),
            Case("a@[tag:what, > ;]", ["|a|[tag:what,>;]"]), Case("a@[ 1\r\n 2 ]", ["|a|[12]"]),
            Case("a@[]", ["|a|[]"]),
            Case("<a@[1]>, b@[2] , c@[3]", ["|a|[1]", "|b|[2]", "|c|[3]"]),
            // Groups.
            Case("a:;", ["a:"]), Case("\"a:\": b@c ;", ["a::|b|c"]),
            Case("a: b@c, d <e@f>;, g@h", ["a:|b|c,d|e|f", "|g|h"]),
            // UTF-8.
            Case("é.ü@exämple.org", ["|é.ü|exämple.org"]), Case("\"Ж\" <ж@ж>", ["Ж|ж|ж"]), Case("名前 <a@b>", ["名前|a|b"]),
            Case("😀@b", ["|😀|b"]), Case("(é)a@[é]", ["|a|[é]"]),
        ])
    func standard(_ item: Case) { check(item) }

    @Test(
        "are read as they were written before, and that is told",
        arguments: [
            // RFC 5322 appendix A.6.1, A.6.3.
            Case(
                "Joe Q. Public <john.q.public@example.com>", ["Joe Q. Public|john.q.public|example.com"],
                [(.addressObsolete, 14)]),
            Case(
                "Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example",
                ["Mary Smith|mary|example.net", "|jdoe|test.example"], [(.addressObsolete, 22)]),
            Case(
                "John Doe <jdoe@machine(comment).  example>", ["John Doe|jdoe|machine.example"],
                [(.addressObsolete, 31)]),
            Case("<@a:b@c>", ["|b|c"], [(.addressObsolete, 3)]), Case("<@a,@b:c@d>", ["|c|d"], [(.addressObsolete, 6)]),
            Case("<, ,@a,,@b:c@d>", ["|c|d"], [(.addressObsolete, 10)]),
            Case("a . b@c", ["|a.b|c"], [(.addressObsolete, 5)]),
            Case("a.\r\n b@c", ["|a.b|c"], [(.addressObsolete, 6)]),
            Case("a(c).b@c", ["|a.b|c"], [(.addressObsolete, 6)]),
            Case("\"a\".b@c", ["|a.b|c"], [(.addressObsolete, 5)]),
            Case("a.\"b c\"@d", ["|a.b c|d"], [(.addressObsolete, 7)]), Case("a @b", ["|a|b"], [(.addressObsolete, 2)]),
            Case("a@ b", ["|a|b"], [(.addressObsolete, 3)]), Case("a@b .c", ["|a|b.c"], [(.addressObsolete, 4)]),
            Case("a@b. c", ["|a|b.c"], [(.addressObsolete, 5)]), Case("a@(c)[1]", ["|a|[1]"], [(.addressObsolete, 5)]),
            Case("\"a\\\u{1}\"@b", ["|a\u{1}|b"], [(.addressControl, 3), (.addressObsolete, 0)]),
            Case("a@[\\1]", ["|a|[1]"], [(.addressObsolete, 3)]), Case(",a@b", ["|a|b"], [(.addressObsolete, 0)]),
            Case("a@b,", ["|a|b"], [(.addressObsolete, 4)]),
            Case("a@b, (c) ,c@d", ["|a|b", "|c|d"], [(.addressObsolete, 9)]),
            Case("a:,;", ["a:"], [(.addressObsolete, 2)]), Case("a:b@c,;", ["a:|b|c"], [(.addressObsolete, 6)]),
            Case("a:,b@c;", ["a:|b|c"], [(.addressObsolete, 2)]), Case("a b.:;", ["a b.:"], [(.addressObsolete, 4)]),
            Case("a\r\n \r\n <b@c>", ["a|b|c"], [(.addressObsolete, 5)]),
            Case("a <b@c> (d\r\n \r\n e)", ["a|b|c"]),
        ])
    func obsolete(_ item: Case) { check(item) }

    @Test(
        "are read where they are wrong, and that is told",
        arguments: [
            Case("", [], [(.addressSyntax, 0)]), Case(" \r\n", [], [(.addressSyntax, 3)]),
            Case("(c)", [], [(.addressSyntax, 3)]), Case(",", [], [(.addressObsolete, 0), (.addressSyntax, 1)]),
            // No domain, no local part, nothing.
            Case("root", ["|root|"], [(.addressMissingDomain, 4)]),
            Case("<root>", ["|root|"], [(.addressMissingDomain, 5)]),
            Case("a, b@c", ["|a|", "|b|c"], [(.addressMissingDomain, 1)]),
            Case("a@", ["|a|"], [(.addressMissingDomain, 2)]),
            Case("<a@>", ["|a|"], [(.addressMissingDomain, 3)]), Case("@b", ["||b"], [(.addressSyntax, 0)]),
            Case("<@b>", ["||b"], [(.addressSyntax, 3)]),
            Case("@", ["||"], [(.addressSyntax, 0), (.addressMissingDomain, 1)]),
            Case("<>", ["||"], [(.addressSyntax, 1)]), Case("\"A B\" <>", ["A B||"], [(.addressSyntax, 7)]),
            Case("John Doe", ["John Doe||"], [(.addressSyntax, 8)]),
            Case("\"a b\"", ["|a b|"], [(.addressMissingDomain, 5)]),
            // Dots.
            Case(".a@b", ["|.a|b"], [(.addressSyntax, 2)]), Case("a.@b", ["|a.|b"], [(.addressSyntax, 2)]),
            Case("a..b@c", ["|a..b|c"], [(.addressSyntax, 4)]), Case("a@.b", ["|a|.b"], [(.addressSyntax, 2)]),
            Case("a@b.", ["|a|b."], [(.addressSyntax, 4)]), Case("a@b..c", ["|a|b..c"], [(.addressSyntax, 4)]),
            Case(".", [".||"], [(.addressSyntax, 1)]),
            Case(". <a@b>", [".|a|b"], [(.addressSyntax, 2), (.addressObsolete, 2)]),
            // Words and specials.
            Case("john doe@b", ["john|doe|b"], [(.addressSyntax, 8)]),
            Case("\"a\"b@c", ["|ab|c"], [(.addressSyntax, 4)]),
            Case("a\"b\"@c", ["|ab|c"], [(.addressSyntax, 4)]), Case("a\\b@c", ["|a\\b|c"], [(.addressSyntax, 1)]),
            Case("[x] <a@b>", ["[x]|a|b"], [(.addressSyntax, 0)]), Case("a)@b", ["|a)|b"], [(.addressSyntax, 1)]),
            Case("a> <b@c>", ["a>|b|c"], [(.addressSyntax, 1)]), Case("a@b[1]", ["|a|b[1]"], [(.addressSyntax, 3)]),
            Case("a@[1[2]", ["|a|[1[2]"], [(.addressSyntax, 4)]),
            Case("a@\"b\"", ["|a|"], [(.addressMissingDomain, 2), (.addressTrailing, 2)]),
            // What does not end.
            Case("\"a <b@c>, d@e", ["\"a|b|c", "|d|e"], [(.addressSyntax, 0)]),
            Case("a (b <c@d>, e@f", ["a (b|c|d", "|e|f"], [(.addressSyntax, 2)]),
            Case("a@[1, b@c", ["|a|[1", "|b|c"], [(.addressSyntax, 2)]), Case("<a@b", ["|a|b"], [(.addressSyntax, 4)]),
            Case("<a@b, c@d", ["|a|b", "|c|d"], [(.addressSyntax, 4)]),
            Case("a:b@c", ["a:|b|c"], [(.addressSyntax, 5)]),
            Case("<@a,b@c>", ["||a", "|b|c"], [(.addressSyntax, 4), (.addressTrailing, 7)]),
            Case("\"a\\", ["|\"a\\|"], [(.addressSyntax, 0), (.addressMissingDomain, 3)]),
            Case("a@b(\\", ["|a|b"], [(.addressTrailing, 3), (.addressSyntax, 3)]),
            // Two of them without a comma.
            Case("a@b c@d", ["|a|b"], [(.addressTrailing, 4)]), Case("a@b c", ["|a|b"], [(.addressTrailing, 4)]),
            Case("a@b <c@d>", ["a@b|c|d"], [(.addressTrailing, 4)]), Case("\"a@b\" <c@d>", ["a@b|c|d"]),
            Case(
                "a@b, \"x\" <c@d> <e@f>, g@h", ["|a|b", "x|c|d", "|g|h"],
                [(.addressTrailing, 15), (.addressSyntax, 19)]),
            Case("<a@b> c@d", ["|a|b"], [(.addressTrailing, 6)]), Case("a@b@c", ["|a|b"], [(.addressTrailing, 3)]),
            Case("<a@b@c>", ["|a|b"], [(.addressTrailing, 4)]),
            Case("<a@b> \"c, d@e\", f@g", ["|a|b", "|f|g"], [(.addressTrailing, 6)]),
            Case("<<a@b>>", ["|a|b"], [(.addressSyntax, 1), (.addressTrailing, 6)]),
            Case("<a <b@c>>", ["|a|"], [(.addressMissingDomain, 3), (.addressTrailing, 3), (.addressSyntax, 8)]),
            Case("a@b;c@d", ["|a|b", "|c|d"], [(.addressSyntax, 3)]),
            // Groups.
            Case(":;", [":"], [(.addressSyntax, 0)]), Case("a:;b@c", ["a:", "|b|c"], [(.addressSyntax, 3)]),
            Case("a:b:c@d;,e@f", ["a:|c|d", "|e|f"], [(.addressSyntax, 3)]),
            Case("a:b@c;;", ["a:|b|c"], [(.addressSyntax, 6)]),
            Case("mailto:a@b", ["mailto:|a|b"], [(.addressSyntax, 10)]),
            Case("<a:b>", ["|a|"], [(.addressMissingDomain, 2), (.addressTrailing, 2)]),
            // Controls.
            Case("a\u{0}@b", ["|a\u{0}|b"], [(.addressControl, 1)]),
            Case("\"\u{0}\" <a@b>", ["\u{0}|a|b"], [(.addressControl, 1)]),
            Case("a@b\u{7F}", ["|a|b\u{7F}"], [(.addressControl, 3)]),
            Case("a@b(\u{8})", ["|a|b"], [(.addressControl, 4)]),
            Case("a\rb@c", ["a|b|c"], [(.addressControl, 1), (.addressSyntax, 3)]),
            Case("a@b\n,c@d", ["|a|b", "|c|d"], [(.addressControl, 3)]),
            Case("\"\r\nx\"@b\r\n", ["|x|b"], [(.addressControl, 2)]), Case("a@b\n", ["|a|b"]),
            Case("a@b\r", ["|a|b"], [(.addressControl, 3)]), Case("a\u{85}@b", ["|a\u{85}|b"], [(.addressControl, 1)]),
        ])
    func wrong(_ item: Case) { check(item) }

    @Test(
        "tell of octets that are not UTF-8",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xEF, 0xBF],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF3, 0x80, 0x80], [0xFF],
        ] as [[UInt8]])
    func notUTF8(_ octets: [UInt8]) {
        for (before, after) in [("x", "@y"), ("\"", "\" <x@y>"), ("(", ")x@y"), ("x@", "")] {
            let body = Array(before.utf8) + octets + Array(after.utf8)
            let list = AddressList(body.span)
            #expect(list.anomalies.first == [Anomaly(.addressUTF8, at: before.utf8.count)])
            #expect(list.mailboxes.count == 1)
        }
    }

    @Test(
        "have addresses that can be written again",
        arguments: [
            ("A <a.b@C>", "a.b@c"), ("\"a b\"@c", "\"a b\"@c"), ("\"a.b\"@c", "a.b@c"), ("\"\"@c", "\"\"@c"),
            ("\"a\\\\\\\"\"@c", "\"a\\\\\\\"\"@c"), ("\"a@b\"@c", "\"a@b\"@c"), ("a..b@c", "\"a..b\"@c"),
            ("root", "root"),
            ("<>", ""), ("é@[1]", "é@[1]"),
        ])
    func address(_ body: String, _ address: String) {
        #expect(AddressList(Array(body.utf8).span).mailboxes.map(\.address) == [address])
    }

    @Test("tell where each begins")
    func offsets() {
        let body = " A <a@b>, c@d,\r\n G: <e@f>, \"g\" <h@i>;"
        #expect(AddressList(Array(body.utf8).span, at: 100).mailboxes.map(\.offset) == [101, 110, 120, 127])
    }

    @Test("are not kept beyond a limit")
    func many() {
        let list = AddressList(Array(String(repeating: "a@b,", count: AddressList.limit + 5).utf8).span)
        #expect(list.mailboxes.count == AddressList.limit)
        #expect(list.anomalies.first == [Anomaly(.addressMany, at: 4 * AddressList.limit)])
        let groups = AddressList(Array(String(repeating: "a:;,", count: AddressList.limit + 5).utf8).span)
        #expect(groups.entries.count == AddressList.limit)
        let members = AddressList(Array(("a:" + String(repeating: "a@b,", count: 20_000)).utf8).span)
        #expect(members.entries.count == 1)
        #expect(members.mailboxes.count == AddressList.limit - 1)
        let enough = AddressList(Array((String(repeating: "a@b,", count: AddressList.limit - 1) + "a@b").utf8).span)
        #expect(enough.anomalies.isEmpty)
    }

    @Test("written by the standard are read as they were meant")
    func generated() {
        var random = Generator(seed: 5_322)
        func octets(_ letters: String, _ counts: ClosedRange<Int>) -> [UInt8] {
            let letters = Array(letters)
            let text = (0..<Int.random(in: counts, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? "x"
            }
            return Array(String(text).utf8)
        }
        func space(_ forms: [String]) -> [UInt8] { Array((forms.randomElement(using: &random) ?? "").utf8) }
        func quoted(_ octets: [UInt8]) -> [UInt8] {
            [0x22] + octets.flatMap { $0 == 0x22 || $0 == 0x5C ? [0x5C, $0] : [$0] } + [0x22]
        }
        let outer = ["", " ", "\r\n ", "(c)", " (a, (b) <\"@\\)>) ", "\t"]
        for _ in 0..<Generator.cases(2_000) {
            var meant: [AddressList.Entry] = []
            func mailbox() -> (HeaderMailbox, [UInt8]) {
                var local = octets("abcXYZ019!#'*+-/=?^_`{|}~é€", 1...8)
                var written = local
                if Bool.random(using: &random) {
                    local = octets("ab .,;:<>@()[]\"\\é\t", 0...8)
                    written = quoted(local)
                }
                var domain = octets("abc019-é", 1...6) + [0x2E] + octets("abcxyz", 1...3)
                if Int.random(in: 0..<4, using: &random) == 0 { domain = [0x5B] + octets("abc:.,019", 0...8) + [0x5D] }
                let address = written + [0x40] + domain
                guard Bool.random(using: &random) else {
                    return (HeaderMailbox(localPart: local, domain: domain), space(outer) + address + space(outer))
                }
                let name = octets("abcXYZ ,;:<>@.\"\\=?é", 0...12)
                let before = name.isEmpty ? [] : space(outer) + quoted(name)
                let whole = before + space(outer) + [0x3C] + address + [0x3E] + space(outer)
                return (HeaderMailbox(displayName: name, localPart: local, domain: domain), whole)
            }
            let parts = (0..<Int.random(in: 1...5, using: &random)).map { _ -> [UInt8] in
                guard Int.random(in: 0..<4, using: &random) == 0 else {
                    let (box, written) = mailbox()
                    meant.append(.mailbox(box))
                    return written
                }
                let name = octets("abcXYZ019", 1...5)
                let members = (0..<Int.random(in: 0...3, using: &random)).map { _ in mailbox() }
                meant.append(.group(name: name, members.map(\.0)))
                let list = Array(members.map(\.1).joined(separator: [0x2C]))
                return space(outer) + name + space(outer) + [0x3A] + list + [0x3B] + space(outer)
            }
            let body = Array(parts.joined(separator: [0x2C]))
            let list = AddressList(body.span)
            let text = String(decoding: body, as: UTF8.self)
            #expect(list.anomalies.isEmpty, "\(text) \(list.anomalies.first)")
            #expect(list.entries.map(Self.text) == meant.map(Self.text), "\(text)")
            for box in list.mailboxes {
                let again = AddressList(Array(box.address.utf8).span)
                #expect(again.mailboxes.map(\.localPart) == [box.localPart], "\(text)")
                #expect(again.mailboxes.map(\.domain) == [box.domain], "\(text)")
            }
        }
    }

    @Test("where nothing ends take no more time for that", .timeLimit(.minutes(5)))
    func openEnds() {
        for (prefix, pattern) in [("\"", "\\\""), ("", "("), ("<", "@[,")] {
            let body = Array((prefix + String(repeating: pattern, count: 300_000)).utf8)
            #expect(AddressList(body.span).anomalies.contains(.addressSyntax))
        }
    }

    @Test("of any octets are read in time that grows with their length, and keep no more than they have")
    func generatedHostile() {
        var random = Generator(seed: 5_323)
        let usual = Array("ab.@,;:<>()[]\"\\ \r\n".utf8)
        for _ in 0..<Generator.cases(2_000) {
            let body = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                Int.random(in: 0..<30, using: &random) == 0
                    ? UInt8.random(in: .min ... .max, using: &random) : usual.randomElement(using: &random) ?? 0
            }
            let list = AddressList(body.span, at: 7)
            let range = 7...(body.count + 7)
            let kept = list.mailboxes.reduce(0) { $0 + $1.displayName.count + $1.localPart.count + $1.domain.count }
            #expect(kept <= body.count, "\(body)")
            #expect(list.anomalies.first.allSatisfy { range.contains($0.offset) }, "\(body)")
            #expect(list.mailboxes.allSatisfy { range.contains($0.offset) }, "\(body)")
            #expect(!list.anomalies.isEmpty || !list.entries.isEmpty, "\(body)")
        }
        let patterns = [
            ",", ";", ":", "<", ">", "@", "(", "()", ")", "\"", "\"\\", "\\", "\\\"", "[", "]", "[\\", ".", "a ", "a.",
            "a@",
            "<a@b>", "<@a,", "@a,", "@[", "a@[", "a@b <", "a:", "a:;", "é", "\u{0}", "a@b(", "\"a\"", "\"a\" ", "(\\",
            "\r\n ",
        ]
        for pattern in patterns {
            for prefix in ["", "<", "a@", "\"", "a:", "a@b "] {
                let body = Array((prefix + String(repeating: pattern, count: 10_000)).utf8)
                #expect(AddressList(body.span).mailboxes.count <= AddressList.limit)
            }
        }
    }
}
