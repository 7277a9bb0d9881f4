/// Asks the checks of one session, and remembers their state.
///
/// This is all of a session that depends on the types of its checks. It is small and inlinable, so that it becomes one concrete
/// piece of code in the module that composes the checks, while the engine beside it is compiled once.
@usableFromInline
struct CheckDesk<Checks: CheckSequence>: ~Copyable, Sendable {
    @usableFromInline let pipeline: CheckPipeline<Checks>
    @usableFromInline var state: Checks.SessionState
    /// Evaluations that have to ask somebody, until the driver takes them.
    @usableFromInline var pending: PendingEvaluation<Checks.SessionState>?

    @inlinable
    init(pipeline: CheckPipeline<Checks>, connection: ConnectionInfo) {
        self.pipeline = pipeline
        self.state = pipeline.storage.checks.makeSessionState(for: connection)
        self.pending = nil
    }

    /// Answers the engine's inquiries until it has none, or until an answer takes time.
    @inlinable
    mutating func serve(_ engine: inout SessionEngine) {
        while true {
            if !engine.commandStage.isEmpty {
                answerCommand(&engine)
            } else if engine.inquiry != nil {
                answer(&engine)
            } else {
                return
            }
        }
    }

    /// The engine has a command and nothing against it.
    @inlinable
    mutating func answerCommand(_ engine: inout SessionEngine) {
        let stage = engine.commandStage
        engine.commandStage = []
        if let findings = evaluateCommand(stage, &engine) {
            conclude(.command(stage), findings, &engine)
        } else {
            engine.executeLine()
        }
    }

    @inlinable
    @inline(__always)
    mutating func evaluateCommand(
        _ stage: StageSet, _ engine: inout SessionEngine
    ) -> Findings<Checks.SessionState>? {
        // Held by itself: all checks would be copied otherwise.
        let storage = pipeline.storage
        return storage.checks.evaluate(
            .command(CommandView(line: engine.line.span, parsed: engine.command)), stage: stage, in: engine.context,
            state: &state)
    }

    @inlinable
    mutating func answer(_ engine: inout SessionEngine) {
        guard let inquiry = engine.takeInquiry() else { return }
        var findings: Findings<Checks.SessionState>?
        for fault in inquiry.faults {
            add(evaluate(.fault(fault), .fault, engine.context), to: &findings)
        }
        switch inquiry.event {
        case .none: break
        case .withdrawal:
            return engine.completeOffer(
                inquiry, withdrawing: pipeline.storage.checks.withdrawnExtensions(in: engine.context))
        case .trace:
            return engine.beginTrace(pipeline.storage.checks.trace(in: engine.context))
        case .connection:
            add(evaluate(.connection, .connection, engine.context), to: &findings)
        case .command:
            add(evaluateCommand(inquiry.stage, &engine), to: &findings)
        case .reply(let reply, let verb):
            add(evaluate(.reply(reply, to: verb), .reply, engine.context), to: &findings)
        case .content:
            var content: [UInt8] = []
            swap(&content, &engine.content)
            add(evaluate(.content(content.span), .content, engine.context), to: &findings)
            swap(&content, &engine.content)
        case .message(let message):
            add(evaluate(.message(message), .message, engine.context), to: &findings)
        case .disconnection:
            add(evaluate(.disconnection, .disconnection, engine.context), to: &findings)
        }
        if let findings {
            conclude(inquiry, findings, &engine)
        } else {
            engine.resolve(inquiry)
        }
    }

    @inlinable
    mutating func evaluate(
        _ event: SessionEvent, _ stage: StageSet, _ session: SessionContext
    ) -> Findings<Checks.SessionState>? {
        let storage = pipeline.storage
        return storage.checks.evaluate(event, stage: stage, in: session, state: &state)
    }

    @inlinable
    func add(_ more: Findings<Checks.SessionState>?, to findings: inout Findings<Checks.SessionState>?) {
        guard let more else { return }
        findings = findings?.adding(more) ?? more
    }

    /// Something was found, or somebody has to be asked.
    @usableFromInline
    mutating func conclude(
        _ inquiry: Inquiry, _ findings: Findings<Checks.SessionState>, _ engine: inout SessionEngine
    ) {
        guard !findings.deferred.isEmpty, engine.mayWait(for: inquiry) else {
            return engine.resolve(inquiry, findings.found)
        }
        engine.waitForEvaluation(of: inquiry)
        pending = PendingEvaluation(
            deferred: findings.deferred, found: findings.found, state: state, facts: engine.context.facts,
            now: engine.context.now)
    }

    /// The driver takes an evaluation.
    @inlinable
    mutating func takePending() -> PendingEvaluation<Checks.SessionState>? {
        var taken: PendingEvaluation<Checks.SessionState>?
        swap(&taken, &pending)
        return taken
    }

    /// Goes on after an evaluation that took time.
    @usableFromInline
    mutating func resume(_ outcome: PendingEvaluation<Checks.SessionState>.Outcome, _ engine: inout SessionEngine) {
        guard engine.finishEvaluation(facts: outcome.facts, found: outcome.found) else { return }
        state = outcome.state
    }
}
