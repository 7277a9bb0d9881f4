import Logging
import NIOCore
import NIOPosix
import SMTPProtocolCompliance
import SMTPSecurity
import SMTPSecurityNIO
import Synchronization
import Testing

@Suite("The proxy on real sockets")
struct ProxyServerTests {
    private let ehlo = "EHLO client.example\r\n"
    private let rest = ["MAIL FROM:<a@client.example>\r\n", "RCPT TO:<b@keeper.example>\r\n", "DATA\r\n"]

    private func configuration(_ upstream: Endpoint) -> ProxyConfiguration {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return ProxyConfiguration(upstreamHost: "127.0.0.1", upstreamPort: Int(upstream.port), logger: logger)
    }

    private func message(_ octets: Int, _ last: String) -> [UInt8] {
        var body: [UInt8] = []
        var number = 0
        while body.count < octets {
            body += Array("\(number % 7 == 0 ? "." : "")line \(number)\r\n".utf8)
            number += 1
        }
        return body + Array("\(last)\r\n".utf8)
    }

    private func stuffed(_ content: [UInt8]) -> [UInt8] {
        var stuffer = DotStuffer()
        var wire: [UInt8] = []
        stuffer.stuff(content.span, into: &wire)
        stuffer.finish(into: &wire)
        return wire
    }

    private func begin(_ client: RawClient) async throws {
        #expect(await client.see("\r\n").hasPrefix("220 "))
        try await client.send(ehlo)
        #expect(await client.see("250 ").hasPrefix("250-"))
    }

    @Test("streams a large message and delivers it octet for octet", arguments: [UpstreamConnectionTime.lazy, .eager])
    func streams(_ time: UpstreamConnectionTime) async throws {
        let keeper = Keeper()
        var configuration = configuration(try await keeper.listen(CheckPipeline { EmptyCheckSequence() }))
        configuration.upstreamConnection = time
        let proxy = ProxyServer(configuration: configuration, pipeline: CheckPipeline { ProtocolCompliance() })
        let client = try await RawClient.connect(to: try await proxy.listen(host: "127.0.0.1", port: 0))
        try await begin(client)
        for line in rest { #expect(try await client.play(line).first.map { "23".contains($0) } == true) }
        let content = message(5_000_000, "end")
        try await client.send(stuffed(content))
        #expect(await client.see("\r\n") == "250 2.0.0 Kept\r\n")
        #expect(keeper.messages == [content])
        #expect(try await client.play("QUIT\r\n").hasPrefix("221 "))
        await proxy.shutDownGracefully()
        #expect(proxy.statistics.snapshot["default"]?.messages == 1)
        #expect(proxy.statistics.snapshot["default"]?.octets == UInt64(content.count))
    }

    @Test("passes what happens on to a recorder, until it has enough", arguments: [Int.max, 2])
    func records(_ most: Int) async throws {
        let keeper = Keeper()
        let recorder = TestRecorder(most: most)
        var configuration = configuration(try await keeper.listen(CheckPipeline { EmptyCheckSequence() }))
        configuration.recorder = recorder
        let proxy = ProxyServer(configuration: configuration, pipeline: CheckPipeline { ProtocolCompliance() })
        let client = try await RawClient.connect(to: try await proxy.listen(host: "127.0.0.1", port: 0))
        try await begin(client)
        for line in rest { #expect(try await client.play(line).first.map { "23".contains($0) } == true) }
        let content = message(100_000, "end")
        try await client.send(stuffed(content))
        #expect(await client.see("\r\n") == "250 2.0.0 Kept\r\n")
        #expect(try await client.play("QUIT\r\n").hasPrefix("221 "))
        await proxy.shutDownGracefully()
        #expect(keeper.messages == [content])
        #expect(recorder.profiles == ["default"])
        guard most == .max else {
            #expect(recorder.calls == 2, "it is not asked again")
            return
        }
        let sent = Array((ehlo + rest.joined()).utf8) + stuffed(content) + Array("QUIT\r\n".utf8)
        #expect(recorder.client == sent)
        #expect(recorder.last == .closed)
    }

    /// A pipeline whose banner tells which one it is.
    private func named(_ name: String) -> AnyCheckPipeline {
        AnyCheckPipeline(
            profile: SecurityProfile(name) { profile in
                profile.session.hostname = "\(name).example"
                profile.install(ProtocolCompliance())
            })
    }

    private func banner(_ endpoint: Endpoint) async throws -> String {
        let client = try await RawClient.connect(to: endpoint)
        let banner = await client.see("\r\n")
        #expect(try await client.play("QUIT\r\n").hasPrefix("221 "))
        return String(banner.split(separator: " ").dropFirst().first ?? "")
    }

    @Test("has each listener's sessions checked by their own pipeline, and by others once they are replaced")
    func pipelines() async throws {
        let keeper = Keeper()
        let upstream = try await keeper.listen(CheckPipeline { EmptyCheckSequence() })
        let first = Mutex<UInt16>(0)
        let selection = PipelineSelection(["a": named("a"), "b": named("b")], usual: "a") { connection in
            connection.local.port == first.withLock { $0 } ? "a" : connection.client.port == 1 ? "unknown" : "b"
        }
        let proxy = ProxyServer(configuration: configuration(upstream), pipelines: selection)
        let endpoint = try await proxy.listen(host: "127.0.0.1", port: 0)
        let other = try await proxy.listen(host: "127.0.0.1", port: 0)
        first.withLock { $0 = endpoint.port }
        #expect(try await banner(endpoint) == "a.example")
        #expect(try await banner(other) == "b.example")
        let client = try await RawClient.connect(to: endpoint)
        #expect(await client.see("\r\n").hasPrefix("220 a.example"))
        proxy.replacePipelines(PipelineSelection(named("c")))
        #expect(try await banner(endpoint) == "c.example")
        #expect(try await banner(other) == "c.example")
        // A session that has begun keeps what it began with.
        #expect(try await client.play("HELO client.example\r\n").hasPrefix("250 a.example"))
        #expect(try await client.play("QUIT\r\n").hasPrefix("221 "))
        await proxy.shutDownGracefully()
        let counted = proxy.statistics.snapshot.mapValues(\.sessions)
        #expect(counted == ["a": 2, "b": 1, "c": 2])
    }

    /// Keeps what it hears.
    private final class Listener: SessionObserver {
        struct Heard {
            var records: [ViolationRecord] = []
            var lines: [Int] = []
            var digests: [String?] = []
            var beginnings: [[UInt8]?] = []
            var sessions = 0
        }
        let heard = Mutex(Heard())

        func observe(_ record: ViolationRecord, transcript: SessionTranscript?, message: ObservedMessage?) {
            heard.withLock { heard in
                heard.records.append(record)
                heard.digests.append(message?.digest)
                heard.beginnings.append(message?.beginning)
                heard.lines.append(transcript?.lines.count ?? -1)
            }
        }

        func observe(_ statistics: ProfileStatistics, profile: String, at time: Timestamp) {
            heard.withLock { $0.sessions += statistics.sessions }
        }
    }

    @Test(
        "tells its observers of violations, with the lines before them, and of what sessions counted",
        arguments: [0, 20])
    func observed(_ lines: Int) async throws {
        let keeper = Keeper()
        let listener = Listener()
        var configuration = configuration(try await keeper.listen(CheckPipeline { EmptyCheckSequence() }))
        configuration.observers = [listener]
        var profile = SecurityProfile("observed")
        profile.session.transcriptLines = lines
        let proxy = ProxyServer(
            configuration: configuration, pipeline: CheckPipeline(profile: profile) { ProtocolCompliance() })
        let client = try await RawClient.connect(to: try await proxy.listen(host: "127.0.0.1", port: 0))
        try await begin(client)
        let reply = try await client.play("BOGUS\u{1}\r\n")
        #expect(try await client.play("QUIT\r\n").hasPrefix("221 "))
        await proxy.shutDownGracefully()
        listener.heard.withLock { heard in
            #expect(heard.records.count == 1 && heard.sessions == 1)
            #expect(heard.records.first.map { reply.contains($0.supportID.description) } == true)
            // The banner, EHLO and its reply, the line and the reply to it.
            #expect(heard.lines.first.map { lines == 0 ? $0 == -1 : $0 >= 5 } == true)
        }
    }

    @Test(
        "tells its observers which message it was in which something was found, and of no other violation",
        arguments: [500, 3_000_000], [0, 100, 1_048_576])
    func digests(_ size: Int, _ kept: Int) async throws {
        let keeper = Keeper()
        let listener = Listener()
        var configuration = configuration(try await keeper.listen(CheckPipeline { EmptyCheckSequence() }))
        configuration.messageMemoryLimit = 100_000
        configuration.observers = [listener]
        configuration.messageDigest = { message in
            guard let octets = try? await message.octets() else { return nil }
            return "\(octets.count): \(String(decoding: octets.suffix(11), as: UTF8.self))"
        }
        var profile = SecurityProfile("observed")
        profile.session.keptMessageOctets = kept
        let pipeline = CheckPipeline(profile: profile) {
            ProtocolCompliance(); NoWord()
        }
        let proxy = ProxyServer(configuration: configuration, pipeline: pipeline)
        let client = try await RawClient.connect(to: try await proxy.listen(host: "127.0.0.1", port: 0))
        try await begin(client)
        for last in ["clean", "forbidden", "clean"] {
            for line in rest { #expect(try await client.play(line).first.map { "23".contains($0) } == true) }
            try await client.send(stuffed(message(size, last)))
            _ = await client.see("\r\n")
            _ = try await client.play("BOGUS\u{1}\r\n")
        }
        await proxy.shutDownGracefully()
        listener.heard.withLock { heard in
            let expected = message(size, "forbidden")
            let found = heard.digests.compactMap { $0 }
            #expect(found == ["\(expected.count): \(String(decoding: Array(expected.suffix(11)), as: UTF8.self))"])
            #expect(heard.digests.count == 4)
            #expect(heard.beginnings.compactMap { $0 } == [Array(expected.prefix(kept))])
        }
    }

    @Test("keeps a message in memory or in a file until it was checked", arguments: [500, 3_000_000])
    func keeps(_ size: Int) async throws {
        let keeper = Keeper()
        var configuration = configuration(try await keeper.listen(CheckPipeline { EmptyCheckSequence() }))
        configuration.messageMemoryLimit = 100_000
        let proxy = ProxyServer(configuration: configuration, pipeline: CheckPipeline { NoWord() })
        let client = try await RawClient.connect(to: try await proxy.listen(host: "127.0.0.1", port: 0))
        try await begin(client)
        for last in ["forbidden", "clean"] {
            for line in rest { #expect(try await client.play(line).first.map { "23".contains($0) } == true) }
            try await client.send(stuffed(message(size, last)))
            let answer = await client.see("\r\n")
            #expect(answer.hasPrefix(last == "clean" ? "250 2.0.0 Kept" : "554 5.7.1 Not this word"))
        }
        #expect(keeper.messages == [message(size, "clean")])
        try await client.disconnect()
        await proxy.shutDownGracefully()
    }

    @Test("answers 452 when a message cannot be kept, delivers nothing of it, and goes on")
    func storageFails() async throws {
        let keeper = Keeper()
        var configuration = configuration(try await keeper.listen(CheckPipeline { EmptyCheckSequence() }))
        configuration.messageMemoryLimit = 1_000
        configuration.temporaryDirectory = "/nonexistent"
        let proxy = ProxyServer(configuration: configuration, pipeline: CheckPipeline { NoWord() })
        let client = try await RawClient.connect(to: try await proxy.listen(host: "127.0.0.1", port: 0))
        try await begin(client)
        for line in rest { _ = try await client.play(line) }
        try await client.send(stuffed(message(50_000, "clean")))
        #expect(await client.see("\r\n") == "452 4.3.1 Insufficient system storage\r\n")
        for line in rest { _ = try await client.play(line) }
        try await client.send("small\r\n.\r\n")
        #expect(await client.see("\r\n") == "250 2.0.0 Kept\r\n")
        #expect(keeper.messages == [Array("small\r\n".utf8)])
        try await client.disconnect()
        await proxy.shutDownGracefully()
    }

    @Test("lets a transaction in progress finish when it stops, and accepts nobody more")
    func stops() async throws {
        let keeper = Keeper()
        let configuration = configuration(try await keeper.listen(CheckPipeline { EmptyCheckSequence() }))
        let proxy = ProxyServer(configuration: configuration, pipeline: CheckPipeline { ProtocolCompliance() })
        let endpoint = try await proxy.listen(host: "127.0.0.1", port: 0)
        let client = try await RawClient.connect(to: endpoint)
        let idle = try await RawClient.connect(to: endpoint)
        #expect(await idle.see("\r\n").hasPrefix("220 "))
        try await begin(client)
        for line in rest { _ = try await client.play(line) }
        async let stopped: Void = proxy.shutDownGracefully()
        #expect(await idle.see("\r\n").hasPrefix("421 4.3.2 "))
        try await client.send("body\r\n.\r\n")
        #expect(await client.see("421 ").hasPrefix("250 2.0.0 Kept\r\n"))
        await stopped
        #expect(keeper.messages == [Array("body\r\n".utf8)])
        #expect(proxy.sessionCount == 0)
        // A program that another test has just started holds all sockets for a moment, this one too.
        var isRefused = false
        for _ in 0..<100 where !isRefused {
            let client = try? await RawClient.connect(to: endpoint)
            isRefused = client == nil
            try? await client?.disconnect()
        }
        #expect(isRefused)
    }

    @Test("answers 421 past its most sessions")
    func maximum() async throws {
        let keeper = Keeper()
        var configuration = configuration(try await keeper.listen(CheckPipeline { EmptyCheckSequence() }))
        configuration.maximumSessions = 1
        let proxy = ProxyServer(configuration: configuration, pipeline: CheckPipeline { ProtocolCompliance() })
        let endpoint = try await proxy.listen(host: "127.0.0.1", port: 0)
        let first = try await RawClient.connect(to: endpoint)
        #expect(await first.see("\r\n").hasPrefix("220 "))
        let second = try await RawClient.connect(to: endpoint)
        #expect(await second.see("\r\n").hasPrefix("421 4.3.2 "))
        #expect(try await first.play("NOOP\r\n").hasPrefix("250 "))
        try await first.disconnect()
        await proxy.shutDownGracefully()
    }

    @Test("answers 421 when nobody listens behind it")
    func unreachable() async throws {
        // A port that was free a moment ago may be that of another test by now.
        let proxy = ProxyServer(
            configuration: configuration(Endpoint(.v4(0), port: 1)), pipeline: CheckPipeline { ProtocolCompliance() })
        let client = try await RawClient.connect(to: try await proxy.listen(host: "127.0.0.1", port: 0))
        #expect(await client.see("\r\n").hasPrefix("220 "))
        #expect(try await client.play(ehlo) == "421 4.4.1 Mail server not available, try again later\r\n")
        #expect(await client.see("never") == "")
        await proxy.shutDownGracefully()
    }

    @Test("answers a client that has sent everything and closed its side")
    func halfClosed() async throws {
        let keeper = Keeper()
        let configuration = configuration(try await keeper.listen(CheckPipeline { EmptyCheckSequence() }))
        let proxy = ProxyServer(configuration: configuration, pipeline: CheckPipeline { EmptyCheckSequence() })
        let client = try await RawClient.connect(to: try await proxy.listen(host: "127.0.0.1", port: 0))
        try await begin(client)
        try await client.send(rest.joined() + "body\r\n.\r\n")
        try await client.finish()
        #expect(await client.see("Kept\r\n").contains("250 2.0.0 Kept\r\n"))
        #expect(keeper.messages == [Array("body\r\n".utf8)])
        await proxy.shutDownGracefully()
    }

    @Test("takes back what a client did not finish")
    func clientGone() async throws {
        let keeper = Keeper()
        let configuration = configuration(try await keeper.listen(CheckPipeline { EmptyCheckSequence() }))
        let proxy = ProxyServer(configuration: configuration, pipeline: CheckPipeline { ProtocolCompliance() })
        let client = try await RawClient.connect(to: try await proxy.listen(host: "127.0.0.1", port: 0))
        try await begin(client)
        for line in rest { _ = try await client.play(line) }
        try await client.send("half a message\r\n.\r")
        try await client.disconnect()
        await proxy.shutDownGracefully()
        #expect(keeper.messages.isEmpty)
        #expect(proxy.statistics.snapshot["default"]?.messages == 0)
    }
}

@Suite("A server of one's own")
struct ServerHandlerTests {
    @Test("gets commands that were checked, whole messages after their check, and nothing else")
    func server() async throws {
        let keeper = Keeper()
        let endpoint = try await keeper.listen(
            CheckPipeline {
                ProtocolCompliance()
                NoWord()
            })
        let client = try await RawClient.connect(to: endpoint)
        #expect(await client.see("\r\n").hasPrefix("220 "))
        _ = try await client.play("HELO client.example\r\n")
        #expect(try await client.play("RCPT TO:<b@c>\r\n").hasPrefix("503 "))
        for (body, answer) in [
            ("forbidden", "554 5.7.1 Not this word"),
            (String(repeating: "long\r\n", count: 5_000) + "fine", "250 2.0.0 Kept"),
        ] {
            for line in ["MAIL FROM:<a@b>\r\n", "RCPT TO:<b@c>\r\n", "DATA\r\n"] { _ = try await client.play(line) }
            try await client.send("\(body)\r\n.\r\n")
            #expect(await client.see("\r\n").hasPrefix(answer))
        }
        #expect(try await client.play("QUIT\r\n").hasPrefix("221 "))
        #expect(keeper.messages.count == 1)
        #expect(keeper.messages.first?.count == 5_000 * 6 + 6)
        #expect(keeper.commands.count { $0.hasPrefix("RCPT") } == 2)
    }
}
