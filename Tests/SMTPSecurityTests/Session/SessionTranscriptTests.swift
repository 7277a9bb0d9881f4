import SMTPSecurityTesting
import Testing

@testable import SMTPSecurity

@Suite("Transcripts of sessions")
struct SessionTranscriptTests {
    /// Finds fault with every `RCPT`, `NOOP`, message and the session's end.
    private struct Grumbler: SecurityCheck {
        static let name = "grumbler"
        static let grumble = ViolationDefinition(
            check: name, name: "grumble", summary: "Something happened.", enforcement: .alarmOnly,
            reply: Reply(550, EnhancedStatusCode(5, 7, 1), "No"))
        static let violations = [grumble]
        static let stages: StageSet = [.recipient, .otherCommand, .content]

        func evaluate(
            _ event: SessionEvent, in session: SessionContext, state: inout NoState
        ) -> Evaluation<NoState> { .violation(Self.grumble) }
    }

    private func session(_ lines: Int) -> ServerSession<SingleCheck<Grumbler>> {
        var profile = SecurityProfile("test")
        profile.session.transcriptLines = lines
        profile.session.extensions = SMTPExtensions([.auth])
        let info = ConnectionInfo(
            session: SessionID(rawValue: 1), client: Endpoint(.v4(0xC000_0207), port: 40_000),
            local: Endpoint(.v4(0xC000_0219), port: 25), time: Timestamp(seconds: 1_800_000_000))
        return ServerSession(pipeline: CheckPipeline(profile: profile) { Grumbler() }, connection: info)
    }

    /// Plays octets against an application that says yes to nearly everything.
    private func play(
        _ octets: [UInt8], keeping lines: Int, piece: Int = 50
    ) -> (transcript: SessionTranscript?, records: [ViolationRecord]) {
        var session = session(lines)
        run(octets, &session, piece)
        return (session.transcript, session.records)
    }

    private func run(_ octets: [UInt8], _ session: inout ServerSession<SingleCheck<Grumbler>>, _ piece: Int) {
        let now = Timestamp(seconds: 1_800_000_001)
        var input: [UInt8] = []
        var rest = octets[...]
        while true {
            let step = session.step(input.span, at: now)
            input.removeFirst(step.consumed)
            switch step.action {
            case .needsInput:
                guard !rest.isEmpty else { return }
                input += rest.prefix(piece)
                rest = rest.dropFirst(piece)
            case .greet: session.reply(Reply(220, "test"), at: now)
            case .command(.data): session.reply(Reply(354, "Go on"), at: now)
            case .command(.auth): session.reply(Reply(535, EnhancedStatusCode(5, 7, 8), "No"), at: now)
            case .command, .endOfMessage: session.reply(Reply(250, EnhancedStatusCode(2, 0, 0), "OK"), at: now)
            case .close, .wait: return
            default: break
            }
        }
    }

    private static let octets = Array(
        ("EHLO c.example\r\nAUTH PLAIN AGEAc2VjcmV0\r\nNOOP\r\nMAIL FROM:<a@c.example>\r\nRCPT TO:<b@d.example>\r\n"
            + "RCPT TO:<\"b b\"@d.example>\r\nDATA\r\nSubject: secret\r\n\r\nsecret\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<e@d.example>\r\nX\u{1}\r\n")
            .utf8)

    @Test("have what both sides said, however it came, but nothing of AUTH and of messages", arguments: [1, 7, 10_000])
    func lines(_ piece: Int) throws {
        let played = play(Self.octets, keeping: 100, piece: piece)
        let transcript = try #require(played.transcript)
        #expect(transcript.omittedLines == 0)
        let text = transcript.lines.map { "\($0.source.rawValue): \($0.text)" }
        #expect(text.first == "server: 220 test")
        #expect(text.contains("client: EHLO c.example"))
        #expect(text.contains("client: RCPT TO:<\\\"b b\\\"@d.example>"))
        #expect(text.contains("note: (message content: 27 octets)"))
        #expect(text.contains("client: X\\x01"))
        #expect(!text.contains { $0.contains("secret") || $0.contains("AGEAc2VjcmV0") })
        let recipients = played.records.map { $0.recipients.map(\.description) }
        #expect(recipients.contains(["b@d.example", "\\\"b b\\\"@d.example"]))
        #expect(recipients.last == ["e@d.example"])
        #expect(played.records.contains { $0.contentLength > 0 })
    }

    @Test("keep the last lines only", arguments: [1, 3, 8])
    func bounded(_ count: Int) throws {
        let whole = try #require(play(Self.octets, keeping: 1_000).transcript)
        let part = try #require(play(Self.octets, keeping: count).transcript)
        #expect(part.lines.map(\.text) == whole.lines.suffix(count).map(\.text))
        #expect(part.omittedLines == whole.lines.count - count)
    }

    @Test("are the same as if every line had been escaped when it came, and bounded", arguments: [1, 2, 7, 50])
    func generatedLines(_ capacity: Int) {
        var generator = Generator(seed: UInt64(capacity))
        var transcript = SessionTranscript(lines: capacity)
        var reference: [SessionTranscript.Line] = []
        var most = 0
        for number in 0..<5_000 {
            let time = Timestamp(seconds: Int64(number))
            if number % 3 == 0 {
                let texts = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                    String(repeating: "x", count: Int.random(in: 0...1_200, using: &generator))
                }
                let reply = Reply(250, EnhancedStatusCode(2, 0, 0), lines: texts)
                transcript.add(reply, at: time)
                var octets: [UInt8] = []
                ReplySerializer.serialize(reply, into: &octets)
                reference += octets.split(separator: UInt8(ascii: "\n"))
                    .map { .init(time: time, source: .server, text: Evidence(Array($0.dropLast()).span)) }
            } else {
                let longest = number % 7 == 0 ? 5_000 : 300
                let line = (0..<Int.random(in: 0...longest, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
                transcript.add(.client, line.span, at: time)
                reference.append(.init(time: time, source: .client, text: Evidence(line.span)))
            }
            most = max(most, transcript.octets)
            if number % 50 == 0 {
                #expect(transcript.lines == Array(reference.suffix(capacity)))
                let last = Array(reference.suffix(capacity - capacity / 2))
                var passed: [SessionTranscript.Line] = []
                transcript.forEachLine(droppingFirst: capacity / 2) { time, source, text, count in
                    passed.append(.init(time: time, source: source, text: Evidence(text, of: count)))
                }
                #expect(reference.count < capacity || passed == last)
            }
        }
        #expect(transcript.omittedLines == reference.count - capacity)
        // Twice what is kept, and one reply of the longest.
        #expect(most <= 1_024 + capacity * (64 + 2 * 512) + 6_000)
    }

    @Test("have each recipient of a transaction once")
    func sameRecipient() throws {
        let commands = ["a", "b", "a", "ab", "b", "a"].map { "RCPT TO:<\($0)@d.example>\r\n" }
        let octets = Array(("EHLO c.example\r\nMAIL FROM:<>\r\n" + commands.joined()).utf8)
        let recipients = play(octets, keeping: 10, piece: 1_000).records.last?.recipients.map(\.description)
        #expect(recipients == ["a@d.example", "b@d.example", "ab@d.example"])
    }

    @Test("are not kept unless that is asked for")
    func none() {
        let played = play(Self.octets, keeping: 0)
        #expect(played.transcript == nil)
        #expect(!played.records.isEmpty && played.records.allSatisfy { $0.recipients.isEmpty })
    }

    @Test("have ten recipients of a transaction at most")
    func recipients() throws {
        let commands = (0..<30).map { "RCPT TO:<r\($0)@d.example>\r\n" }
        let octets = Array(("EHLO c.example\r\nMAIL FROM:<>\r\n" + commands.joined()).utf8)
        let recipients = play(octets, keeping: 10, piece: 1_000).records.last?.recipients
        #expect(recipients?.count == SessionTranscript.mostRecipients)
        #expect(recipients?.first?.description == "r0@d.example")
    }
}
