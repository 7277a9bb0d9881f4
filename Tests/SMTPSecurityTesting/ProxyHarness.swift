public import SMTPSecurity

/// Drives a ``ProxySession`` between a scripted client and a ``FakeUpstream``, with a clock that stands still until told.
public final class ProxyHarness<Checks: CheckSequence> {
    /// Everything the client saw.
    public private(set) var clientSaw = ""
    /// What the proxy recorded.
    public private(set) var records: [ViolationRecord] = []
    /// What went wrong upstream.
    public private(set) var incidents: [UpstreamSession.Failure] = []
    /// What was counted.
    public private(set) var statistics = ProfileStatistics()
    /// The mail server behind.
    public var upstream = FakeUpstream()
    /// Whether connecting fails.
    public var refusesConnections = false
    /// The proxy has closed the client's connection.
    public private(set) var isClosed = false
    /// What was recorded, if that was asked for.
    public private(set) var tape: [TapeEvent] = []
    /// The time.
    public private(set) var now = Timestamp(seconds: 1_800_000_000)
    /// Measures the deadlines of checks. By default none passes.
    public var evaluationClock: any Clock<Duration> = PatientClock()

    private var session: ProxySession<Checks>
    private var input: [UInt8] = []
    private var stored: [UInt8] = []
    private var isConnected = false
    private var clientBuffer: [UInt8] = []

    /// A session with a client that has just connected.
    public init(
        _ pipeline: CheckPipeline<Checks>, client: String = "192.0.2.7", upstream: UpstreamConnectionTime = .lazy,
        records: Bool = false, configure: (inout FakeUpstream) -> Void = { _ in }
    ) async throws {
        configure(&self.upstream)
        let info = ConnectionInfo(
            session: SessionID(rawValue: 1), client: Endpoint(try IPAddress(client), port: 40_000),
            local: Endpoint(try IPAddress("192.0.2.25"), port: 25), time: now)
        session = ProxySession(pipeline: pipeline, connection: info, upstream: upstream)
        if records { session.beginRecording() }
    }

    /// Lets the session begin: the banner.
    @discardableResult
    public func begin() async -> String { await send("") }

    /// The client sends text in one piece.
    ///
    /// - Returns: what it saw in answer.
    @discardableResult
    public func send(_ text: String) async -> String { await send(Array(text.utf8)) }

    /// The client sends octets in one piece.
    ///
    /// - Returns: what it saw in answer.
    @discardableResult
    public func send(_ octets: [UInt8]) async -> String {
        let before = clientSaw.utf8.count
        input += octets
        await run()
        return String(decoding: Array(clientSaw.utf8.dropFirst(before)), as: UTF8.self)
    }

    /// Time passes.
    ///
    /// - Returns: what the client saw meanwhile.
    @discardableResult
    public func advance(by duration: Duration) async -> String {
        let before = clientSaw.utf8.count
        let target = now.advanced(by: duration)
        while let deadline = session.nextDeadline, deadline <= target, !isClosed {
            now = max(now, deadline)
            session.timeExpired(at: now)
            await run()
        }
        now = target
        return String(decoding: Array(clientSaw.utf8.dropFirst(before)), as: UTF8.self)
    }

    /// The client closes its connection.
    public func disconnect() {
        let farewell = session.clientDisconnected(at: now)
        if farewell != .closeNow { flushUpstream() }
        isConnected = false
        isClosed = true
        collect()
    }

    /// The server behind sends something nobody asked for.
    public func upstreamSends(_ text: String) async {
        deliver(Array(text.utf8))
        await run()
    }

    /// The server behind closes the connection.
    public func upstreamCloses() async {
        isConnected = false
        session.upstreamDisconnected(at: now)
        await run()
    }

    /// The proxy is stopping.
    public func shutDown() async {
        session.shutDown()
        await run()
    }

    private func run() async {
        while !isClosed {
            let step = session.step(input.span, at: now)
            input.removeFirst(step.consumed)
            flushClient()
            switch step.action {
            case .needsInput, .wait:
                if case .wait = step.action, exchange() { continue }
                if case .needsInput = step.action, exchange() { continue }
                collect()
                return
            case .evaluate:
                guard let work = session.takeEvaluation() else { continue }
                let outcome = await Self.run(work, evaluationClock)
                session.resume(outcome, at: now)
            case .connectUpstream:
                if refusesConnections {
                    session.upstreamDisconnected(.connectFailed(Evidence("refused")), at: now)
                } else {
                    isConnected = true
                    upstream.connect()
                    session.upstreamConnected(at: now)
                }
            case .closeUpstream:
                isConnected = false
            case .storeContent:
                let piece = session.content
                for index in 0..<piece.count { stored.append(piece[index]) }
            case .provideMessage:
                session.provide(MessageContent(stored), at: now)
            case .sendStored:
                let octets = stored
                session.sendStored(octets.span, at: now)
                session.finishStored(at: now)
            case .discardStored:
                stored = []
            case .startTLS:
                session.tlsEstablished()
            case .close:
                flushUpstream()
                isClosed = true
                flushClient()
                if session.clientDisconnected(at: now) != .closeNow { flushUpstream() }
            }
        }
        collect()
    }

    private static func run<State>(
        _ work: PendingEvaluation<State>, _ clock: any Clock<Duration>
    ) async -> PendingEvaluation<State>.Outcome {
        await work.run(clock: clock)
    }

    /// Exchanges octets with the server behind.
    ///
    /// - Returns: whether anything moved.
    private func exchange() -> Bool {
        var hasMoved = flushUpstream()
        while isConnected, let behaviour = upstream.takeBehaviour() {
            hasMoved = true
            switch behaviour {
            case .send(let text): deliver(Array(text.utf8))
            case .hang: break
            case .close:
                isConnected = false
                session.upstreamDisconnected(at: now)
            case .sendAndClose(let text):
                deliver(Array(text.utf8))
                isConnected = false
                session.upstreamDisconnected(at: now)
            }
        }
        return hasMoved
    }

    private func deliver(_ octets: [UInt8]) {
        session.receiveUpstream(octets.span, at: now)
    }

    @discardableResult
    private func flushUpstream() -> Bool {
        var octets: [UInt8] = []
        session.takeUpstreamOutput { span in for index in 0..<span.count { octets.append(span[index]) } }
        guard !octets.isEmpty, isConnected else { return false }
        upstream.receive(octets)
        session.upstreamOutputWasTaken()
        return true
    }

    private func flushClient() {
        session.takeClientOutput { span in for index in 0..<span.count { clientBuffer.append(span[index]) } }
        clientSaw += String(decoding: clientBuffer, as: UTF8.self)
        clientBuffer = []
    }

    private func collect() {
        flushClient()
        records += session.takeRecords()
        tape += session.takeTape()
        incidents += session.takeIncidents()
        statistics.add(session.takeStatistics())
    }
}

extension String {
    /// The text with every Support ID, which has to be 19 digits, replaced by `#`.
    public var withoutSupportIDs: String {
        var result = ""
        var rest = self[...]
        while let range = rest.firstRange(of: "(support ID ") {
            result += rest[..<range.upperBound]
            rest = rest[range.upperBound...]
            let digits = rest.prefix(19)
            if SupportID(String(digits)) != nil {
                result += "#"
                rest = rest.dropFirst(19)
            }
        }
        return result + rest
    }
}
