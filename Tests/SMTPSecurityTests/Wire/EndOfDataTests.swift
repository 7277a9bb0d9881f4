import SMTPSecurity
import Testing

/// Reads message data one octet at a time, as the doc comments of ``DataScanner`` have it: slow, and written apart from it.
struct ReferenceReader {
    var content: [UInt8] = []
    var kinds: DataFaults.Kinds = []
    var consumed = 0
    var isComplete = false

    init(_ wire: [UInt8], limit: Int = 998) {
        var index = 0
        var isLineStart = true
        var length = 0
        func at(_ offset: Int) -> UInt8? { index + offset < wire.count ? wire[index + offset] : nil }
        func endLine() {
            content += [13, 10]
            length = 0
        }
        while index < wire.count {
            if isLineStart, at(0) == 0x2E {
                if at(1) == 13, at(2) == 10 {
                    consumed = index + 3
                    isComplete = true
                    return
                }
                index += 1
                isLineStart = false
                continue
            }
            isLineStart = false
            switch wire[index] {
            case 13 where at(1) == 10:
                endLine()
                index += 1
                isLineStart = true
            case 13:
                kinds.insert(.bareCR)
                endLine()
            case 10:
                kinds.insert(.bareLF)
                endLine()
            case let octet:
                if octet == 0 { kinds.insert(.nul) }
                if octet >= 0x80 { kinds.insert(.nonASCII) }
                content.append(octet == 0 ? 0x20 : octet)
                length += 1
                if length > limit { kinds.insert(.lineTooLong) }
            }
            index += 1
        }
        consumed = wire.count
    }
}

@Suite("End of data")
struct EndOfDataTests {
    static let alphabet: [UInt8] = [13, 10, 0x2E, 0, 0x61]

    private func scan(_ wire: [UInt8], cuts: [Int]) -> (DataScanner, [UInt8], consumed: Int) {
        var scanner = DataScanner()
        var content: [UInt8] = []
        var consumed = 0
        var start = 0
        for end in cuts + [wire.count] {
            let piece = Array(wire[start..<end])
            let taken = scanner.consume(piece.span, into: &content)
            consumed += taken
            if taken < piece.count { break }
            start = end
        }
        return (scanner, content, consumed)
    }

    private func compare(_ wire: [UInt8], cuts: [Int]) {
        let reference = ReferenceReader(wire)
        let (scanner, content, consumed) = scan(wire, cuts: cuts)
        let shown = Evidence(wire.span).description
        #expect(scanner.isComplete == reference.isComplete, "\(shown) cut at \(cuts)")
        #expect(consumed == reference.consumed, "\(shown) cut at \(cuts)")
        guard reference.isComplete else { return }
        #expect(content == reference.content, "\(shown) cut at \(cuts)")
        #expect(scanner.faults.kinds == reference.kinds, "\(shown) cut at \(cuts)")
        #expect(scanner.contentLength == UInt64(content.count))
        #expect(isCanonical(content), "\(shown)")
    }

    @Test(
        "agrees with a reader of single octets on every sequence, whole and split",
        arguments: 0...(Generator.isFull ? 6 : 4))
    func exhaustive(_ length: Int) {
        var count = 1
        for _ in 0..<length { count *= Self.alphabet.count }
        for number in 0..<count {
            var rest = number
            var wire = Array("x\r\n".utf8)
            for _ in 0..<length {
                wire.append(Self.alphabet[rest % Self.alphabet.count])
                rest /= Self.alphabet.count
            }
            wire += Array("\r\n.\r\ntail".utf8)
            compare(wire, cuts: [])
            for cut in 3..<(wire.count - 4) { compare(wire, cuts: [cut]) }
        }
    }

    @Test("agrees with a reader of single octets on generated data around block borders")
    func generated() {
        var generator = Generator(seed: 0x5EED)
        // A case here is about a kilobyte, and read again octet by octet: a tenth of what is asked for.
        for _ in 0..<(Generator.cases(40_000) / 10) {
            var wire: [UInt8] = []
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                let run = Int.random(in: 0...150, using: &generator)
                switch Int.random(in: 0...9, using: &generator) {
                case 0: wire += [13]
                case 1: wire += [10]
                case 2: wire += [0]
                case 3: wire += [0x2E]
                case 4: wire += [13, 10, 0x2E]
                case 5: wire += [UInt8](repeating: 0xE4, count: run % 3)
                case 6: wire += [UInt8](repeating: 0x78, count: run * 10)
                default: wire += [UInt8](repeating: 0x61, count: run) + [13, 10]
                }
            }
            wire += Array("\r\n.\r\ntail".utf8)
            compare(wire, cuts: [])
            let cuts = (0..<3).map { _ in Int.random(in: 0...wire.count, using: &generator) }.sorted()
            compare(wire, cuts: cuts)
        }
    }

    @Test(
        "is found at the very start",
        arguments: [(".\r\n", true), ("..\r\n", false), (".\n", false), (".\r.\r\n", false)])
    func start(_ text: String, _ isEnd: Bool) {
        let wire = Array(text.utf8)
        var scanner = DataScanner()
        var content: [UInt8] = []
        _ = scanner.consume(wire.span, into: &content)
        #expect(scanner.isComplete == isEnd)
    }

    @Test(
        "Lines of 998 octets pass, lines of 999 do not, however they arrive", arguments: [998, 999],
        [1, 63, 64, 65, 5_000])
    func lineLimit(_ length: Int, _ piece: Int) {
        let wire = Array("short\r\n".utf8) + [UInt8](repeating: 0x61, count: length) + Array("\r\nshort\r\n.\r\n".utf8)
        let (scanner, _, _) = scan(wire, cuts: Array(stride(from: piece, to: wire.count, by: piece)))
        #expect(scanner.isComplete)
        #expect(scanner.faults.kinds == (length > 998 ? .lineTooLong : []))
        #expect(scanner.faults.lineTooLong.count == (length > 998 ? 1 : 0))
    }
}

@Suite("Dot-stuffing")
struct DotStufferTests {
    @Test("is undone by reading, at every split, and shows no reader an early end")
    func roundTrip() {
        var generator = Generator(seed: 7)
        for _ in 0..<Generator.cases(3_000) {
            var hostile: [UInt8] = []
            for _ in 0..<Int.random(in: 0...60, using: &generator) {
                hostile.append(EndOfDataTests.alphabet.randomElement(using: &generator) ?? 0)
                if Bool.random(using: &generator) {
                    hostile += [UInt8](repeating: 0x62, count: Int.random(in: 0...70, using: &generator))
                }
            }
            let content = ReferenceReader(hostile.filter { $0 != 0x2E } + hostile + [13, 10]).content
            var stuffer = DotStuffer()
            var wire: [UInt8] = []
            let cut = Int.random(in: 0...content.count, using: &generator)
            let first = Array(content[..<cut])
            let second = Array(content[cut...])
            stuffer.stuff(first.span, into: &wire)
            stuffer.stuff(second.span, into: &wire)
            stuffer.finish(into: &wire)
            let read = ReferenceReader(wire)
            #expect(read.isComplete)
            #expect(read.consumed == wire.count)
            #expect(read.kinds.subtracting([.lineTooLong]).isEmpty)
            #expect(read.content == content || read.content == content + [13, 10])
            for ends in SmugglingTests.naiveEnds(wire) { #expect(ends == 1) }
        }
    }

    @Test(
        "ends what does not end in CRLF",
        arguments: [
            ("", ".\r\n"), ("a", "a\r\n.\r\n"), ("a\r\n", "a\r\n.\r\n"), (".", "..\r\n.\r\n"),
            ("a\r\n.\r\n", "a\r\n..\r\n.\r\n"),
        ])
    func finish(_ content: String, _ wire: String) {
        var stuffer = DotStuffer()
        var output: [UInt8] = []
        let octets = Array(content.utf8)
        stuffer.stuff(octets.span, into: &output)
        stuffer.finish(into: &output)
        #expect(String(decoding: output, as: UTF8.self) == wire)
    }
}

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
