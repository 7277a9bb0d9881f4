import Synchronization

/// The evaluations of one event that have to ask somebody, for an adapter to run.
///
/// The session waits meanwhile. Whatever the checks do, ``run(clock:observer:)`` returns: each check has until its own deadline,
/// and one that ignores cancellation is left behind.
public struct PendingEvaluation<State: Sendable>: Sendable {
    /// What came of it; goes back into the session.
    public struct Outcome: Sendable {
        let found: [Finding]
        let state: State
        let facts: SessionFacts

        /// Whether a check found something, or could not do its work.
        package var hasFindings: Bool { !found.isEmpty }
    }

    /// In a class, so that a session takes one word for it, whether there is one or not.
    private final class Work: Sendable {
        let deferred: [Findings<State>.Deferred]
        let found: [Finding]
        let state: State
        let facts: SessionFacts
        let now: Timestamp

        init(
            _ deferred: [Findings<State>.Deferred], _ found: [Finding], _ state: State, _ facts: SessionFacts,
            _ now: Timestamp
        ) {
            self.deferred = deferred
            self.found = found
            self.state = state
            self.facts = facts
            self.now = now
        }
    }

    private let work: Work

    init(
        deferred: [Findings<State>.Deferred], found: [Finding], state: State, facts: SessionFacts, now: Timestamp
    ) {
        work = Work(deferred, found, state, facts, now)
    }

    /// Asks one check after the other, in the pipeline's order, so that a later one can use what an earlier one found out.
    ///
    /// - Parameters:
    ///   - clock: measures the deadlines.
    ///   - observer: is there when each of them begins and ends.
    public func run(
        clock: some Clock<Duration> = ContinuousClock(), observer: (any EvaluationObserver)? = nil
    ) async -> Outcome {
        var found = work.found
        var state = work.state
        var facts = work.facts
        for item in work.deferred {
            let context = DeferredEvaluation(state: state, facts: facts, now: work.now)
            let answer: Answer
            if let observer {
                answer = await observer.observe(check: item.check) {
                    let answer = await Self.ask(item, context, clock)
                    return (answer, answer.end)
                }
            } else {
                answer = await Self.ask(item, context, clock)
            }
            if let changed = answer.changed {
                state = changed.state
                facts = changed.facts
            }
            switch answer.verdict {
            case .pass: break
            case .violations(let violations): found += violations.map { .violation($0) }
            case .unavailable(let failure):
                found.append(.unavailable(check: item.check, failure, item.failureMode))
            case .incomplete(let violations, let failure):
                found += violations.map { .violation($0) }
                found.append(.unavailable(check: item.check, failure, item.failureMode))
            }
        }
        return Outcome(found: found, state: state, facts: facts)
    }

    /// What came of one evaluation.
    private struct Answer: Sendable {
        let verdict: Verdict
        /// State and facts afterwards; `nil` if they stay as they were.
        let changed: DeferredEvaluation<State>?
        let end: EvaluationEnd
    }

    private static func ask(
        _ item: Findings<State>.Deferred, _ context: DeferredEvaluation<State>, _ clock: some Clock<Duration>
    ) async -> Answer {
        let result = await Race.run(deadline: item.deadline, clock: clock) {
            var context = context
            do throws(CheckFailure) {
                let verdict = try await item.evaluate(&context)
                return (verdict, Optional(context))
            } catch {
                return (Verdict.unavailable(error), nil)
            }
        }
        guard let (verdict, changed) = result else {
            let verdict = Verdict.unavailable(CheckFailure("no answer within \(item.deadline)"))
            return Answer(verdict: verdict, changed: nil, end: .deadlinePassed(item.deadline))
        }
        return Answer(verdict: verdict, changed: changed, end: .answered(verdict))
    }
}

/// Work against a clock: whichever is first.
///
/// A task group would wait for the work even after the deadline; work that does not heed cancellation (a library call that
/// hangs) would hold the session for ever.
private final class Race<Value: Sendable>: Sendable {
    private struct State {
        var waiter: CheckedContinuation<Value?, Never>?
        var result: Value??
        var task: Task<Void, Never>?
        var ticket: DeadlineKeeper.Ticket?

        func end() {
            task?.cancel()
            if let ticket { DeadlineKeeper.cancel(ticket) }
        }
    }

    private let state = Mutex(State())

    static func run<C: Clock<Duration>>(
        deadline: Duration, clock: C, _ work: @escaping @Sendable () async -> Value
    ) async -> Value? {
        let race = Race()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                race.wait(continuation)
                race.add(Task { race.finish(await work()) })
                race.add(DeadlineKeeper.schedule(after: deadline, clock: clock) { race.finish(nil) })
            }
        } onCancel: {
            race.finish(nil)
        }
    }

    private func wait(_ continuation: CheckedContinuation<Value?, Never>) {
        let early: Value?? = state.withLock {
            if $0.result == nil { $0.waiter = continuation }
            return $0.result
        }
        if case .some(let value) = early { continuation.resume(returning: value) }
    }

    private func add(_ task: Task<Void, Never>) {
        let isOver = state.withLock {
            $0.task = task
            return $0.result != nil
        }
        if isOver { task.cancel() }
    }

    private func add(_ ticket: DeadlineKeeper.Ticket) {
        let isOver = state.withLock {
            $0.ticket = ticket
            return $0.result != nil
        }
        if isOver { DeadlineKeeper.cancel(ticket) }
    }

    private func finish(_ value: Value?) {
        let before: State? = state.withLock {
            guard $0.result == nil else { return nil }
            let before = $0
            $0 = State(result: .some(value))
            return before
        }
        guard let before else { return }
        before.waiter?.resume(returning: value)
        before.end()
    }
}
