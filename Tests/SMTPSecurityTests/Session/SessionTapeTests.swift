import SMTPSecurity
import SMTPSecurityTesting
import Testing

/// A client that authenticates, and what of it is secret.
struct AuthenticatingClient: Sendable, CustomTestStringConvertible {
    var name: String
    var input: String
    /// What nobody may read afterwards.
    var secrets: [String]
    /// What the server behind answers to `AUTH` and to each response.
    var answers: [String] = ["235 2.7.0 Welcome\r\n"]

    var testDescription: String { name }
}

/// The tape of one session.
struct PlayedTape: Sendable {
    var events: [TapeEvent] = []
    /// Octets that the session read.
    var read: [UInt8] = []
    /// What the client saw.
    var seen: [UInt8] = []

    /// Everything that the client sent, as the tape has it.
    var client: [UInt8] {
        events.flatMap { event -> [UInt8] in
            guard case .client(_, let octets, _) = event.content else { return [] }
            return octets
        }
    }

    /// Everything on the tape that is text.
    var text: String {
        events.map { event in
            switch event.content {
            case .client(_, let octets, _): String(decoding: octets, as: UTF8.self)
            case .upstreamReply(let reply, let command): "\(String(decoding: command, as: UTF8.self)) \(reply.lines)"
            case .upstreamFailed(_, let command): String(decoding: command, as: UTF8.self)
            case .reply(let reply): "\(reply.lines)"
            case .upstreamConnected, .unread, .tlsEstablished, .disconnected, .closed: ""
            }
        }.joined()
    }

    /// The tape without times, each run of octets of one part in one event: the same however the client's octets were split.
    var joined: [String] {
        var all: [String] = []
        var open: (part: TapeEvent.Part, octets: [UInt8])?
        for event in events {
            if case .client(let part, let octets, let isEnd) = event.content {
                var octetsSoFar = open?.octets ?? []
                octetsSoFar += octets
                open = isEnd ? nil : (part, octetsSoFar)
                if isEnd { all.append("\(part) \(Evidence(octetsSoFar.span)) \(octetsSoFar.count)") }
            } else if case .upstreamConnected = event.content {
                continue
            } else if case .unread = event.content {
                continue
            } else {
                all.append("\(event.content)")
            }
        }
        if let open { all.append("\(open.part) \(Evidence(open.octets.span)) open") }
        return all
    }
}

@Suite("Tapes of sessions")
struct SessionTapeTests {
    static let secret = "c2VjcmV0LXdvcmQ="

    static let clients: [AuthenticatingClient] = {
        let user = "dXNlci1uYW1l"
        let (ehlo, both) = ("EHLO client.example\r\n", [user, secret])
        let challenge = "334 VXNlcm5hbWU6\r\n"
        let refused = "535 5.7.8 No\r\n"
        let rest = "\r\nMAIL FROM:<a@b.example>\r\nQUIT\r\n"
        return [
            .init(name: "PLAIN", input: "\(ehlo)AUTH PLAIN \(secret)\(rest)", secrets: [secret]),
            .init(
                name: "PLAIN, response", input: "\(ehlo)AUTH PLAIN\r\n\(secret)\(rest)", secrets: [secret],
                answers: ["334 \r\n", "235 2.7.0 Welcome\r\n"]),
            .init(
                name: "LOGIN", input: "\(ehlo)auth login\r\n\(user)\r\n\(secret)\(rest)", secrets: both,
                answers: [challenge, challenge, "235 2.7.0 Welcome\r\n"]),
            .init(
                name: "cancelled", input: "\(ehlo)AUTH LOGIN\r\n\(user)\r\n*\(rest)", secrets: [user],
                answers: [challenge, challenge, "501 5.7.0 Cancelled\r\n"]),
            .init(
                name: "refused", input: "\(ehlo)AUTH PLAIN \(secret)\(rest)", secrets: [secret], answers: [refused]),
            .init(
                name: "refused, without waiting", input: "\(ehlo)AUTH LOGIN\r\n\(user)\r\n\(secret)\(rest)",
                secrets: both, answers: [refused]),
            .init(name: "before EHLO", input: "AUTH LOGIN\r\n\(user)\r\n\(secret)\(rest)", secrets: both),
            .init(name: "after a space", input: "\(ehlo) AUTH PLAIN \(secret)\(rest)", secrets: [secret]),
            .init(name: "after NUL", input: "\(ehlo)\0AUTH LOGIN\r\n\(user)\r\n\(secret)\(rest)", secrets: both),
            .init(name: "after junk", input: "\(ehlo)#!xAUTH LOGIN \(user)\r\n\(secret)\(rest)", secrets: both),
            .init(
                name: "after a bare CR", input: "\(ehlo)NOOP x\rAUTH LOGIN\r\(user)\r\n\(secret)\(rest)", secrets: both),
            .init(
                name: "with bare LF", input: "\(ehlo)AUTH LOGIN\n\(user)\n\(secret)\nQUIT\n", secrets: both,
                answers: [challenge, challenge, "235 2.7.0 Welcome\r\n"]),
            .init(name: "a tab, mixed case", input: "\(ehlo)aUtH\tPlain \(secret)\(rest)", secrets: [secret]),
            .init(name: "without a mechanism", input: "\(ehlo)AUTH \(secret)\(rest)", secrets: [secret]),
            .init(
                name: "too long", input: "\(ehlo)AUTH PLAIN \(String(repeating: secret, count: 2_000))\(rest)",
                secrets: [secret]),
            .init(name: "never ended", input: "\(ehlo)AUTH PLAIN \(secret)", secrets: [secret]),
        ]
    }()

    private static let usual = AuthenticatingClient(
        name: "",
        input:
            "EHLO client.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n..x\rAUTH PLAIN y\0\n\r\n.\r\n"
            + "MAIL FROM:<>\r\nRCPT TO:<c@d.example>\r\nBDAT 5\r\nx\r\n.\nBDAT 0 LAST\r\nQUIT\r\n", secrets: [])

    /// Plays a client's octets, in pieces, a second after each other.
    private func play(
        _ client: AuthenticatingClient, _ pieces: [ArraySlice<UInt8>], records: Bool = true
    ) async -> PlayedTape {
        var played = PlayedTape()
        var upstream = FakeUpstream()
        var answers = client.answers
        var now = Timestamp(seconds: 1_800_000_000)
        let info = ConnectionInfo(
            session: SessionID(rawValue: 1), client: Endpoint(.v4(0xC000_0207), port: 40_000),
            local: Endpoint(.v4(0xC000_0219), port: 25), time: now)
        var profile = SecurityProfile("test")
        profile.session.budgets.softErrors = 1_000
        profile.session.extensions.insert(.chunking)
        var session = ProxySession(
            pipeline: CheckPipeline(profile: profile) { EmptyCheckSequence() }, connection: info)
        if records { session.beginRecording() }
        var input: [UInt8] = []
        var rest = pieces[...]
        var isAuthenticating = false
        loop: while true {
            let step = session.step(input.span, at: now)
            played.read += input.prefix(step.consumed)
            input.removeFirst(step.consumed)
            session.takeClientOutput { span in for index in span.indices { played.seen.append(span[index]) } }
            switch step.action {
            case .needsInput, .wait:
                var sent: [UInt8] = []
                session.takeUpstreamOutput { span in for index in span.indices { sent.append(span[index]) } }
                if String(decoding: sent.prefix(4), as: UTF8.self) == "AUTH" || isAuthenticating, !sent.isEmpty {
                    let answer = answers.isEmpty ? "535 5.7.8 No\r\n" : answers.removeFirst()
                    isAuthenticating = answer.hasPrefix("334")
                    session.receiveUpstream(Array(answer.utf8).span, at: now)
                    continue loop
                }
                if !sent.isEmpty { upstream.receive(sent) }
                var hasMoved = !sent.isEmpty
                while case .send(let text)? = upstream.takeBehaviour() {
                    hasMoved = true
                    session.receiveUpstream(Array(text.utf8).span, at: now)
                }
                if hasMoved { continue loop }
                guard !rest.isEmpty else { break loop }
                now = now.advanced(by: .seconds(1))
                input += rest.removeFirst()
            case .connectUpstream:
                upstream.connect()
                session.upstreamConnected(at: now)
            case .close: break loop
            default: break
            }
        }
        _ = session.clientDisconnected(at: now)
        played.events = session.takeTape()
        return played
    }

    private func whole(_ client: AuthenticatingClient) -> [ArraySlice<UInt8>] { [Array(client.input.utf8)[...]] }

    /// What octets may have become.
    private func isMasked(_ octet: UInt8, _ original: UInt8) -> Bool {
        octet == original || octet == UInt8(ascii: "A") || octet == UInt8(ascii: "?") || octet == UInt8(ascii: "x")
    }

    @Test("have no secret of AUTH, and everything else", arguments: clients)
    func secrets(_ client: AuthenticatingClient) async {
        let played = await play(client, whole(client))
        for secret in client.secrets { #expect(!played.text.contains(secret)) }
        let (tape, read) = (played.client, played.read)
        #expect(tape.count == read.count)
        #expect(zip(tape, read).allSatisfy { isMasked($0, $1) })
        #expect(played.text.uppercased().contains("AUTH"))
    }

    @Test("are the same however the client's octets are split, up to the order of arrival", arguments: clients)
    func generatedSplits(_ client: AuthenticatingClient) async {
        var random = Generator(seed: 41)
        let expected = await play(client, whole(client))
        for _ in 0..<min(Generator.cases(20), 400) {
            let played = await play(client, random.pieces(of: Array(client.input.utf8)))
            #expect(played.client.starts(with: expected.client) || expected.client.starts(with: played.client))
            for secret in client.secrets { #expect(!played.text.contains(secret)) }
            if client.input.contains("\r\nQUIT") { #expect(played.joined == expected.joined) }
        }
    }

    @Test("have commands, message data and chunks octet for octet, however they are split")
    func generatedUsual() async {
        var random = Generator(seed: 42)
        let expected = await play(Self.usual, whole(Self.usual))
        #expect(expected.client == Array(Self.usual.input.utf8))
        for _ in 0..<min(Generator.cases(50), 1_000) {
            let played = await play(Self.usual, random.pieces(of: Array(Self.usual.input.utf8)))
            #expect(played.client == expected.client)
            #expect(played.joined == expected.joined)
        }
    }

    @Test("say what is a line, a response, message data, and what the server behind answered to which command")
    func parts() async {
        let played = await play(Self.usual, whole(Self.usual))
        let parts = played.events.compactMap { event -> String? in
            switch event.content {
            case .client(let part, let octets, let isEnd): "\(part) \(octets.count) \(isEnd)"
            case .upstreamReply(let reply, let command): "\(reply.code) \(String(decoding: command, as: UTF8.self))"
            case .closed: "closed"
            default: nil
            }
        }
        #expect(
            parts == [
                "line 21 true", "220 ", "250 EHLO client.example", "line 25 true", "250 MAIL FROM:<a@b.example>",
                "line 23 true", "250 RCPT TO:<c@d.example>", "line 6 true", "354 DATA", "message 23 true", "250 .",
                "line 14 true", "250 MAIL FROM:<>", "line 23 true", "250 RCPT TO:<c@d.example>", "line 8 true",
                "354 DATA",
                "message 5 true", "line 13 true", "250 .", "line 6 true", "closed",
            ])
    }

    @Test("tell when octets arrived, though they are read later")
    func arrivals() async {
        let pieces = ["EHLO client.example\r\nMA", "IL FROM:<a@b.example>\r", "\nQUIT\r\n"].map { Array($0.utf8)[...] }
        let played = await play(Self.usual, pieces)
        let start = Timestamp(seconds: 1_800_000_000)
        let times = played.events.compactMap { event -> String? in
            guard case .client(_, let octets, let isEnd) = event.content else { return nil }
            return "\(start.duration(to: event.time)) \(octets.count) \(isEnd)"
        }
        #expect(
            times == [
                "1.0 seconds 21 true", "1.0 seconds 2 false", "2.0 seconds 22 false", "3.0 seconds 1 true",
                "3.0 seconds 6 true",
            ])
    }

    @Test("change nothing of the session, and there is none unless it is asked for")
    func off() async {
        for client in Self.clients + [Self.usual] {
            let silent = await play(client, whole(client), records: false)
            let recorded = await play(client, whole(client))
            #expect(silent.events.isEmpty)
            #expect(silent.seen == recorded.seen)
        }
    }

    @Test("hold no more than 16 KiB of a line")
    func longLines() async {
        let client = AuthenticatingClient(
            name: "", input: "NOOP \(String(repeating: "y", count: 40_000))\r\nQUIT\r\n", secrets: [])
        let played = await play(client, whole(client))
        let text = String(decoding: played.client, as: UTF8.self)
        #expect(text.count { $0 == "y" } == 16_384 - 5)
        #expect(text.utf8.count == client.input.utf8.count)
        #expect(text.hasSuffix("xxx\r\nQUIT\r\n"))
    }

    @Test("say how the session ended")
    func ends() async {
        let quit = await play(Self.usual, whole(Self.usual))
        #expect(quit.events.last?.content == .closed)
        let gone = await play(Self.usual, [Array("EHLO client".utf8)[...]])
        #expect(
            gone.events.suffix(2).map(\.content) == [
                .client(.line, Array("EHLO client".utf8), isEnd: false), .disconnected,
            ])
    }
}
