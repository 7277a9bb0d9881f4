import SMTPMessageFormat
import SMTPSecurityTesting
import Testing

@Suite("Address lists")
struct AddressListTests {
    struct Case: Sendable {
        var text: String
        var addresses: [String]
        var anomalies: [Anomaly.Kind]

        init(_ text: String, _ addresses: [String], _ anomalies: [Anomaly.Kind] = []) {
            self.text = text
            self.addresses = addresses
            self.anomalies = anomalies
        }
    }

    private static func list(_ text: String) -> AddressList { AddressList(Array(text.utf8).span) }

    @Test(
        "are read (RFC 5322 §3.4, RFC 6532)",
        arguments: [
            Case("", []), Case(" a@example.org", ["a@example.org"]),
            Case(" a.b+c@EXAMPLE.org, d@example.net", ["a.b+c@example.org", "d@example.net"]),
            Case(" A B <a@example.org>", ["a@example.org"]), Case(" <a@example.org>", ["a@example.org"]),
            Case(" \"A, B\" <a@example.org>,\r\n\tc@example.net", ["a@example.org", "c@example.net"]),
            Case(" \"a b\"@example.org", ["\"a b\"@example.org"]), Case(" \"a\\\"b\"@x.y", ["\"a\\\"b\"@x.y"]),
            Case(" \"ab\"@x.y", ["ab@x.y"]), Case(" a@[192.0.2.1]", ["a@[192.0.2.1]"]),
            Case(" a@[IPv6:2001:DB8::1]", ["a@[ipv6:2001:db8::1]"]),
            Case(" undisclosed recipients:;", []), Case(" G: a@x.y, B <b@x.y>;", ["a@x.y", "b@x.y"]),
            Case(" G: a@x.y;, c@x.y", ["a@x.y", "c@x.y"]),
            Case(" a@x.y (A (B) \\) C)", ["a@x.y"]), Case(" (c) a@x.y", ["a@x.y"]),
            Case(" jürgen@bücher.example", ["jürgen@bücher.example"]),
            Case(" =?utf-8?q?J=C3=BC?= <j@x.y>", ["j@x.y"]),
            Case(" !#$%&'*+-/=?^_`{|}~@x.y", ["!#$%&'*+-/=?^_`{|}~@x.y"]),
        ])
    func valid(_ item: Case) {
        let list = Self.list(item.text)
        #expect(list.mailboxes.map(\.address) == item.addresses)
        #expect(list.anomalies.first == [])
    }

    @Test(
        "that are old or broken are read as far as they go, and that is told (RFC 5322 §4.4)",
        arguments: [
            Case(" <@a.b,@c.d:e@f.g>", ["e@f.g"], [.addressObsolete]),
            Case(" <@a.b:e@f.g>, h@i.j", ["e@f.g", "h@i.j"], [.addressObsolete]),
            Case(" a@x.y,", ["a@x.y"], [.addressObsolete]), Case(" ,a@x.y", ["a@x.y"], [.addressObsolete]),
            Case(" a@x.y,,b@x.y", ["a@x.y", "b@x.y"], [.addressObsolete]),
            Case(" a . b@x.y", ["a.b@x.y"], [.addressObsolete]), Case(" a@x . y", ["a@x.y"], [.addressObsolete]),
            Case(" a @ x.y", ["a@x.y"], [.addressObsolete]), Case(" a@(c)x.y", ["a@x.y"], [.addressObsolete]),
            Case(" \"a\".b@x.y", ["a.b@x.y"], [.addressObsolete]),
            Case(" J. R. <a@x.y>", ["a@x.y"], [.addressObsolete]),
            Case(" a", ["a"], [.addressMissingDomain]),
            Case(" A B", ["AB"], [.addressMissingDomain, .addressSyntax, .addressObsolete]),
            Case(" a@x.y b@x.y", ["\"a@x.yb\"@x.y"], [.addressSyntax, .addressObsolete]),
            Case(" <a@x.y> b", ["a@x.y"], [.addressTrailing]), Case(" <a@x.y> <b@x.y>", ["a@x.y"], [.addressTrailing]),
            Case(" a@x.y <b@x.y>", ["b@x.y"], [.addressSyntax, .addressObsolete]),
            Case(" <>", [], [.addressSyntax]), Case(" A <>", [], [.addressSyntax]),
            Case(" <a@x.y", ["a@x.y"], [.addressSyntax]),
            Case(" <a@x.y, b@x.y", ["a@x.y", "b@x.y"], [.addressSyntax]), Case(" a@", ["a"], [.addressSyntax]),
            Case(" @x.y", ["\"\"@x.y"], [.addressSyntax]), Case(" a..b@x.y", ["\"a..b\"@x.y"], [.addressSyntax]),
            Case(" .a@x.y", ["\".a\"@x.y"], [.addressSyntax]), Case(" a.@x.y", ["\"a.\"@x.y"], [.addressSyntax]),
            Case(" a@x..y", ["a@x..y"], [.addressSyntax]), Case(" a@.x", ["a@.x"], [.addressSyntax]),
            Case(" a@x.", ["a@x."], [.addressSyntax]),
            Case(" a@\"x\"", ["a@x"], [.addressSyntax]), Case(" a@[x", ["a@[x]"], [.addressSyntax]),
            Case(" a@[x[y]", ["a@[x[y]"], [.addressSyntax]),
            Case(" \"a@x.y", ["\"a@x.y\""], [.addressMissingDomain, .addressSyntax]),
            Case(" a@x.y (", ["a@x.y"], [.addressSyntax]), Case(" a@x.y)", ["a@x.y)"], [.addressSyntax]),
            Case(" G: a@x.y", ["a@x.y"], [.addressSyntax]), Case(" : a@x.y;", ["a@x.y"], [.addressSyntax]),
            Case(" \"a\u{0}\"@x.y", ["\"a\u{0}\"@x.y"], [.addressControl]),
            Case(" a\u{7}@x.y", ["\"a\u{7}\"@x.y"], [.addressSyntax, .addressControl]),
        ])
    func unusual(_ item: Case) {
        let list = Self.list(item.text)
        #expect(list.mailboxes.map(\.address) == item.addresses)
        #expect(Set(list.anomalies.first.map(\.kind)) == Set(item.anomalies), "\(list.anomalies.first)")
    }

    @Test("keep names apart from addresses")
    func names() {
        let list = Self.list(" \"B, A\" <a@x.y>, G H: C D <c@x.y>;")
        #expect(list.mailboxes.map { String(decoding: $0.displayName, as: UTF8.self) } == ["B, A", "C D"])
        guard case .group(let name, let members)? = list.entries.last else {
            Issue.record("no group")
            return
        }
        #expect(String(decoding: name, as: UTF8.self) == "G H")
        #expect(members.map(\.offset) == [26])
    }

    @Test("are bounded, and read in time that grows with their length")
    func bounded() {
        let many = Self.list(String(repeating: "a@x.y,", count: 20_000) + "a@x.y")
        #expect(many.mailboxes.count == AddressList.mostMailboxes)
        #expect(many.anomalies.contains(.addressCount))
        for piece in ["(", "<", "\"", "@", "<@", "a:", ",", "<@a,", "[", "\\", "a@b<", ";"] {
            let list = Self.list(String(repeating: piece, count: 50_000))
            #expect(!list.anomalies.isEmpty)
        }
    }

    @Test("any octets are read without a fault, and what is written is read as it was")
    func generated() {
        var random = Generator(seed: 6_532)
        let letters = Array("ab@x.y<>()[]\"\\,;: \t\r\n\u{0}é".utf8)
        for _ in 0..<Generator.cases(2_000) {
            let octets = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? 0
            }
            let list = AddressList(octets.span, at: 100)
            let areInside = list.anomalies.first.allSatisfy { (100...(100 + octets.count)).contains($0.offset) }
            #expect(areInside)

            let meant = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                let local = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                    Array("ab.c\"\\ @,<é".utf8).prefix(10).randomElement(using: &random) ?? 0
                }
                return HeaderMailbox(localPart: local, domain: Array("x.example".utf8))
            }
            let text = meant.map { mailbox in
                Bool.random(using: &random) ? mailbox.address : "\"N, <x@y>\" <\(mailbox.address)>"
            }
            let read = AddressList(Array(text.joined(separator: ",\r\n ").utf8).span)
            #expect(read.anomalies.first == [], "\(text)")
            #expect(read.mailboxes.map(\.localPart) == meant.map(\.localPart))
        }
    }
}
