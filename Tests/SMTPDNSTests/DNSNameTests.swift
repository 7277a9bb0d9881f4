import SMTPDNS
import Testing

@Suite("Domain names")
struct DNSNameTests {
    @Test(
        "are labels, without regard to case or to a dot at the end",
        arguments: [
            ("example.org", "example.org"), ("Example.ORG.", "example.org"), ("a", "a"), ("a_b.-c-.d", "a_b.-c-.d"),
            ("with space.x\u{0}y.é", "with\\032space.x\\000y.\\195\\169"), ("\\.b", "\\\\.b"),
            (String(repeating: "a", count: 63) + ".b", String(repeating: "a", count: 63) + ".b"),
        ])
    func text(_ text: String, _ wanted: String) throws {
        let name = try DNSName(text)
        #expect(name.description == wanted)
        #expect(try DNSName(escaped: wanted) == name)
        #expect(try DNSName(labels: name.labels.map { Array($0) }) == name)
    }

    @Test(
        "are refused where they cannot be any",
        arguments: [
            ("", DNSName.Problem.emptyLabel), (".", .emptyLabel), ("a..b", .emptyLabel), (".a", .emptyLabel),
            ("a..", .emptyLabel), (String(repeating: "a", count: 64), .labelTooLong),
            (String(repeating: "a.", count: 127) + "bb", .nameTooLong),
            (String(repeating: String(repeating: "a", count: 63) + ".", count: 4), .nameTooLong),
        ])
    func refused(_ text: String, _ problem: DNSName.Problem) {
        #expect(throws: problem) { try DNSName(text) }
        #expect(throws: (any Error).self) {
            try DNSName(labels: text.split(separator: ".", omittingEmptySubsequences: false).map { Array($0.utf8) })
        }
    }

    @Test("have 255 octets on the wire at most, the root's included")
    func longest() throws {
        let name = try DNSName(String(repeating: "a.", count: 126) + "a")
        #expect(name.wire.count == 254)
        #expect(name.labels.count == 127)
    }

    @Test(
        "are read as master files have them",
        arguments: [
            (#"a\.b.c"#, ["a.b", "c"]), (#"\097\098.c."#, ["ab", "c"]), (#"a\\.b"#, [#"a\"#, "b"]),
            (#"\A.b"#, ["a", "b"]),
        ])
    func escaped(_ text: String, _ labels: [String]) throws {
        #expect(try DNSName(escaped: text).labels.map { String(decoding: $0, as: UTF8.self) } == labels)
    }

    @Test("are refused with escapes that say nothing", arguments: [#"a\"#, #"\25"#, #"\256.b"#, #"\1a2"#])
    func badEscape(_ text: String) {
        #expect(throws: DNSName.Problem.badEscape) { try DNSName(escaped: text) }
    }

    @Test("know what is above and below")
    func relations() throws {
        let name = try DNSName("a.b.example.org")
        #expect(try name.isWithin(DNSName("example.org")))
        #expect(name.isWithin(name))
        #expect(name.isWithin(.root))
        #expect(try !name.isWithin(DNSName("ample.org")))
        #expect(try !DNSName("example.org").isWithin(name))
        #expect(try name.parent == DNSName("b.example.org"))
        #expect(try DNSName("org").parent == .root)
        #expect(DNSName.root.parent == nil)
        #expect(DNSName.root.description == ".")
        #expect(try DNSName(escaped: ".") == .root)
    }
}
