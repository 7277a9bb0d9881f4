import SMTPSecurity
import Testing

@Suite("Chunks")
struct ChunkScannerTests {
    @Test("give the same content wherever their borders are")
    func borders() {
        let wire = Array(".\r\n..x\r\n\r\n.\r\nend\r".utf8)
        for cut in 0...wire.count {
            for piece in 1...4 {
                var scanner = ChunkScanner()
                var content: [UInt8] = []
                for chunk in [Array(wire[..<cut]), Array(wire[cut...])] {
                    scanner.begin(size: UInt64(chunk.count))
                    var rest = (chunk + Array("NOOP".utf8))[...]
                    while !scanner.isChunkComplete {
                        let part = Array(rest.prefix(piece))
                        rest = rest.dropFirst(scanner.consume(part.span, into: &content))
                    }
                    #expect(Array(rest) == Array("NOOP".utf8))
                }
                scanner.finish(into: &content)
                #expect(String(decoding: content, as: UTF8.self) == ".\r\n..x\r\n\r\n.\r\nend\r\n")
                #expect(scanner.faults.kinds == .bareCR)
            }
        }
    }

    @Test("agree with a reader of single octets on generated octets, wherever their borders are")
    func generated() {
        var generator = Generator(seed: 3)
        for _ in 0..<600 {
            var wire: [UInt8] = []
            for _ in 0..<Int.random(in: 0...30, using: &generator) {
                let octet = EndOfDataTests.alphabet.randomElement(using: &generator) ?? 0
                wire += [UInt8](repeating: octet, count: octet == 0x61 ? Int.random(in: 0...140, using: &generator) : 1)
                if Bool.random(using: &generator) { wire += [13, 10] }
            }
            let reference = ReferenceReader(wire, hasDots: false)
            var scanner = ChunkScanner()
            var content: [UInt8] = []
            var start = 0
            while start < wire.count {
                let size = Int.random(in: 0...min(300, wire.count - start), using: &generator)
                scanner.begin(size: UInt64(size), last: start + size == wire.count)
                #expect(scanner.consume(wire.span.extracting(droppingFirst: start), into: &content) == size)
                start += size
            }
            scanner.finish(into: &content)
            let found = ReferenceReader(scanner, content, consumed: wire.count)
            #expect(found == reference)
            #expect(scanner.announcedLength == UInt64(wire.count))
            #expect(scanner.endsWithoutLineEnd == !(wire.isEmpty || wire.suffix(2) == [13, 10]))
            #expect(isCanonical(content))
        }
    }

    @Test(
        "that end a message without CRLF are noted, and the stuffer completes the line",
        arguments: [
            ("", false, ".\r\n"), ("a\r\n", false, "a\r\n.\r\n"), ("a", true, "a\r\n.\r\n"),
            ("a\r", true, "a\r\n.\r\n"), ("a\n", true, "a\r\n.\r\n"), (".", true, "..\r\n.\r\n"),
        ])
    func lineEnd(_ text: String, _ isMissing: Bool, _ expected: String) {
        var scanner = ChunkScanner()
        var content: [UInt8] = []
        let octets = Array(text.utf8)
        scanner.begin(size: UInt64(octets.count))
        _ = scanner.consume(octets.span, into: &content)
        #expect(!scanner.isMessageComplete)
        scanner.begin(size: 0, last: true)
        #expect(scanner.isMessageComplete)
        scanner.finish(into: &content)
        #expect(scanner.endsWithoutLineEnd == isMissing)
        var stuffer = DotStuffer()
        var wire: [UInt8] = []
        stuffer.stuff(content.span, into: &wire)
        stuffer.finish(into: &wire)
        #expect(String(decoding: wire, as: UTF8.self) == expected)
    }

    @Test("add up without overflow")
    func overflow() {
        var scanner = ChunkScanner()
        scanner.begin(size: .max)
        scanner.begin(size: 5)
        #expect(scanner.announcedLength == .max)
        #expect(scanner.remaining == 5)
    }

    @Test("of any announced size take no more than what arrives")
    func size() {
        var scanner = ChunkScanner()
        scanner.begin(size: .max)
        var content: [UInt8] = []
        let octets = Array("abc".utf8)
        #expect(scanner.consume(octets.span, into: &content) == 3)
        #expect(!scanner.isChunkComplete)
        scanner.begin(size: 0)
        #expect(scanner.isChunkComplete)
        #expect(scanner.consume(octets.span, into: &content) == 0)
    }
}
