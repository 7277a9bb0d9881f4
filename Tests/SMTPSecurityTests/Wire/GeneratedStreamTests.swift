import SMTPSecurity
import SMTPSecurityTesting
import Testing

/// Streams made of what parsers find hard, cut at random: each parser has to find the same however they are cut.
@Suite("Generated streams")
struct GeneratedStreamTests {
    private static func stream(_ generator: inout Generator, _ pieces: [String], _ count: Int) -> [UInt8] {
        var octets: [UInt8] = []
        for _ in 0..<Int(generator.next() % UInt64(count)) {
            octets += Array(pieces[Int(generator.next() % UInt64(pieces.count))].utf8)
            if generator.next() % 8 == 0 { octets.append(UInt8(truncatingIfNeeded: generator.next())) }
        }
        return octets
    }

    /// Places to cut a stream into pieces of one to nine octets.
    private static func cuts(_ octets: [UInt8], _ generator: inout Generator) -> [Int] {
        var cuts: [Int] = []
        var end = 1 + Int(generator.next() % 9)
        while end < octets.count {
            cuts.append(end)
            end += 1 + Int(generator.next() % 9)
        }
        return cuts
    }

    /// The stream in pieces.
    private static func cut(_ octets: [UInt8], _ generator: inout Generator) -> [[UInt8]] {
        var start = 0
        return (cuts(octets, &generator) + [octets.count]).map { end in
            defer { start = end }
            return Array(octets[start..<end])
        }
    }

    private static func lines(_ pieces: [[UInt8]]) -> [String] {
        var scanner = LineScanner(limit: 24)
        var found: [String] = []
        for piece in pieces {
            var offset = 0
            let octets = HeapOctets(piece[...])
            while offset < piece.count {
                let rest = octets.span.extracting(droppingFirst: offset)
                let step = scanner.consume(rest)
                offset += step.consumed
                if case .line(let faults) = step.outcome {
                    let line = scanner.line(in: rest)
                    if line.count > 24 { Issue.record("the scanner keeps too much") }
                    found.append("\(Evidence(line)) \(faults.rawValue)")
                }
            }
        }
        return found
    }

    private static func replies(_ pieces: [[UInt8]]) -> [ReplyParser.Outcome] {
        var parser = ReplyParser()
        parser.lineLimit = 40
        parser.lineCountLimit = 4
        var found: [ReplyParser.Outcome] = []
        for piece in pieces {
            var offset = 0
            let octets = HeapOctets(piece[...])
            while offset < piece.count {
                let step = parser.consume(octets.span.extracting(droppingFirst: offset))
                offset += step.consumed
                switch step.outcome {
                case .needsMore: break
                case .reply: found.append(step.outcome)
                case .failure: return found + [step.outcome]
                }
            }
        }
        return found
    }

    @Test("of command lines")
    func generatedLines() {
        var generator = Generator(seed: 1)
        let pieces = ["NOOP", "\r\n", "\n", "\r", "\0", "0123456789abcdef", " ", "é"]
        for _ in 0..<Generator.cases(5_000) {
            let octets = Self.stream(&generator, pieces, 12)
            let whole = Self.lines([octets])
            if Self.lines(Self.cut(octets, &generator)) != whole { Issue.record("\(Evidence(octets.span))") }
        }
    }

    /// What a line parses to, by itself, in canonical form.
    private static func command(_ line: [UInt8]) -> [UInt8]? {
        let octets = HeapOctets(line[...])
        var command = ParsedCommand()
        guard (try? CommandParser.parse(octets.span, into: &command)) != nil else { return nil }
        var wire: [UInt8] = []
        CommandSerializer.serialize(CommandView(line: octets.span, parsed: command), into: &wire)
        return wire
    }

    @Test("of commands: none depends on what lies around it in memory")
    func generatedCommands() {
        var generator = Generator(seed: 5)
        let verbs = ["MAIL FROM:", "RCPT TO:", "mail from: ", "EHLO ", "BDAT ", "AUTH ", "VRFY "]
        let pieces = [
            "<", ">", "a", "@", "example.org", ".", "[192.0.2.1]", "[IPv6:::1]", "\"q q\"", "\\", " ", "SIZE=", "12345",
            "BODY=8BITMIME", "RET=HDRS", "ENVID=", "+2B", "NOTIFY=NEVER,", "ORCPT=rfc822;", "SMTPUTF8", "LAST", "PLAIN",
            "=", "é",
            "0123456789abcdef0123456789abcdef",
        ]
        for _ in 0..<Generator.cases(5_000) {
            var line = Array(verbs[Int(generator.next() % UInt64(verbs.count))].utf8)
            line += Self.stream(&generator, pieces, 10)
            let alone = Self.command(line)
            // What follows looks as if the line went on.
            let around = Array("<a@b>".utf8) + line + Array("@example.org> SIZE=1".utf8)
            var command = ParsedCommand()
            let span = around.span.extracting(5..<(5 + line.count))
            var wire: [UInt8]?
            if (try? CommandParser.parse(span, into: &command)) != nil {
                var written: [UInt8] = []
                CommandSerializer.serialize(CommandView(line: span, parsed: command), into: &written)
                wire = written
            }
            if wire != alone { Issue.record("\(Evidence(line.span))") }
        }
    }

    @Test("of replies")
    func generatedReplies() {
        var generator = Generator(seed: 2)
        let pieces = ["250", "-", " ", "\r\n", "\n", "\r", "2.1.0 ", "550 5.1.1 no\r\n", "250-a\r\n", "\0", "text"]
        for _ in 0..<Generator.cases(5_000) {
            let octets = Self.stream(&generator, pieces, 12)
            let whole = Self.replies([octets])
            let cut = Self.replies(Self.cut(octets, &generator))
            if cut != whole { Issue.record("\(Evidence(octets.span)): \(whole) and \(cut)") }
            for case .reply(let reply) in whole {
                var wire: [UInt8] = []
                ReplySerializer.serialize(reply, into: &wire)
                if !isCanonical(wire) { Issue.record("\(Evidence(octets.span))") }
            }
        }
    }

    @Test("of message data")
    func generatedData() {
        var generator = Generator(seed: 4)
        let pieces = ["a", "\r\n", "\n", "\r", ".", "\r\n.\r\n", "\0", "0123456789abcdef0123456789abcdef", "é"]
        for _ in 0..<Generator.cases(5_000) {
            let octets = Self.stream(&generator, pieces, 14)
            DataComparison.compare(octets, cuts: [[], Self.cuts(octets, &generator)], limit: 20)
        }
    }

    @Test("of chunks")
    func generatedChunks() {
        var generator = Generator(seed: 3)
        let pieces = ["a", "\r\n", "\n", "\r", ".", "\0", "0123456789abcdef0123456789abcdef", "é"]
        for _ in 0..<Generator.cases(5_000) {
            let octets = Self.stream(&generator, pieces, 14)
            DataComparison.compareChunks(octets, cuts: [[], Self.cuts(octets, &generator)], limit: 20)
        }
    }
}
