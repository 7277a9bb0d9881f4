import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("Command lines")
struct LineScannerTests {
    private func lines(_ wire: [UInt8], limit: Int, piece: Int) -> [(String, LineFaults)] {
        var scanner = LineScanner(limit: limit)
        var found: [(String, LineFaults)] = []
        var start = 0
        while start < wire.count {
            let part = Array(wire[start..<min(wire.count, start + piece)])
            let step = scanner.consume(part.span)
            start += step.consumed
            let line = scanner.line(in: part.span)
            let count = line.count
            #expect(count < limit)
            if case .line(let faults) = step.outcome {
                var octets: [UInt8] = []
                for index in 0..<count { octets.append(line[index]) }
                found.append((String(decoding: octets, as: UTF8.self), faults))
                #expect(scanner.isAtLineStart)
            }
        }
        return found
    }

    @Test("are cut at CRLF, and at LF as a fault, however they arrive", arguments: 1...9)
    func cuts(_ piece: Int) {
        let wire = Array("NOOP\r\n\r\nA\nB\rC\r\nD\0\r\n\r\r\nx".utf8)
        let found = lines(wire, limit: 512, piece: piece)
        #expect(found.map(\.0) == ["NOOP", "", "A", "B\rC", "D\0", "\r"])
        #expect(found.map(\.1) == [[], [], .bareLF, .bareCR, .nul, .bareCR])
    }

    @Test(
        "show all their faults, however they arrive and even in what is dropped",
        arguments: [
            ("a\0b\u{E4}\rc\n", [.nul, .nonASCII, .bareCR, .bareLF]), ("\r\r\n", .bareCR), ("\n", .bareLF),
            ("\r\n", []), ("\u{E4}\r\n", .nonASCII), ("12345678\r\n", []), ("123456789\r\n", .tooLong),
            ("123456789\n", [.tooLong, .bareLF]), ("1234567890\0\r2\n", [.tooLong, .nul, .bareCR, .bareLF]),
            ("1234567890\u{E4}\r\n", [.tooLong, .nonASCII]), ("123456789\r\r\n", [.tooLong, .bareCR]),
        ] as [(String, LineFaults)])
    func faults(_ wire: String, _ faults: LineFaults) {
        let octets = Array(wire.utf8)
        for cut in 0..<octets.count {
            var scanner = LineScanner(limit: 10)
            var step = scanner.consume(octets.span.extracting(first: cut))
            #expect(step.consumed == cut)
            #expect(step.outcome == .needsMore)
            step = scanner.consume(octets.span.extracting(droppingFirst: cut))
            #expect(step.consumed == octets.count - cut)
            #expect(step.outcome == .line(faults))
            let count = scanner.line(in: octets.span.extracting(droppingFirst: cut)).count
            #expect(count <= 9)
            let ending = wire.utf8.suffix(2).elementsEqual([13, 10]) ? 2 : 1
            #expect(count + scanner.discarded == octets.count - ending)
        }
    }

    @Test("follow a limit that changes between them")
    func changingLimit() {
        var scanner = LineScanner(limit: 10)
        let line = Array("0123456789abc\r\n".utf8)
        #expect(scanner.consume(line.span).outcome == .line(.tooLong))
        scanner.limit = 20
        #expect(scanner.consume(line.span).outcome == .line([]))
        let count = scanner.line(in: line.span).count
        #expect(count == 13)
        #expect(scanner.discarded == 0)
    }

    @Test(
        "over the limit are dropped from there on",
        arguments: [(510, false), (511, true), (512, true), (100_000, true)])
    func limit(_ count: Int, _ isTooLong: Bool) {
        let wire = [UInt8](repeating: 0x61, count: count) + Array("\r\nNOOP\r\n".utf8)
        for piece in [1, 7, 64, 200_000] {
            let found = lines(wire, limit: 512, piece: piece)
            #expect(found.count == 2)
            #expect(found.first?.1.contains(.tooLong) == isTooLong)
            #expect(found.last?.0 == "NOOP")
            #expect(found.last?.1 == [])
        }
    }
}

@Suite("Replies")
struct ReplyTests {
    private func parse(_ wire: [UInt8], piece: Int = 1_000_000) -> ([Reply], ReplyParseError?) {
        var parser = ReplyParser()
        var replies: [Reply] = []
        var start = 0
        while start < wire.count {
            let part = Array(wire[start..<min(wire.count, start + piece)])
            let step = parser.consume(part.span)
            start += step.consumed
            switch step.outcome {
            case .needsMore: continue
            case .reply(let reply): replies.append(reply)
            case .failure(let error): return (replies, error)
            }
        }
        return (replies, nil)
    }

    static let validReplies: [(String, Reply)] = [
        ("250 OK\r\n", Reply(250, "OK")),
        ("250\r\n", Reply(250, "")),
        ("250 2.1.0 Sender OK\r\n", Reply(250, EnhancedStatusCode(2, 1, 0), "Sender OK")),
        ("550 5.1.1\r\n", Reply(550, EnhancedStatusCode(5, 1, 1), "")),
        ("550 4.1.1 Not its class\r\n", Reply(550, "4.1.1 Not its class")),
        ("250-a\r\n250-b c\r\n250 d\r\n", Reply(250, lines: ["a", "b c", "d"])),
        ("550-5.7.1 one\r\n550 5.7.1 two\r\n", Reply(550, EnhancedStatusCode(5, 7, 1), lines: ["one", "two"])),
        ("550-5.7.1 one\r\n550 5.7.2 two\r\n", Reply(550, EnhancedStatusCode(5, 7, 1), lines: ["one", "5.7.2 two"])),
        ("250 bare line feed\n", Reply(250, "bare line feed")),
        ("250 a\u{7}b\u{1B}[c\rd\r\n", Reply(250, "a?b?[c?d")),
        ("250 gr\u{FC}n\r\n", Reply(250, "gr\u{FC}n")),
    ]

    @Test("are read however they arrive", arguments: validReplies)
    func valid(_ wire: String, _ reply: Reply) {
        for piece in [1, 2, 3, 5, 100] {
            let (replies, error) = parse(Array(wire.utf8), piece: piece)
            #expect(replies == [reply])
            #expect(error == nil)
        }
    }

    @Test(
        "that are none are told apart",
        arguments: [
            ("Hello\r\n", ReplyParseError.malformedCode), ("\r\n", .malformedCode), ("199 x\r\n", .malformedCode),
            ("600 x\r\n", .malformedCode), ("25x\r\n", .malformedCode), ("250_x\r\n", .malformedSeparator),
            ("250-a\r\n251 b\r\n", .inconsistentCode), (String(repeating: "2", count: 5_000), .lineTooLong),
            (String(repeating: "250-x\r\n", count: 300), .replyTooLong),
            (String(repeating: "250-\(String(repeating: "x", count: 4_000))\r\n", count: 20), .replyTooLong),
        ])
    func invalid(_ wire: String, _ error: ReplyParseError) {
        for piece in [1, 3, 1_000_000] {
            #expect(parse(Array(wire.utf8), piece: piece).1 == error)
        }
    }

    @Test("close to the limits count their octets once, however they arrive")
    func limitsAtEverySplit() {
        let line = "250-\(String(repeating: "x", count: 4_000))\r\n"
        let wire = Array((String(repeating: line, count: 16) + "250 end\r\n").utf8)
        for piece in [1, 7, 4_006, wire.count] {
            let (replies, error) = parse(wire, piece: piece)
            #expect(error == nil)
            #expect(replies.first?.lines.count == 17)
        }
    }

    @Test("say whether a line of theirs ended in a bare line feed")
    func bareLineFeed() {
        for (text, isBare) in [("250-a\n250 b\r\n", true), ("250-a\r\n250 b\n", true), ("250-a\r\n250 b\r\n", false)] {
            var parser = ReplyParser()
            let octets = Array(text.utf8)
            #expect(parser.consume(octets.span).outcome == .reply(Reply(250, lines: ["a", "b"])))
            #expect(parser.endedInBareLineFeed == isBare)
            let next = Array("250 c\r\n".utf8)
            #expect(parser.consume(next.span).outcome == .reply(Reply(250, "c")))
            #expect(!parser.endedInBareLineFeed)
        }
    }

    @Test("of a greeting list what the server offers")
    func capabilities() throws {
        let reply = Reply(
            250,
            lines: [
                "mx.example.org at your service", "SIZE 35882577", "8bitmime", "AUTH PLAIN  LOGIN", "AUTH=LOGIN",
                "size 1",
                "", " X", "-Y", "X-\u{E4}", "ENHANCEDSTATUSCODES ",
            ])
        let greeting = try #require(EHLOReply(reply))
        #expect(greeting.domain == "mx.example.org")
        #expect(greeting.greeting == "at your service")
        #expect(greeting.capabilities.map(\.keyword) == ["SIZE", "8BITMIME", "AUTH", "ENHANCEDSTATUSCODES"])
        #expect(greeting.parameters(of: "auth") == ["PLAIN", "LOGIN"])
        #expect(greeting.parameters(of: "SIZE") == ["35882577"])
        #expect(greeting.offers("8BITMIME"))
        #expect(!greeting.offers("STARTTLS"))
        #expect(greeting.ignoredLineCount == 6)
        #expect(EHLOReply(Reply(550, "no")) == nil)
        #expect(EHLOReply(Reply(250, ""))?.domain == "")
    }

    @Test("never hold control octets, whatever the server sends")
    func hostile() {
        var generator = Generator(seed: 11)
        for _ in 0..<2_000 {
            let wire = Array("250-".utf8) + (0..<40).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let (replies, _) = parse(wire + Array("\n250 x\r\n".utf8))
            for reply in replies {
                var output: [UInt8] = []
                ReplySerializer.serialize(reply, into: &output)
                let isSafe =
                    output.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 13 || $0 == 10 } && isCanonical(output)
                if !isSafe { #expect(isSafe, "\(Evidence(wire.span))") }
            }
        }
    }

    @Test("without any line are written as a bare code")
    func noLines() {
        var reply = Reply(250, "x")
        reply.lines = []
        var wire: [UInt8] = []
        ReplySerializer.serialize(reply, into: &wire)
        #expect(String(decoding: wire, as: UTF8.self) == "250 \r\n")
    }

    @Test("with octets that are not UTF-8 become harmless")
    func invalidUTF8() {
        let (replies, _) = parse(Array("250 a".utf8) + [0xFF, 0xC3] + Array("b\r\n".utf8))
        #expect(replies.first?.lines.first?.allSatisfy { $0 != "\u{FFFD}" } == true)
        #expect(replies.first?.lines.first?.hasPrefix("a?") == true)
    }

    @Test(
        "lose what ends a line or turns text round, read and written",
        arguments: ["\u{2028}", "\u{2029}", "\u{202E}", "\u{2066}", "\u{200F}", "\u{061C}", "\u{85}", "\u{7F}"])
    func deceptiveText(_ mark: String) {
        let (replies, _) = parse(Array("250 a\(mark)b\r\n".utf8))
        #expect(replies == [Reply(250, "a?b")])
        var wire: [UInt8] = []
        ReplySerializer.serialize(Reply(550, EnhancedStatusCode(5, 7, 1), "a\(mark)b"), into: &wire)
        #expect(String(decoding: wire, as: UTF8.self) == "550 5.7.1 a?b\r\n")
    }

    @Test("are written so that reading gives them back", arguments: validReplies.map(\.1))
    func roundTrip(_ reply: Reply) {
        var wire: [UInt8] = []
        ReplySerializer.serialize(reply, into: &wire)
        #expect(parse(wire).0 == [reply])
        #expect(isCanonical(wire))
    }

    @Test("never exceed 512 octets a line, nor cut a character, nor let text end a line")
    func limits() {
        let text = String(repeating: "wörter ", count: 300) + String(repeating: "ü", count: 600) + "\r\n250 forged"
        var wire: [UInt8] = []
        ReplySerializer.serialize(Reply(550, EnhancedStatusCode(5, 7, 1), text), into: &wire)
        #expect(isCanonical(wire))
        let lines = String(decoding: wire, as: UTF8.self).split(separator: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 510 })
        #expect(lines.dropLast().allSatisfy { $0.hasPrefix("550-5.7.1 ") })
        #expect(lines.last?.hasPrefix("550 5.7.1 ") == true)
        #expect(!String(decoding: wire, as: UTF8.self).contains("\u{FFFD}"))
        let joined = lines.map { $0.dropFirst(10) }.joined()
        #expect(joined == text.replacing("\r\n", with: "??"))
    }
}
