import SMTPSecurity
import SMTPSecurityTesting
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

    @Test(
        "agree with a reader of single octets on generated octets, wherever their borders are", arguments: [998, 1, 64])
    func generated(_ limit: Int) {
        var generator = Generator(seed: 3 &+ UInt64(limit))
        for _ in 0..<(Generator.cases(3_000) / 8) {
            let wire = HostileData(&generator).wire
            let cuts = [1, 8, wire.count].map { HostileData.cuts($0, of: wire, &generator) }
            let chunks = Int.random(in: 1...3, using: &generator)
            DataComparison.compareChunks(wire, cuts: cuts, chunks: chunks, limit: limit)
        }
    }

    @Test("announce what they hold")
    func announced() {
        var scanner = ChunkScanner()
        for size in [3, 0, 5] { scanner.begin(size: UInt64(size), last: size == 5) }
        #expect(scanner.announcedLength == 8)
        #expect(scanner.isLastChunk)
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
