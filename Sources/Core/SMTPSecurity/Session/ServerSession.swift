/// The server side of an SMTP session (RFC 5321) with its checks, without any input or output of its own.
///
/// Whoever drives it feeds octets to ``step(_:at:)``, does what the returned ``ServerAction`` says, sends what is in
/// ``output``, and answers for the application behind it: an own mail store, or an upstream server. One command is
/// judged at a time, knowing the outcome of those before it; what a client pipelines waits its turn.
///
/// Nothing reaches the application that did not parse, was out of order, was not offered, or that the profile blocks.
public struct ServerSession<Checks: CheckSequence>: ~Copyable, Sendable {
    /// The checks and the profile.
    public let pipeline: CheckPipeline<Checks>
    /// What checks may know of the session.
    public internal(set) var context: SessionContext
    /// Octets for the client. The driver sends them and empties it.
    public var output: [UInt8] = []
    /// Violations since the driver last emptied it.
    public var records: [ViolationRecord] = []
    /// What the session counted since the driver last took it.
    public var statistics = ProfileStatistics()
    /// Message content for the application, see ``ServerAction/content``. Emptied by the next step.
    public internal(set) var content: [UInt8] = []

    let settings: SessionSettings
    var checkState: Checks.SessionState
    var phase = SessionPhase.connecting
    var activity = Activity.none
    var pendingAction: ServerAction<Checks.SessionState>?
    var followingAction: ServerAction<Checks.SessionState>?
    var scanner = LineScanner()
    /// A copy of the current line: the application answers long after the input is gone.
    var line: [UInt8] = []
    var command = ParsedCommand()
    var data = DataScanner()
    var chunks = ChunkScanner()
    var raisedDataFaults = DataFaults.Kinds()
    var errorCount = 0
    var junkCount = 0
    var hasSpokenEarly = false
    var isTainted = false
    var isShuttingDown = false
    var isSecretLine = false
    var secretLinesExpected = 0
    var hasExceededBudget = false
    var clock = SessionClock()

    /// What the session waits for.
    enum Activity: Sendable {
        case none
        case evaluating(Subject)
        case application(Request)
        case delaying(until: Timestamp, Reply, closes: Bool)
    }

    /// What is being judged.
    enum Subject: Sendable {
        case connection
        case line(fault: ProtocolFault?)
        case reply(Reply, Request)
        case content
        case message
        case incident(ProtocolFault)
    }

    /// What the application has to answer.
    enum Request: Sendable, Hashable {
        case greet
        case command(Verb)
        case authenticationResponse
        case wholeMessage
        case endOfMessage

        /// The verb that a reply answers.
        var verb: Verb {
            switch self {
            case .greet: .unknown
            case .command(let verb): verb
            case .authenticationResponse: .auth
            case .wholeMessage, .endOfMessage: .data
            }
        }
    }

    /// A session with a client that has just connected.
    public init(pipeline: CheckPipeline<Checks>, connection: ConnectionInfo) {
        self.pipeline = pipeline
        self.settings = pipeline.profile.session
        self.context = SessionContext(connection: connection)
        self.checkState = pipeline.checks.makeSessionState(for: connection)
        self.clock.sessionStarted = connection.time
        self.scanner.limit = settings.limits.commandLine
    }

    /// Whether a check wants whole messages, so that the application has to keep them until they are complete.
    public var needsWholeMessages: Bool { !pipeline.checks.stages.isDisjoint(with: .message) }

    /// Whether a transaction is in progress.
    public var isInTransaction: Bool { context.isInTransaction }

    /// Whether the session has ended.
    public var isClosed: Bool { phase == .closed }

    /// The line of the command or response that the driver is asked to handle, without its line end.
    public var currentLine: Span<UInt8> {
        @_lifetime(borrow self)
        get { line.span }
    }

    /// The command that the driver is asked to handle.
    public var currentCommand: CommandView {
        @_lifetime(borrow self)
        get { CommandView(line: line.span, parsed: command) }
    }

    /// A copy of ``currentLine``.
    public var currentLineOctets: [UInt8] { line }

    /// A copy of ``currentCommand``.
    public var ownedCommand: OwnedCommand { OwnedCommand(currentCommand) }

    /// Whether message data is being received.
    public var isReceivingMessage: Bool {
        switch phase {
        case .receiving, .betweenChunks: true
        default: false
        }
    }

    /// Appends the command that the driver is asked to handle, in canonical form.
    public func serializeCurrentCommand(into output: inout [UInt8]) {
        CommandSerializer.serialize(currentCommand, into: &output)
    }

    /// Goes on with the session.
    ///
    /// - Parameters:
    ///   - input: what the client sent and no step has consumed yet; may be empty.
    ///   - now: the time.
    /// - Returns: how much of the input is done with, and what to do now. Call again with the rest after doing it.
    public mutating func step(_ input: Span<UInt8>, at now: Timestamp) -> ServerStep<Checks.SessionState> {
        context.now = max(context.now, now)
        if !input.isEmpty { clock.inputArrived(at: context.now) }
        noteEarlyInput(input)
        var consumed = 0
        while true {
            if let action = pendingAction {
                pendingAction = nil
                swap(&pendingAction, &followingAction)
                return ServerStep(consumed: consumed, action: action)
            }
            if phase == .closed {
                return ServerStep(consumed: input.count, action: .close)
            }
            if case .delaying(let until, let reply, let closes) = activity, until <= context.now {
                activity = .none
                flush(reply, closes: closes)
                continue
            }
            guard case .none = activity else {
                return ServerStep(consumed: consumed, action: .wait)
            }
            let rest = input.extracting(droppingFirst: consumed)
            switch phase {
            case .connecting:
                statistics.sessions += 1
                judgeConnection()
            case .holdingGreeting(let until):
                guard until <= context.now else { return ServerStep(consumed: consumed, action: .wait) }
                activity = .application(.greet)
                pendingAction = .greet
            case .awaitingGreeting, .ready, .transaction, .betweenChunks, .authenticating:
                if endIfShuttingDown() { continue }
                guard !rest.isEmpty else { return needInput(consumed) }
                consumed += receiveLine(rest)
            case .receiving(let reception):
                if reception.isComplete {
                    finishReception(reception)
                } else {
                    guard !rest.isEmpty || reception.isEmptyChunk else { return needInput(consumed) }
                    consumed += receiveContent(rest, reception)
                }
            case .startingTLS:
                return ServerStep(consumed: consumed, action: .wait)
            case .closed:
                break
            }
        }
    }

    /// Goes on after an evaluation that took time.
    public mutating func resume(_ outcome: PendingEvaluation<Checks.SessionState>.Outcome, at now: Timestamp) {
        context.now = max(context.now, now)
        guard case .evaluating(let subject) = activity else { return }
        activity = .none
        checkState = outcome.state
        context.facts.merge(outcome.facts)
        resolve(subject, outcome.found)
    }

    /// The application's answer to ``ServerAction/greet``, ``ServerAction/command(_:)``,
    /// ``ServerAction/authenticationResponse`` or ``ServerAction/endOfMessage``.
    ///
    /// - Returns: whether an answer was outstanding. One that nobody asked for is dropped.
    @discardableResult
    public mutating func reply(_ reply: Reply, at now: Timestamp) -> Bool {
        context.now = max(context.now, now)
        guard case .application(let request) = activity, request != .wholeMessage else { return false }
        activity = .none
        var findings = Findings<Checks.SessionState>()
        if !pipeline.checks.stages.isDisjoint(with: .reply) {
            pipeline.checks.evaluate(
                .reply(reply, to: request.verb), stage: .reply, in: context, state: &checkState, findings: &findings)
        }
        conclude(.reply(reply, request), findings)
        return true
    }

    /// The whole message, after ``ServerAction/provideMessage``.
    ///
    /// - Returns: whether it was asked for.
    @discardableResult
    public mutating func provide(_ message: MessageContent, at now: Timestamp) -> Bool {
        context.now = max(context.now, now)
        guard case .application(.wholeMessage) = activity else { return false }
        activity = .none
        var findings = Findings<Checks.SessionState>()
        pipeline.checks.evaluate(
            .message(message), stage: .message, in: context, state: &checkState, findings: &findings)
        conclude(.message, findings)
        return true
    }

    /// The application cannot take the message in progress any more: the rest of it is read and dropped, and the client
    /// gets this reply at its end. An answer that is outstanding is answered with it.
    public mutating func failMessage(_ failure: Reply, at now: Timestamp) {
        context.now = max(context.now, now)
        switch (activity, phase) {
        case (.application(.endOfMessage), _), (.application(.command), _): reply(failure, at: now)
        case (_, .receiving(var reception)):
            reception.refuse(failure)
            if case .application(.wholeMessage) = activity { activity = .none }
            phase = .receiving(reception)
        case (_, .betweenChunks(var reception)):
            reception.refuse(failure)
            phase = .betweenChunks(reception)
        default: break
        }
    }

    /// The TLS handshake has succeeded: everything the client said before is forgotten (RFC 3207 §4.2).
    public mutating func tlsEstablished() {
        guard phase == .startingTLS else { return }
        resetTransaction()
        context.isEncrypted = true
        context.greeting = nil
        context.greetingName = []
        context.offeredExtensions = []
        scanner = LineScanner()
        scanner.limit = settings.limits.commandLine
        phase = .awaitingGreeting
    }

    /// No new transaction begins from here on: at the next point between transactions the client gets 421 and the session
    /// ends.
    public mutating func shutDown() {
        isShuttingDown = true
    }

    /// The connection is gone. The application drops what it has of a message that was not complete.
    public mutating func disconnected(at now: Timestamp) {
        guard !clock.isDisconnected else { return }
        clock.isDisconnected = true
        context.now = max(context.now, now)
        phase = .closed
        var findings = Findings<Checks.SessionState>()
        pipeline.checks.evaluate(
            .disconnection, stage: .disconnection, in: context, state: &checkState, findings: &findings)
        _ = decide(findings.found, fallback: nil)
    }

    private mutating func needInput(_ consumed: Int) -> ServerStep<Checks.SessionState> {
        clock.waitForInput(from: context.now)
        return ServerStep(consumed: consumed, action: .needsInput)
    }

    private mutating func endIfShuttingDown() -> Bool {
        guard isShuttingDown, !context.isInTransaction, phase != .authenticating else { return false }
        send(Reply(421, .init(4, 3, 2), "\(settings.hostname) Service shutting down, try again later"), closes: true)
        return true
    }
}
