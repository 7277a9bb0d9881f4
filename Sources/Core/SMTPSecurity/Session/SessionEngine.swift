/// The state machine of the server side of an SMTP session (RFC 5321), without its checks and without any input or output.
///
/// What the checks are to be asked it puts into ``inquiry``; ``CheckDesk`` asks them and comes back with ``resolve(_:_:)``. So nothing
/// here depends on the types of the checks, and all of it is compiled once.
@usableFromInline
struct SessionEngine: ~Copyable, Sendable {
    /// What checks may know of the session.
    @usableFromInline var context: SessionContext
    /// Octets for the client.
    var output = Outbox()
    /// Violations since the driver last emptied it.
    @usableFromInline var records: [ViolationRecord] = []
    /// What the session counted since the driver last took it.
    @usableFromInline var statistics = ProfileStatistics()
    /// Message content for the application. Emptied by the next step.
    @usableFromInline var content: [UInt8] = []
    /// A copy of the current line: the application answers long after the input is gone.
    @usableFromInline var line = KeptLine()
    /// The current command.
    @usableFromInline var command = ParsedCommand()
    /// What the checks are to be asked.
    @usableFromInline private(set) var inquiry: Inquiry?
    /// The stage of a command that the checks are to be asked about, and nothing else; empty if there is none. Nearly all inquiries are
    /// of this kind.
    @usableFromInline var commandStage: StageSet = []

    let configuration: SessionConfiguration
    var phase = SessionPhase.connecting
    /// Until when the banner is held back.
    var greetingDue = Timestamp(nanoseconds: 0)
    /// Why the message that is being received is refused.
    var refusal: Refusal?
    var activity = Activity.none
    /// What was going on when an incident interrupted it.
    var interrupted: Activity?
    var pendingAction: ServerAction?
    var followingAction: ServerAction?
    var scanner = LineScanner()
    var contentScanner = ContentScanner.lines(DataScanner())
    var raisedDataFaults = DataFaults.Kinds()
    /// What edits the header of the message in progress; `nil` where nobody wants that.
    var headerFilter: AuthenticationResultsFilter?
    /// Whether the checks have not been asked yet what they write at the top of the message that begins.
    var needsTrace = false
    var errorCount = 0
    var junkCount = 0
    var hasSpokenEarly = false
    var isTainted = false
    var isShuttingDown = false
    var isSecretLine = false
    var secretLinesExpected = 0
    var hasExceededBudget = false
    var clock = SessionClock()
    /// The last lines, one transcript at most. An array is one word, and none where no lines are kept: whatever a session consists of is copied
    /// now and then.
    var transcripts: [SessionTranscript] = []
    /// What happens, for a recording; `nil` where nothing is recorded.
    var tape: SessionTape?
    /// Who is authenticating.
    var authentication = AuthenticationIdentity()

    /// A reply that is kept for later, in one word.
    indirect enum Refusal: Sendable {
        case reply(Reply)
    }

    /// What the session waits for.
    enum Activity: Sendable {
        case none
        indirect case evaluating(Inquiry)
        case application(Request)
        indirect case delaying(until: Timestamp, Reply, closes: Bool)
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

    /// An engine for a client that has just connected.
    @usableFromInline
    init(_ configuration: SessionConfiguration, connection: ConnectionInfo) {
        self.configuration = configuration
        self.context = SessionContext(connection: connection)
        self.clock.sessionStarted = connection.time
        self.scanner.limit = configuration.settings.limits.commandLine
        let lines = configuration.settings.transcriptLines
        if lines > 0 { self.transcripts = [SessionTranscript(lines: lines)] }
    }

    var settings: SessionSettings { configuration.settings }

    /// Whether a check wants whole messages, so that the application has to keep them until they are complete.
    var needsWholeMessages: Bool { !configuration.stages.isDisjoint(with: .message) }

    /// Whether message data is being received.
    var isReceivingMessage: Bool {
        switch phase {
        case .receiving, .betweenChunks: true
        default: false
        }
    }

    /// Appends the current command in canonical form.
    mutating func serializeCurrentCommand(into output: inout [UInt8]) {
        CommandSerializer.serialize(CommandView(line: line.span, parsed: command), into: &output)
    }

    /// The time goes on.
    mutating func moveClock(to now: Timestamp) { context.now = max(context.now, now) }

    // MARK: Inquiries

    /// Asks about the current command, which has no fault, unless no check wants to hear of it.
    mutating func askAboutCommand() {
        let stage = StageSet.stage(of: command.verb)
        if configuration.stages.isDisjoint(with: stage) {
            executeLine()
        } else {
            commandStage = stage
        }
    }

    /// Puts an inquiry, unless no check wants to hear of it: then it is resolved at once.
    mutating func ask(
        _ event: Inquiry.Event, _ stage: StageSet = [], faults: [ProtocolFault] = [], about subject: Inquiry.Subject
    ) {
        let stages = configuration.stages
        let asksFaults = !faults.isEmpty && !stages.isDisjoint(with: .fault)
        let asksEvent = !stages.isDisjoint(with: stage)
        if asksFaults || asksEvent {
            inquiry = Inquiry(asksEvent ? event : .none, stage, faults: asksFaults ? faults : [], about: subject)
        } else {
            resolve(subject, [])
        }
    }

    /// Asks what the checks withdraw of the extensions.
    mutating func askForWithdrawals(_ reply: Reply, _ decision: Decision) {
        inquiry = Inquiry(.withdrawal, about: .offer(reply, decision))
    }

    /// Takes the inquiry.
    @usableFromInline
    mutating func takeInquiry() -> Inquiry? {
        var taken: Inquiry?
        swap(&taken, &inquiry)
        return taken
    }

    /// Acts on what was found.
    @usableFromInline
    mutating func resolve(_ inquiry: Inquiry, _ found: [Finding] = []) { resolve(inquiry.subject, found) }

    /// Whether the session can wait for evaluations that take time: not when it is over.
    func mayWait(for inquiry: Inquiry) -> Bool {
        switch inquiry.subject {
        case .disconnection, .budget: false
        default: true
        }
    }

    /// Evaluations take time.
    mutating func waitForEvaluation(of inquiry: Inquiry) { activity = .evaluating(inquiry) }

    /// Evaluations have come to an end.
    ///
    /// - Returns: whether the session was waiting for them.
    mutating func finishEvaluation(facts: SessionFacts, found: [Finding]) -> Bool {
        guard case .evaluating(let inquiry) = activity else { return false }
        activity = .none
        context.facts.merge(facts)
        resolve(inquiry, found)
        return true
    }

    // MARK: Steps

    /// Whether the session waits for the next command and for nothing else. From here on it does.
    @usableFromInline
    mutating func rests(at now: Timestamp) -> Bool {
        guard phase == .ready || phase == .transaction, case .none = activity, commandStage.isEmpty, inquiry == nil,
            pendingAction == nil, !isShuttingDown
        else { return false }
        context.now = max(context.now, now)
        clock.waitForInput(from: context.now)
        return true
    }

    /// Goes on with the session. ``ServerAction/evaluate`` says that there is an inquiry.
    @usableFromInline
    mutating func advance(_ input: Span<UInt8>, at now: Timestamp) -> ServerStep {
        context.now = max(context.now, now)
        if !input.isEmpty {
            clock.inputArrived(at: context.now)
            if tape != nil { tape?.arrived(input.count, at: context.now) }
            if phase == .holdingGreeting { noteEarlyInput(input) }
        }
        var consumed = 0
        while true {
            if !commandStage.isEmpty || inquiry != nil { return ServerStep(consumed: consumed, action: .evaluate) }
            if let action = takeAction() { return ServerStep(consumed: consumed, action: action) }
            switch activity {
            case .none: break
            case .delaying(let until, let reply, let closes) where until <= context.now && phase != .closed:
                activity = .none
                flush(reply, closes: closes)
                continue
            default:
                if phase == .closed { break }
                return ServerStep(consumed: consumed, action: .wait)
            }
            let rest = input.extracting(droppingFirst: consumed)
            switch phase {
            case .connecting:
                statistics.sessions += 1
                judgeConnection()
            case .holdingGreeting:
                guard greetingDue <= context.now else { return ServerStep(consumed: consumed, action: .wait) }
                activity = .application(.greet)
                pendingAction = .greet
            case .awaitingGreeting, .ready, .transaction, .betweenChunks, .authenticating:
                if endIfShuttingDown() { continue }
                guard !rest.isEmpty else { return needInput(consumed) }
                consumed += receiveLine(rest)
            case .receiving(let reception):
                if needsTrace {
                    needsTrace = false
                    inquiry = Inquiry(.trace, about: .trace)
                    continue
                }
                if reception.isComplete {
                    finishReception(reception)
                } else {
                    guard !rest.isEmpty || reception.isEmptyChunk else { return needInput(consumed) }
                    consumed += receiveContent(rest, reception)
                }
            case .startingTLS:
                return ServerStep(consumed: consumed, action: .wait)
            case .closed:
                return ServerStep(consumed: input.count, action: .close)
            }
        }
    }

    /// Takes what the application is to do next.
    @usableFromInline
    mutating func takeAction() -> ServerAction? {
        guard let action = pendingAction else { return nil }
        pendingAction = followingAction
        followingAction = nil
        return action
    }

    /// The application's answer. It is settled once the checks have seen it.
    ///
    /// - Returns: whether an answer was outstanding. One that nobody asked for is dropped.
    @usableFromInline
    @discardableResult
    mutating func reply(_ reply: Reply, at now: Timestamp) -> Bool {
        context.now = max(context.now, now)
        guard case .application(let request) = activity else { return false }
        if case .wholeMessage = request { return false }
        activity = .none
        if configuration.stages.isDisjoint(with: .reply) {
            settle(reply, request, Decision())
        } else {
            ask(.reply(reply, to: request.verb), .reply, about: .reply(reply, request))
        }
        return true
    }

    /// The whole message.
    ///
    /// - Returns: whether it was asked for.
    @discardableResult
    mutating func provide(_ message: MessageContent, at now: Timestamp) -> Bool {
        context.now = max(context.now, now)
        guard case .application(.wholeMessage) = activity else { return false }
        activity = .none
        ask(.message(message), .message, about: .message)
        return true
    }

    /// The application cannot take the message in progress any more: the rest of it is read and dropped, and the client
    /// gets this reply at its end. An answer that is outstanding is answered with it.
    mutating func failMessage(_ failure: Reply, at now: Timestamp) {
        context.now = max(context.now, now)
        switch (activity, phase) {
        case (.application(.endOfMessage), _), (.application(.command), _): reply(failure, at: now)
        case (_, .receiving(var reception)):
            refuse(&reception, failure)
            if case .application(.wholeMessage) = activity { activity = .none }
            phase = .receiving(reception)
        case (_, .betweenChunks(var reception)):
            refuse(&reception, failure)
            phase = .betweenChunks(reception)
        default: break
        }
    }

    /// The TLS handshake has succeeded: everything the client said before is forgotten (RFC 3207 §4.2).
    mutating func tlsEstablished() {
        guard phase == .startingTLS else { return }
        resetTransaction()
        context.isEncrypted = true
        context.greeting = nil
        context.greetingName = []
        context.offeredExtensions = []
        context.authenticatedUser = []
        authentication = AuthenticationIdentity()
        scanner = LineScanner()
        scanner.limit = settings.limits.commandLine
        phase = .awaitingGreeting
        if tape != nil { tapeNote(.tlsEstablished) }
    }

    /// The connection is gone. The application drops what it has of a message that was not complete.
    mutating func disconnected(at now: Timestamp) {
        guard !clock.isDisconnected else { return }
        clock.isDisconnected = true
        context.now = max(context.now, now)
        if tape != nil { tape?.end(phase == .closed ? .closed : .disconnected, at: context.now) }
        phase = .closed
        ask(.disconnection, .disconnection, about: .disconnection)
    }

    private mutating func needInput(_ consumed: Int) -> ServerStep {
        clock.waitForInput(from: context.now)
        return ServerStep(consumed: consumed, action: .needsInput)
    }

    private mutating func endIfShuttingDown() -> Bool {
        guard isShuttingDown, !context.isInTransaction, phase != .authenticating else { return false }
        send(Reply(421, .init(4, 3, 2), "\(settings.hostname) Service shutting down, try again later"), closes: true)
        return true
    }
}
