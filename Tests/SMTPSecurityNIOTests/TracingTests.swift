import InMemoryTracing
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import SMTPProtocolCompliance
import SMTPSecurity
import SMTPSecurityNIO
import Testing
import Tracing

@Suite("Spans of a proxy's sessions")
struct TracingTests {
    private let tracer = StrictTracer()
    private let keeper = Keeper()

    private func start<Checks>(
        _ pipeline: CheckPipeline<Checks>, _ change: (inout ProxyConfiguration) -> Void = { _ in }
    ) async throws -> (ProxyServer<Checks>, Endpoint) {
        let upstream = try await keeper.listen(CheckPipeline { EmptyCheckSequence() })
        var configuration = ProxyConfiguration(
            upstreamHost: "127.0.0.1", upstreamPort: Int(upstream.port), logger: quiet)
        configuration.tracer = tracer
        change(&configuration)
        let proxy = ProxyServer(configuration: configuration, pipeline: pipeline)
        return (proxy, try await proxy.listen(host: "127.0.0.1", port: 0))
    }

    private var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    /// A session of one transaction, from its banner to `DATA`.
    private func open(_ endpoint: Endpoint) async throws -> RawClient {
        let client = try await RawClient.connect(to: endpoint)
        #expect(await client.see("\r\n").hasPrefix("220 "))
        _ = try await client.play("HELO client.example\r\n")
        for line in ["MAIL FROM:<a@client.example>\r\n", "RCPT TO:<b@keeper.example>\r\n", "DATA\r\n"] {
            _ = try await client.play(line)
        }
        return client
    }

    private var names: [String] { tracer.spans.map(\.operationName) }

    private func span(_ name: String) throws -> FinishedInMemorySpan {
        try #require(tracer.spans.first { $0.operationName == name })
    }

    @Test("a clean session has a span, and each of its transactions has one in it")
    func clean() async throws {
        var profile = SecurityProfile("traced")
        profile.session.hostname = "mx.example"
        let (proxy, endpoint) = try await start(CheckPipeline(profile: profile) { ProtocolCompliance() })
        let client = try await open(endpoint)
        for _ in 1...2 {
            _ = try await client.play("body\r\n.\r\n")
            for line in ["MAIL FROM:<>\r\n", "RCPT TO:<b@k.example>\r\n", "RCPT TO:<c@k.example>\r\n", "DATA\r\n"] {
                _ = try await client.play(line)
            }
        }
        _ = try await client.play("body\r\n.\r\n")
        _ = try await client.play("QUIT\r\n")
        await proxy.shutDownGracefully()
        #expect(names == ["smtp.session", "smtp.transaction", "smtp.transaction", "smtp.transaction"])
        #expect(tracer.isComplete)
        let session = try span("smtp.session")
        #expect(session.kind == .server && session.parentSpanID == nil && session.status == nil)
        let described: SpanAttributes = [
            "smtp.profile": "traced", "client.address": "127.0.0.1", "server.address": "127.0.0.1",
            "server.port": .int64(Int64(endpoint.port)), "network.protocol.name": "smtp", "network.transport": "tcp",
            "network.type": "ipv4", "smtp.session": "1", "smtp.transactions": 3, "smtp.messages": 3,
            "smtp.recipients": 5,
            "smtp.refused": 0, "smtp.deferred": 0, "smtp.unavailable": 0, "smtp.octets": 18,
        ]
        described.forEach { name, value in #expect(session.attributes.get(name) == value, "\(name)") }
        #expect(session.attributes.get("client.port") != nil && session.events.isEmpty)
        let transactions = tracer.spans.dropFirst()
        #expect(transactions.allSatisfy { $0.parentSpanID == session.spanID && $0.traceID == session.traceID })
        #expect(transactions.map { $0.attributes.get("smtp.transaction.number") } == [1, 2, 3])
        #expect(transactions.map { $0.attributes.get("smtp.recipients") } == [1, 2, 2])
        #expect(transactions.allSatisfy { $0.attributes.get("smtp.messages") == 1 && $0.status == nil })
    }

    @Test("a violation is an event of the session's span; what belongs to AUTH is nowhere")
    func refused() async throws {
        let (proxy, endpoint) = try await start(
            CheckPipeline {
                ProtocolCompliance()
                NoWord()
            })
        let client = try await open(endpoint)
        let answer = try await client.play("forbidden\r\n.\r\n")
        _ = try await client.play("AUTH PLAIN AGEAc2VjcmV0\r\n")
        _ = try await client.play("NO\u{1}OP\r\n")
        _ = try await client.play("QUIT\r\n")
        await proxy.shutDownGracefully()
        #expect(names == ["smtp.session", "smtp.transaction", "smtp.check word"])
        let (session, transaction, check) = (
            try span("smtp.session"), try span("smtp.transaction"), try span("smtp.check word")
        )
        let event = try #require(session.events.first)
        #expect(event.name == "smtp.violation")
        #expect(event.attributes.get("smtp.violation.id") == "word.found")
        #expect(event.attributes.get("smtp.violation.action") == "refused")
        #expect(event.attributes.get("smtp.violation.alarm") == true)
        #expect(event.attributes.get("smtp.violation.block") == true)
        let number = try #require(event.attributes.get("smtp.violation.support_id"))
        if case .string(let number) = number { #expect(answer.contains(number)) }
        #expect(transaction.attributes.get("smtp.messages") == 0 && transaction.attributes.get("smtp.refused") == 1)
        #expect(check.parentSpanID == transaction.spanID)
        #expect(check.attributes.get("smtp.check.result") == "violations")
        #expect(session.attributes.get("smtp.messages") == 0)
        #expect(session.events.count >= 2)
        let everything = "\(tracer.spans.map { ($0.attributes, $0.events, "\($0.status as Any)") })"
        #expect(!everything.contains("AGEAc2VjcmV0") && !everything.contains("\u{1}"))
        #expect(tracer.isComplete)
    }

    /// How a check that takes time ends, and what its span says then.
    struct CheckCase: Sendable {
        let answer: Oracle.Answer
        let result: SpanAttribute
        var kinds: SpanAttribute?
        var problem: String?
    }

    static let checkCases = [
        CheckCase(answer: .pass, result: "pass"),
        CheckCase(answer: .violation, result: "violations", kinds: .stringArray(["oracle.found"])),
        CheckCase(answer: .incomplete, result: "incomplete", kinds: .stringArray(["oracle.found"]), problem: "half"),
        CheckCase(answer: .unavailable, result: "unavailable", problem: "nobody\\r\\nthere"),
        CheckCase(answer: .late, result: "deadline", problem: "no answer within"),
    ]

    @Test("a check that takes time has a span, which is current while it runs", arguments: checkCases)
    func check(_ expected: CheckCase) async throws {
        let (proxy, endpoint) = try await start(CheckPipeline { Oracle(answer: expected.answer, tracer: tracer) })
        let client = try await open(endpoint)
        try await client.disconnect()
        await proxy.shutDownGracefully()
        let session = try span("smtp.session")
        let check = try span("smtp.check oracle")
        #expect(check.parentSpanID == session.spanID && check.kind == .internal)
        #expect(check.attributes.get("smtp.check.name") == "oracle")
        #expect(check.attributes.get("smtp.check.result") == expected.result)
        #expect(check.attributes.get("smtp.check.violations") == expected.kinds)
        #expect(check.attributes.get("error.type") == (expected.problem == nil ? nil : expected.result))
        #expect(check.status?.code == (expected.problem == nil ? nil : .error))
        #expect(check.status?.message?.hasPrefix(expected.problem ?? "none") ?? (expected.problem == nil))
        #expect(session.status == nil)
        if expected.answer != .late { #expect(try span("question").parentSpanID == check.spanID) }
        #expect(tracer.isComplete)
    }

    @Test("a client that vanishes in its message ends both spans")
    func vanished() async throws {
        let (proxy, endpoint) = try await start(CheckPipeline { ProtocolCompliance() })
        let client = try await open(endpoint)
        try await client.send("half a message\r\n.\r")
        try await client.disconnect()
        await proxy.shutDownGracefully()
        #expect(names == ["smtp.session", "smtp.transaction"])
        #expect(try span("smtp.transaction").attributes.get("smtp.messages") == 0)
        #expect(try span("smtp.session").attributes.get("smtp.transactions") == 1)
        #expect(tracer.isComplete)
    }

    @Test(
        "sessions that the proxy ends have their spans ended, at once or after their transaction", arguments: [0, 60])
    func stopped(_ seconds: Int64) async throws {
        let (proxy, endpoint) = try await start(CheckPipeline { ProtocolCompliance() }) {
            $0.shutdownGracePeriod = .seconds(seconds)
        }
        let client = try await open(endpoint)
        let idle = try await RawClient.connect(to: endpoint)
        #expect(await idle.see("\r\n").hasPrefix("220 "))
        async let stopped: Void = proxy.shutDownGracefully()
        _ = await idle.see("\r\n")
        if seconds > 0 { try await client.send("body\r\n.\r\n") }
        await stopped
        #expect(names == ["smtp.session", "smtp.session", "smtp.transaction"])
        let delivered: SpanAttribute = seconds > 0 ? 1 : 0
        #expect(try span("smtp.transaction").attributes.get("smtp.messages") == delivered)
        #expect(tracer.isComplete)
    }

    @Test("who is refused for too many sessions has no span")
    func maximum() async throws {
        let (proxy, endpoint) = try await start(CheckPipeline { ProtocolCompliance() }) { $0.maximumSessions = 1 }
        let first = try await RawClient.connect(to: endpoint)
        #expect(await first.see("\r\n").hasPrefix("220 "))
        let second = try await RawClient.connect(to: endpoint)
        #expect(await second.see("\r\n").hasPrefix("421 4.3.2 "))
        try await first.disconnect()
        await proxy.shutDownGracefully()
        #expect(names == ["smtp.session"])
        #expect(tracer.isComplete)
    }

    @Test("a server behind that fails is an error of the session's span")
    func upstreamFails() async throws {
        let (proxy, endpoint) = try await start(CheckPipeline { ProtocolCompliance() }) { $0.upstreamPort = 1 }
        let client = try await RawClient.connect(to: endpoint)
        #expect(await client.see("\r\n").hasPrefix("220 "))
        #expect(try await client.play("HELO client.example\r\n").hasPrefix("421 "))
        await proxy.shutDownGracefully()
        let session = try span("smtp.session")
        #expect(session.status?.code == .error)
        #expect(session.status?.message?.hasPrefix("connection failed") == true)
        #expect(session.attributes.get("error.type") == "upstream")
        #expect(tracer.isComplete)
    }

    @Test("a message that cannot be kept is an error of both spans")
    func storageFails() async throws {
        let (proxy, endpoint) = try await start(CheckPipeline { NoWord() }) {
            $0.messageMemoryLimit = 10
            $0.temporaryDirectory = "/nonexistent"
        }
        let client = try await open(endpoint)
        #expect(try await client.play("more than ten octets\r\n.\r\n").hasPrefix("452 "))
        try await client.disconnect()
        await proxy.shutDownGracefully()
        for name in ["smtp.session", "smtp.transaction"] {
            #expect(try span(name).status?.code == .error)
            #expect(try span(name).attributes.get("error.type") == "storage")
        }
        #expect(tracer.isComplete)
    }

    @Test("a span has 128 events at most, and says how many there were beyond them")
    func bounded() async throws {
        let (proxy, endpoint) = try await start(CheckPipeline { Noise() })
        let client = try await RawClient.connect(to: endpoint)
        #expect(await client.see("\r\n").hasPrefix("220 "))
        try await client.disconnect()
        await proxy.shutDownGracefully()
        let session = try span("smtp.session")
        #expect(session.events.count == 128)
        #expect(session.attributes.get("smtp.violations.omitted") == 72)
        #expect(session.events.first?.attributes.get("smtp.violation.evidence") == "a\\r\\nb")
        #expect(session.events.first?.attributes.get("smtp.violation.block") == false)
    }

    @Test("sessions at the same time do not mix")
    func together() async throws {
        let (proxy, endpoint) = try await start(
            CheckPipeline {
                Oracle(answer: .pass, tracer: tracer)
                NoWord()
            })
        try await withThrowingTaskGroup { group in
            for _ in 0..<10 {
                group.addTask {
                    let client = try await open(endpoint)
                    #expect(try await client.play("body\r\n.\r\n") == "250 2.0.0 Kept\r\n")
                    _ = try await client.play("QUIT\r\n")
                }
            }
            try await group.waitForAll()
        }
        await proxy.shutDownGracefully()
        #expect(tracer.isComplete)
        let traces = Dictionary(grouping: tracer.spans, by: \.traceID)
        #expect(traces.count == 10)
        for spans in traces.values {
            let parents = Dictionary(uniqueKeysWithValues: spans.map { ($0.spanID, $0.operationName) })
            let tree = spans.map { "\($0.operationName) in \($0.parentSpanID.flatMap { parents[$0] } ?? "none")" }
            #expect(
                Set(tree) == [
                    "smtp.session in none", "smtp.transaction in smtp.session", "smtp.check oracle in smtp.session",
                    "question in smtp.check oracle", "smtp.check word in smtp.transaction",
                ])
            #expect(tree.count == 5)
        }
    }

    @Test("a server of one's own has the same spans")
    func server() async throws {
        let endpoint = try await keeper.listen(
            CheckPipeline {
                Oracle(answer: .pass, tracer: tracer)
                NoWord()
            }, tracer: tracer)
        let client = try await open(endpoint)
        #expect(try await client.play("forbidden\r\n.\r\n").hasPrefix("554 "))
        // All at once: one transaction ends and the next begins without a pause.
        let rest = "RCPT TO:<b@k.example>\r\nRSET\r\nMAIL FROM:<c@d.example>\r\nQUIT\r\n"
        try await client.send("MAIL FROM:<a@client.example>\r\n" + rest)
        #expect(await client.see("221 ").contains("221 "))
        // The session is over before the connection is.
        _ = await client.see("never")
        let session = try span("smtp.session")
        let transactions = tracer.spans.filter { $0.operationName == "smtp.transaction" }
        #expect(transactions.map { $0.attributes.get("smtp.transaction.number") } == [1, 2, 3])
        #expect(transactions.allSatisfy { $0.parentSpanID == session.spanID })
        #expect(names.filter { $0 == "smtp.check oracle" }.count == 3)
        #expect(try span("smtp.check word").parentSpanID == transactions.first?.spanID)
        #expect(session.events.count == 1)
        #expect(session.attributes.get("smtp.transactions") == 3)
        #expect(session.attributes.get("smtp.profile") == "default")
        #expect(tracer.isComplete)
    }

    @Test("a handler that is taken away ends its session's span once", arguments: [false, true])
    func removed(_ wasClosed: Bool) throws {
        var configuration = SMTPServerConfiguration()
        configuration.tracer = tracer
        let handler = SMTPServerHandler(pipeline: CheckPipeline { EmptyCheckSequence() }, configuration: configuration)
        let channel = EmbeddedChannel()
        channel.localAddress = try SocketAddress(ipAddress: "2001:db8::1", port: 25)
        channel.remoteAddress = try SocketAddress(ipAddress: "2001:db8::2", port: 4_000)
        try channel.connect(to: SocketAddress(ipAddress: "2001:db8::2", port: 4_000)).wait()
        try channel.pipeline.syncOperations.addHandler(handler)
        #expect(tracer.spans.isEmpty && !tracer.isComplete)
        if wasClosed { channel.pipeline.fireChannelInactive() }
        _ = try channel.finish(acceptAlreadyClosed: true)
        #expect(names == ["smtp.session"])
        #expect(try span("smtp.session").attributes.get("network.type") == "ipv6")
        #expect(tracer.isComplete)
    }
}
