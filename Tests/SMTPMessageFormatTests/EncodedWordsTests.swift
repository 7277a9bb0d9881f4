import SMTPMessageFormat
import SMTPSecurityTesting
import Testing

@Suite("Encoded words")
struct EncodedWordsTests {
    @Test(
        "are shown as text (RFC 2047)",
        arguments: [
            ("hello", "hello"), ("=?utf-8?q?caf=C3=A9?=", "café"), ("=?UTF-8?B?Y2Fmw6k=?=", "café"),
            ("=?iso-8859-1?q?caf=E9?=", "café"), ("=?windows-1252?q?=80?=", "€"), ("=?iso-8859-15?q?=A4?=", "€"),
            ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"), ("=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab"),
            ("=?utf-8?q?a?= b", "a b"), ("a =?utf-8?q?b?=", "a b"), ("=?utf-8?q?a_b?=", "a b"),
            ("=?utf-8?b?w6?= =?utf-8?b?k=?=", "\u{FFFD}"), ("=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é"),
            ("=?utf-8*en?q?a?=", "a"), ("=?utf-16be?b?AGEAYg==?=", "ab"), ("=?x-unknown?q?a=FFb?=", "a\u{FFFD}b"),
            ("x=?utf-8?q?a?=", "x=?utf-8?q?a?="), ("=?utf-8?x?a?=", "=?utf-8?x?a?="), ("=?utf-8?q?a", "=?utf-8?q?a"),
            ("=??q?a?=", "=??q?a?="), ("=?", "=?"), ("a\r\n b", "a b"),
        ])
    func shown(_ text: String, _ expected: String) {
        #expect(EncodedWords.decoded(Array(text.utf8).span) == expected)
    }

    @Test("in names of files count where they touch other text, as many readers have it")
    func names() {
        #expect(FileName(Array("a=?utf-8?q?=2E?=exe".utf8)).decoded == "a.exe")
        #expect(FileName([0x61, 0xE9], charset: "iso-8859-1").decoded == "aé")
        #expect(FileName(Array("a.txt".utf8)).octets == Array("a.txt".utf8))
    }

    @Test("any octets are shown without a fault")
    func generated() {
        var random = Generator(seed: 2_047)
        let letters = Array("=?utf-8qQbB_ \r\nAé".utf8)
        for _ in 0..<Generator.cases(2_000) {
            let octets = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? 0
            }
            let text = EncodedWords.decoded(octets.span)
            #expect(text.utf8.count <= 3 * octets.count)
        }
        let long = String(repeating: "=?utf-8?q?", count: 20_000)
        #expect(EncodedWords.decoded(Array(long.utf8).span).utf8.count < long.utf8.count)
    }
}
