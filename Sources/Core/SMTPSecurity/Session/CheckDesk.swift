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
        while engine.isAsking { answer(&engine) }
    }

    @inlinable
    mutating func answer(_ engine: inout SessionEngine) {
        guard let inquiry = engine.takeInquiry() else { return }
        let storage = pipeline.storage
        var findings = Findings<Checks.SessionState>()
        for fault in inquiry.faults {
            storage.checks.evaluate(
                .fault(fault), stage: .fault, in: engine.context, state: &state, findings: &findings)
        }
        switch inquiry.event {
        case .none: break
        case .withdrawal:
            return engine.completeOffer(inquiry, withdrawing: storage.checks.withdrawnExtensions(in: engine.context))
        case .connection:
            storage.checks.evaluate(
                .connection, stage: .connection, in: engine.context, state: &state, findings: &findings)
        case .command:
            // The line moves out of the engine and back: a view of it would borrow all of the engine.
            var line: [UInt8] = []
            swap(&line, &engine.line)
            let command = engine.command
            storage.checks.evaluate(
                .command(CommandView(line: line.span, parsed: command)), stage: inquiry.stage, in: engine.context,
                state: &state, findings: &findings)
            swap(&line, &engine.line)
        case .reply(let reply, let verb):
            storage.checks.evaluate(
                .reply(reply, to: verb), stage: .reply, in: engine.context, state: &state, findings: &findings)
        case .content:
            var content: [UInt8] = []
            swap(&content, &engine.content)
            storage.checks.evaluate(
                .content(content.span), stage: .content, in: engine.context, state: &state, findings: &findings)
            swap(&content, &engine.content)
        case .message(let message):
            storage.checks.evaluate(
                .message(message), stage: .message, in: engine.context, state: &state, findings: &findings)
        case .disconnection:
            storage.checks.evaluate(
                .disconnection, stage: .disconnection, in: engine.context, state: &state, findings: &findings)
        }
        if findings.isEmpty {
            engine.resolve(inquiry)
        } else {
            conclude(inquiry, findings, &engine)
        }
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
