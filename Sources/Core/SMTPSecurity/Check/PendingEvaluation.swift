/// The evaluations of one event that have to ask somebody, for an adapter to run.
///
/// The session waits meanwhile. Whatever the checks do, ``run(clock:observer:)`` returns, and ``start(clock:observer:_:)`` completes: each check has until
/// its own deadline, and one that ignores cancellation, or blocks its thread, is left behind.
public struct PendingEvaluation<State: Sendable>: Sendable {
    /// What came of it; goes back into the session.
    public struct Outcome: Sendable {
        var found: [Finding]
        var state: State
        var facts: SessionFacts

        /// Whether a check found something, or could not do its work.
        package var hasFindings: Bool { !found.isEmpty }
    }

    /// In a class, so that a session takes one word for it, whether there is one or not.
    private final class Work: Sendable {
        let deferred: [Findings<State>.Deferred]
        /// What is known before the first one is asked.
        let outcome: Outcome
        let now: Timestamp

        init(_ deferred: [Findings<State>.Deferred], _ outcome: Outcome, _ now: Timestamp) {
            self.deferred = deferred
            self.outcome = outcome
            self.now = now
        }
    }

    private let work: Work

    init(
        deferred: [Findings<State>.Deferred], found: [Finding], state: State, facts: SessionFacts, now: Timestamp
    ) {
        work = Work(deferred, Outcome(found: found, state: state, facts: facts), now)
    }

    /// Asks one check after the other, in the pipeline's order, so that a later one can use what an earlier one found out.
    ///
    /// - Parameters:
    ///   - clock: measures the deadlines.
    ///   - observer: is there when each of them begins and ends.
    public func run(
        clock: some Clock<Duration> = ContinuousClock(), observer: (any EvaluationObserver)? = nil
    ) async -> Outcome {
        var outcome = work.outcome
        var rest = work.deferred[...]
        while let item = rest.first {
            guard let observer else {
                // Ends before the last one only where a deadline has passed, or the next one has another executor.
                let answer = await Interview.ask(rest, outcome, work.now, clock)
                outcome = answer.outcome
                rest = rest.dropFirst(answer.count)
                continue
            }
            outcome = await observer.observe(check: item.check) { [outcome] in
                let answer = await Interview.ask([item], outcome, work.now, clock)
                return (answer.outcome, answer.end)
            }
            rest = rest.dropFirst()
        }
        return outcome
    }

    /// Asks as ``run(clock:observer:)`` does, for a caller that does not wait in a task: all of it takes one task, and one more after each deadline
    /// that has passed and for each change of ``SecurityCheck/executor``.
    ///
    /// - Parameters:
    ///   - clock: measures the deadlines.
    ///   - observer: is there when each of them begins and ends; that takes a task more for each.
    ///   - completion: gets what came of it, once, on any thread, which it must not block: it may be the one that watches all deadlines.
    public func start(
        clock: some Clock<Duration> = ContinuousClock(), observer: (any EvaluationObserver)? = nil,
        _ completion: @escaping @Sendable (Outcome) -> Void
    ) {
        if let observer {
            Task { completion(await run(clock: clock, observer: observer)) }
            return
        }
        Self.start(work.deferred[...], work.outcome, work.now, clock, completion)
    }

    private static func start(
        _ rest: ArraySlice<Findings<State>.Deferred>, _ outcome: Outcome, _ now: Timestamp,
        _ clock: some Clock<Duration>, _ completion: @escaping @Sendable (Outcome) -> Void
    ) {
        guard !rest.isEmpty else { return completion(outcome) }
        Interview(rest, outcome, now).begin(clock) { answer in
            start(rest.dropFirst(answer.count), answer.outcome, now, clock, completion)
        }
    }
}
