import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("End of data")
struct EndOfDataTests {
    static let alphabet: [UInt8] = [13, 10, 0x2E, 0, 0x61]

    /// The longest sequences, whole and at every split. Those of length 7 take minutes without optimisation.
    static let longest = Generator.isFull ? 7 : 4

    @Test("agrees with a reader of single octets on every sequence, whole and split", arguments: 0...longest)
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
            DataComparison.compare(wire, cuts: [[]] + (1..<wire.count).map { [$0] })
        }
    }

    @Test(
        "agrees with a reader of single octets on every sequence across a block border", arguments: 0...min(longest, 3))
    func borders(_ length: Int) {
        var count = 1
        for _ in 0..<length { count *= Self.alphabet.count }
        for number in 0..<count {
            var rest = number
            var sequence: [UInt8] = []
            for _ in 0..<length {
                sequence.append(Self.alphabet[rest % Self.alphabet.count])
                rest /= Self.alphabet.count
            }
            // The sequence at each place around the end of the first block, after clean text and after a stuffed dot.
            for lead in ["", "..\r\n"] {
                for offset in (58 - lead.utf8.count)...(67 - lead.utf8.count) {
                    var wire = Array(lead.utf8) + [UInt8](repeating: 0x78, count: offset) + [13, 10] + sequence
                    wire += [13, 10] + [UInt8](repeating: 0x79, count: 140) + Array("\r\n.\r\ntail".utf8)
                    DataComparison.compare(wire, cuts: [[], [1], [65]])
                }
            }
        }
    }

    @Test(
        "does not come of a dot after a bare line end, wherever single octets give way to blocks",
        arguments: [[10, 0x2E], [13, 0x2E], [10, 0x2E, 13, 10], [13, 0x2E, 13, 10], [0, 10, 0x2E, 0x2E]] as [[UInt8]])
    func bareLineEnds(_ sequence: [UInt8]) {
        // The NUL makes the octets from there on be read one by one for a while.
        for offset in 0...270 {
            var wire: [UInt8] = [0x78, 0] + [UInt8](repeating: 0x78, count: offset) + sequence
            // The stuffed dot brings in the blocks that are written without theirs.
            wire += Array("\r\n..y\r\n".utf8) + [UInt8](repeating: 0x79, count: 200) + Array("\r\n.\r\ntail".utf8)
            DataComparison.compare(wire, cuts: [[], [1], [2]])
        }
    }

    /// Data of runs of text, line ends right and wrong, dots, NUL and 8-bit octets, with lengths around the size of a block.
    private func data(_ generator: inout Generator) -> [UInt8] {
        var wire: [UInt8] = []
        let flavour = Int.random(in: 0...3, using: &generator)
        for _ in 0..<Int.random(in: 0...14, using: &generator) {
            let run = Int.random(in: 0...150, using: &generator)
            switch Int.random(in: 0...(flavour == 0 ? 12 : 8), using: &generator) {
            case 0: wire += [UInt8](repeating: 0xE4, count: run % 3)
            case 1: wire += [UInt8](repeating: 0x78, count: run * 10)
            case 2: for _ in 0..<run { wire += [0x2E, 0x2E, 13, 10] }
            case 3: wire += [13, 10, 0x2E] + [UInt8](repeating: 0x62, count: run % 70) + [13, 10]
            case 4: for _ in 0..<(run / 4) { wire += [UInt8](repeating: 0x63, count: run % 7) + [13, 10] }
            case 9: wire += [13]
            case 10: wire += [10]
            case 11: wire += [0]
            case 12: wire += [0x2E]
            default: wire += [UInt8](repeating: 0x61, count: run) + [13, 10]
            }
        }
        if flavour != 1 { wire += Array("\r\n.\r\ntail".utf8) }
        return wire
    }

    @Test("agrees with a reader of single octets on generated data", arguments: [998, 1, 7, 61, 62, 63, 64, 65, 200])
    func generated(_ limit: Int) {
        var generator = Generator(seed: 0x5EED &+ UInt64(limit))
        // A case is about a kilobyte, and read again octet by octet: a part of what is asked for.
        for _ in 0..<(Generator.cases(3_000) / (limit == 998 ? 3 : 12)) {
            let wire = data(&generator)
            let cuts = (0..<4).map { _ in Int.random(in: 0...wire.count, using: &generator) }.sorted()
            DataComparison.compare(wire, cuts: [[], cuts], limit: limit)
        }
    }

    @Test(
        "agrees with a reader of single octets on dense mixtures and rows", arguments: [998, 1, 2, 16, 63, 64, 130])
    func generatedDense(_ limit: Int) {
        var generator = Generator(seed: 0xD075 &+ UInt64(limit))
        for _ in 0..<(Generator.cases(3_000) / 15) {
            let wire = HostileData(&generator).wire
            let cuts = [1, 8, wire.count].map { HostileData.cuts($0, of: wire, &generator) }
            DataComparison.compare(wire, cuts: cuts, limit: limit)
        }
    }

    @Test("agrees with a reader of single octets on dense mixtures and rows, at every split")
    func generatedSplits() {
        var generator = Generator(seed: 0x5B117)
        for _ in 0..<(Generator.cases(3_000) / 1_000) {
            let wire = HostileData(&generator).wire
            DataComparison.compare(wire, cuts: (0...wire.count).map { [$0] })
        }
    }

    @Test(
        "is found in equal pieces of any size", arguments: [1, 2, 3, 63, 64, 65, 66, 127, 1_000])
    func pieces(_ size: Int) {
        var generator = Generator(seed: 99)
        for _ in 0..<25 {
            let wire = data(&generator)
            DataComparison.compare(wire, cuts: [Array(stride(from: size, to: wire.count, by: size))])
        }
    }

    @Test("is found after a large message in small reads")
    func large() {
        let lines = Array("..stuffed\r\nSome text of a usual length, as people write it.\r\n".utf8)
        var wire: [UInt8] = []
        for _ in 0..<8_000 { wire += lines }
        wire += Array(".\r\n".utf8)
        var scanner = DataScanner()
        var content: [UInt8] = []
        var start = 0
        while start < wire.count {
            start += scanner.consume(wire.span.extracting(start..<min(start + 1_460, wire.count)), into: &content)
        }
        #expect(scanner.isComplete)
        #expect(scanner.faults.kinds == [])
        #expect(scanner.lineCount == 16_000)
        #expect(content.count == wire.count - 3 - 8_000)
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
        let found = DataComparison.read(wire, cuts: Array(stride(from: piece, to: wire.count, by: piece)))
        #expect(found.isComplete)
        #expect(found.kinds == (length > 998 ? .lineTooLong : []))
        #expect(found.lineTooLong.count == (length > 998 ? 1 : 0))
        #expect(found.lineTooLong.first == (length > 998 ? 7 + 998 : 0))
    }
}
