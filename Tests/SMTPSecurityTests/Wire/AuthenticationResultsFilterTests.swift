import SMTPSecurityTesting
import Testing

@testable import SMTPSecurity

@Suite("Authentication-Results of others in our name")
struct AuthenticationResultsFilterTests {
    private func filtered(_ text: String, pieces: [Int] = [], adding: String = "") -> String {
        var filter = AuthenticationResultsFilter(removing: "MX.our.example", adding: Array(adding.utf8))
        var rest = Array(text.utf8)[...]
        var output: [UInt8] = []
        for size in pieces {
            var piece = Array(rest.prefix(size))
            rest = rest.dropFirst(size)
            filter.edit(&piece, isLast: false)
            output += piece
        }
        var last = Array(rest)
        filter.edit(&last, isLast: true)
        return String(decoding: output + last, as: UTF8.self)
    }

    /// Values of fields, and whether they stay.
    static let table: [(String, Bool)] = [
        (" mx.other.example; spf=pass", true), ("mx.other.example;", true), (" mx.other.example 1; none", true),
        (" (us) mx.other.example (really) ; none", true), ("\r\n mx.other.example;\r\n\tspf=pass", true),
        (" \"mx.other.example\"; none", true), (" mx.our.example.org; none", true), (" xmx.our.example; none", true),
        (" mx.other.example; x=mx.our.example", true), (" mx.other.example;\r\n mx.our.example; spf=pass", true),
        (" mx.our.example; spf=pass", false), (" MX.Our.Example; spf=pass", false), ("mx.our.example;", false),
        (" mx.our.example. ; none", false), (" mx.our.example 1; none", false), ("\r\n mx.our.example; none", false),
        ("\r\n \r\n\tmx.our.example; none", false), (" (a (nested \\) comment)) mx.our.example; none", false),
        (" (a\r\n comment)mx.our.example(b); none", false), (" \"mx.our.example\"; none", false),
        (" \"mx\\.our.example\"; none", false), (" \"mx.our.example.\" 1 ; none", false),
        // What cannot be read beyond doubt.
        ("", false), (" ", false), (" ; spf=pass", false), (" mx.our.example", false), (" mx.other.example", false),
        (" mx.other.example spf=pass; none", false), (" mx(x).our.example; none", false),
        (" mx . our . example; none", false),
        (" (never closed mx.other.example; none", false), (" \"mx.other.example; none", false),
        (" \"mx.\r\n other.example\"; none", false), (" mx.our.example/1; none", false),
        (" <mx.other.example>; none", false),
        (" =?utf-8?q?mx=2Eour=2Eexample?=; none", false), (" a, mx.our.example; none", false),
        (" " + String(repeating: "x", count: 301) + "; none", false),
        (" (" + String(repeating: "x", count: 5_000) + ") a; none", false),
        (String(repeating: " ", count: 5_000) + "a; none", false),
    ]

    @Test("go, and nothing else does", arguments: table)
    func values(_ value: String, _ stays: Bool) {
        for name in ["Authentication-Results", "AUTHENTICATION-RESULTS", "authentication-results \t"] {
            let field = "\(name):\(value)\r\n"
            for (before, after) in [
                ("", "\r\nbody\r\n"), ("A: b\r\n", "C: d\r\n e\r\n\r\nAuthentication-Results: mx.our.example; x\r\n"),
                ("A: b\r\n c\r\n", ""),
            ] {
                let wanted = before + (stays ? field : "") + after
                #expect(filtered(before + field + after) == wanted)
            }
        }
    }

    @Test(
        "are no fields of other names",
        arguments: [
            "X-Authentication-Results: mx.our.example; x", "Authentication-Results-X: mx.our.example; x",
            "Authentication-Result: mx.our.example; x",
            "ARC-Authentication-Results: i=1; mx.our.example; x", "Authentication-Results",
            "Authentication -Results: mx.our.example; x",
            "Subject: a\r\n Authentication-Results: mx.our.example; x", "",
            "\r\nAuthentication-Results: mx.our.example; x", "Auth",
        ])
    func others(_ text: String) {
        for ending in ["", "\r\n", "\r\n\r\n", "\r\n\r\nbody"] { #expect(filtered(text + ending) == text + ending) }
    }

    @Test("go wherever the message is cut")
    func cuts() {
        let text =
            "A: b\r\nAuthentication-Results: mx.other.example; a\r\n b\r\nauthentication-results\t:\r\n (c) mx.our.example;\r\n x\r\nC: d\r\n\r\n"
            + "Authentication-Results: mx.our.example; body\r\n"
        let wanted = filtered(text)
        #expect(wanted.utf8.count == text.utf8.count - 52)
        for first in 0...text.utf8.count {
            #expect(filtered(text, pieces: [first]) == wanted)
            #expect(filtered(text, pieces: [first, 1]) == wanted)
        }
        #expect(filtered(text, pieces: Array(repeating: 1, count: text.utf8.count)) == wanted)
    }

    @Test("are looked for behind what is put at the top, which stays")
    func prefix() {
        let own = "Authentication-Results: mx.our.example; spf=pass\r\n"
        for text in ["", "\r\n", "body", "Authentication-Results: mx.our.example; spf=fail\r\n\r\nx"] {
            let wanted = own + (text.hasPrefix("Auth") ? "\r\nx" : text)
            #expect(filtered(text, adding: own) == wanted)
            #expect(filtered(text, pieces: [0, 0, 1], adding: own) == wanted)
        }
    }

    @Test("generated: cuts change nothing, and what is left has none of ours")
    func generated() {
        var random = Generator(seed: 8_601)
        let pieces = [
            "Authentication-Results", "authentication-results", ":", " ", "\t", "\r\n", "\r\n ", "\r\n\r\n",
            "mx.our.example", "mx.other.example", ";",
            "(", ")", "\"", "\\", "1", ".", "spf=pass", "x", "Subject: y\r\n",
            "Authentication-Results: mx.our.example;",
        ]
        for _ in 0..<Generator.cases(20_000) {
            var text = ""
            for _ in 0..<Int.random(in: 0...24, using: &random) { text += pieces.randomElement(using: &random) ?? "" }
            let whole = filtered(text)
            var cuts: [Int] = []
            for _ in 0..<4 { cuts.append(Int.random(in: 0...20, using: &random)) }
            #expect(filtered(text, pieces: cuts) == whole, "\(text.debugDescription) \(cuts)")
            #expect(filtered(whole) == whole)
            // The body is as it was.
            if let end = ("\r\n" + text).firstRange(of: "\r\n\r\n") {
                #expect(whole.hasSuffix(("\r\n" + text)[end.upperBound...]))
            }
            let shifted = "\r\n" + whole
            let header = shifted[..<(shifted.firstRange(of: "\r\n\r\n")?.lowerBound ?? shifted.endIndex)]
            for line in header.split(separator: "\r\n") {
                #expect(!Self.isOurs(line.lowercased()), "\(text.debugDescription)")
            }
        }
    }

    /// Whether a line is results in our name, written plainly: what goes on behind the name makes it another one.
    private static func isOurs(_ line: String) -> Bool {
        for start in ["authentication-results:mx.our.example", "authentication-results: mx.our.example"]
        where line.hasPrefix(start) {
            guard let next = line.dropFirst(start.count).first else { return true }
            return !next.isLetter && !next.isNumber && next != "." && next != "-"
        }
        return false
    }
}
