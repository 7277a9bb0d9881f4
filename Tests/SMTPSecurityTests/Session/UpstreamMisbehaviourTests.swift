import SMTPSecurity
import SMTPSecurityTesting
import Testing

/// A server behind that does not do what it should.
struct Misbehaviour: Sendable, CustomTestStringConvertible {
    var name: String
    /// Where: a verb, `CONNECT`, `CONTENT` or `.`.
    var point: String
    var behaviour: FakeUpstream.Behaviour
    /// What the last answer to the client starts with.
    var lastAnswer: String
    /// Whether the client's session ends.
    var closes: Bool

    var testDescription: String { "\(name) at \(point)" }
}

@Suite("A server behind that misbehaves")
struct UpstreamMisbehaviourTests {
    static let lines = [
        "EHLO client.example\r\n", "MAIL FROM:<a@client.example>\r\n", "RCPT TO:<b@upstream.example>\r\n", "DATA\r\n",
        "Subject: x\r\n\r\n", "body\r\n.\r\n",
    ]

    static let cases: [Misbehaviour] = {
        var all: [Misbehaviour] = []
        func add(_ name: String, _ behaviour: FakeUpstream.Behaviour, _ answers: [(String, String, Bool)]) {
            for (point, answer, closes) in answers {
                all.append(
                    Misbehaviour(name: name, point: point, behaviour: behaviour, lastAnswer: answer, closes: closes))
            }
        }
        let everywhere = ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"]
        let lost = "421 4.4.2 Connection to the mail server lost"
        let away = "421 4.4.1 Mail server not available"
        let inMessage = "451 4.4.2 Connection to the mail server lost"
        func answers(_ early: String) -> [(String, String, Bool)] {
            everywhere.map { ($0, $0 == "CONNECT" ? early : lost, true) } + [(".", inMessage, false)]
        }
        add("closes", .close, answers(away))
        add("hangs", .hang, answers(away))
        add("sends garbage", .send("¡Hola!\r\n"), answers(away))
        add("sends an endless line", .send(String(repeating: "2", count: 70_000)), answers(away))
        add("sends a reply without end", .send(String(repeating: "250-more\r\n", count: 300)), answers(away))
        add(
            "answers 421", .send("421 4.3.2 Going down\r\n"),
            (everywhere + ["."]).map { ($0, "421 4.3.2 Going down", true) })
        add(
            "refuses", .send("550 5.7.1 Not you\r\n"),
            [("CONNECT", "550 5.7.1 Not you", true)]
                + ["EHLO", "MAIL", "RCPT", "DATA", "."].map { ($0, "550 5.7.1 Not you", false) })
        add(
            "answers 3yz", .send("354 Go on\r\n"),
            ["EHLO", "MAIL", "RCPT"].map { ($0, lost, true) } + [(".", inMessage, false)])
        add("answers 2yz", .send("250 OK\r\n"), [("DATA", inMessage, false)])
        add("closes", .close, [("CONTENT", inMessage, false)])
        add("refuses early", .send("552 5.2.2 Full\r\n"), [("CONTENT", "552 5.2.2 Full", false)])
        add("answers 421", .send("421 4.3.2 Going down\r\n"), [("CONTENT", inMessage, false)])
        return all
    }()

    @Test(
        "gets the client a temporary or its own refusal, and nothing is acknowledged", arguments: cases, [false, true])
    func misbehaviour(_ misbehaviour: Misbehaviour, _ isEager: Bool) async throws {
        let harness = try await ProxyHarness(
            CheckPipeline { EmptyCheckSequence() }, upstream: isEager ? .eager : .lazy
        ) {
            $0.behaviours[misbehaviour.point] = misbehaviour.behaviour
        }
        var answers = [await harness.begin()]
        if isEager, misbehaviour.point == "CONNECT" {
            if answers[0].isEmpty { answers.append(await harness.advance(by: .seconds(600))) }
        } else {
            for line in Self.lines where !harness.isClosed {
                var seen = await harness.send(line)
                if seen.isEmpty, line != Self.lines[4] { seen = await harness.advance(by: .seconds(700)) }
                answers.append(seen)
                // A refusal is the end of this attempt.
                if seen.hasPrefix("4") || seen.hasPrefix("5") { break }
            }
        }
        let last = try #require(answers.last { !$0.isEmpty })
        #expect(last.hasPrefix(misbehaviour.lastAnswer), "\(answers)")
        // Without a banner of its own, a client that connects lazily may stay and say goodbye.
        let staysOpen = !isEager && misbehaviour.point == "CONNECT" && last.hasPrefix("5")
        #expect(harness.isClosed == (misbehaviour.closes && !staysOpen))
        #expect(harness.statistics.messages == 0)
        #expect(!answers.contains { $0.hasPrefix("250 2.0.0 Queued") })
        if case .send(let text) = misbehaviour.behaviour, text.hasPrefix("5") { return }
        if case .send(let text) = misbehaviour.behaviour, text.hasPrefix("421"), misbehaviour.point != "CONTENT" {
            return
        }
        if misbehaviour.behaviour.isAnswer("250 OK\r\n") || misbehaviour.behaviour.isAnswer("354 Go on\r\n") { return }
        #expect(!harness.incidents.isEmpty, "the log says why")
    }

    @Test("that cannot be reached gets the client 421", arguments: [UpstreamConnectionTime.lazy, .eager])
    func unreachable(_ time: UpstreamConnectionTime) async throws {
        let harness = try await ProxyHarness(CheckPipeline { EmptyCheckSequence() }, upstream: time)
        harness.refusesConnections = true
        var seen = await harness.begin()
        if time == .lazy { seen = await harness.send("EHLO client.example\r\n") }
        #expect(seen == "421 4.4.1 Mail server not available, try again later\r\n")
        #expect(harness.isClosed)
        #expect(harness.incidents.count == 1)
    }

    @Test("that sends a reply nobody asked for is not believed: the connection is made anew")
    func unsolicited() async throws {
        let harness = try await ProxyHarness(CheckPipeline { EmptyCheckSequence() })
        await harness.begin()
        await harness.send(Self.lines[0])
        await harness.upstreamSends("250 2.1.0 Sender OK\r\n")
        #expect(!harness.isClosed)
        #expect(harness.incidents.count == 1)
        for line in Self.lines.dropFirst() { await harness.send(line) }
        #expect(harness.upstream.connectionCount == 2)
        #expect(harness.upstream.messages.count == 1)
    }

    @Test("that answers twice does not get its second answer taken for another command's")
    func twoAnswers() async throws {
        let harness = try await ProxyHarness(CheckPipeline { EmptyCheckSequence() }) {
            $0.behaviours["MAIL"] = .send("250 OK\r\n250 OK\r\n")
        }
        await harness.begin()
        await harness.send(Self.lines[0])
        #expect(await harness.send(Self.lines[1]) == "250 OK\r\n")
        #expect(await harness.send(Self.lines[2]).hasPrefix("421 4.4.2 "))
        #expect(!harness.upstream.commands.contains { $0.hasPrefix("RCPT") })
    }

    @Test("that closes between transactions costs the client nothing")
    func idleClose() async throws {
        let harness = try await ProxyHarness(CheckPipeline { EmptyCheckSequence() })
        await harness.begin()
        for _ in 1...2 {
            for line in Self.lines { await harness.send(line) }
            await harness.upstreamCloses()
        }
        #expect(harness.upstream.messages.count == 2)
        #expect(harness.upstream.connectionCount == 2)
        #expect(!harness.isClosed)
    }

    @Test("never hears the end of a message whose client is gone", arguments: 3...5)
    func clientGone(_ count: Int) async throws {
        let harness = try await ProxyHarness(CheckPipeline { EmptyCheckSequence() })
        await harness.begin()
        for line in Self.lines.prefix(count) { await harness.send(line) }
        if count == 5 { await harness.send("body\r\n.\r") }
        harness.disconnect()
        #expect(harness.upstream.messages.isEmpty)
        #expect(harness.statistics.messages == 0)
        #expect(String(decoding: harness.upstream.received, as: UTF8.self).hasSuffix("\r\n.\r\n") == false)
    }
}

extension FakeUpstream.Behaviour {
    func isAnswer(_ text: String) -> Bool {
        if case .send(text) = self { true } else { false }
    }
}
