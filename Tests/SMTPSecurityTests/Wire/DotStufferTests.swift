import SMTPSecurity
import SMTPSecurityTesting
import Testing

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

    @Test("puts one dot in front of each dot that starts a line, at every split and across block borders")
    func doubling() {
        var generator = Generator(seed: 21)
        for _ in 0..<60 {
            var content: [UInt8] = []
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                content += [UInt8](repeating: 0x2E, count: Int.random(in: 0...3, using: &generator))
                content += [UInt8](repeating: 0x61, count: Int.random(in: 0...30, using: &generator)) + [13, 10]
            }
            content += [UInt8](repeating: 0x2E, count: Int.random(in: 0...1, using: &generator))
            var expected: [UInt8] = []
            for (index, octet) in content.enumerated() {
                if octet == 0x2E, index == 0 || content[index - 1] == 10 { expected.append(0x2E) }
                expected.append(octet)
            }
            for cut in 0...content.count {
                var stuffer = DotStuffer()
                var wire: [UInt8] = []
                stuffer.stuff(content.span.extracting(first: cut), into: &wire)
                stuffer.stuff(content.span.extracting(droppingFirst: cut), into: &wire)
                if wire != expected { #expect(wire == expected, "cut at \(cut)") }
            }
            var stuffer = DotStuffer()
            var wire: [UInt8] = []
            stuffer.stuff(content.span, into: &wire)
            stuffer.finish(into: &wire)
            var scanner = DataScanner()
            var read: [UInt8] = []
            #expect(scanner.consume(wire.span, into: &read) == wire.count)
            #expect(scanner.isComplete)
            #expect(read == content || read == content + [13, 10])
        }
    }

    @Test("puts one dot in front of each dot after a line feed, in any octets, at any cuts")
    func generated() {
        var generator = Generator(seed: 22)
        for _ in 0..<(Generator.cases(3_000) / 3) {
            let content = HostileData(&generator).wire
            var expected: [UInt8] = []
            for (index, octet) in content.enumerated() {
                if octet == 0x2E, index == 0 || content[index - 1] == 10 { expected.append(0x2E) }
                expected.append(octet)
            }
            for count in [1, 8, content.count] {
                let cuts = HostileData.cuts(count, of: content, &generator) + [content.count]
                var stuffer = DotStuffer()
                var wire: [UInt8] = []
                var start = 0
                for end in cuts {
                    let piece = HeapOctets(content[start..<end])
                    stuffer.stuff(piece.span, into: &wire)
                    start = end
                }
                if wire != expected { #expect(wire == expected, "\(Evidence(content.span)) cut at \(cuts)") }
            }
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
