import Synchronization

/// Asks checks one after the other, in one task, until the last one has answered, or one has not in its time, or one wants to be asked elsewhere.
///
/// Whoever waits is told by the task, or by the clock, whichever is first: a task group would wait for a check even after its deadline, and one that
/// does not heed cancellation (a library call that hangs) would hold the session for ever. Such a check is left behind with its task.
///
/// A class because its identity is the point: task and clock meet here.
final class Interview<State: Sendable>: Sendable {
    typealias Outcome = PendingEvaluation<State>.Outcome

    /// What came of it.
    struct Answer: Sendable {
        /// What is known now.
        let outcome: Outcome
        /// How many checks that were; fewer than there are if the last one's deadline has passed, or the next one has another executor.
        let count: Int
        /// How the last one ended.
        let end: EvaluationEnd
    }

    private struct Progress {
        /// Those that are asked; none once it is over, for what they hold (a message) must not wait for a thread that is never free.
        var items: ArraySlice<Findings<State>.Deferred>
        var outcome: Outcome
        /// How many have ended.
        var count = 0
        /// How the last one ended, once it is over.
        var end: EvaluationEnd?
        /// Whether the task is left behind with a check that has not answered.
        var isLeft = false
        var task: Task<Void, Never>?
        var ticket: DeadlineKeeper.Ticket?
        var completion: (@Sendable (Answer) -> Void)?

        /// The one that is asked now; `nil` if there are no more, or nobody waits any more.
        var item: Findings<State>.Deferred? { count < items.count ? items[items.startIndex + count] : nil }

        /// Gives all of it away, and keeps nothing but how it ended.
        mutating func finish(_ end: EvaluationEnd) -> Progress {
            self.end = end
            defer {
                items = []
                task = nil
                ticket = nil
                completion = nil
            }
            return self
        }

        func tell() {
            if let end { completion?(Answer(outcome: outcome, count: count, end: end)) }
        }
    }

    private let executor: (any TaskExecutor)?
    private let now: Timestamp
    private let progress: Mutex<Progress>

    /// - Precondition: there is at least one to be asked.
    init(_ items: ArraySlice<Findings<State>.Deferred>, _ outcome: Outcome, _ now: Timestamp) {
        let executor = items.first?.executor
        self.executor = executor
        self.now = now
        progress = Mutex(Progress(items: items.prefix { $0.executor === executor }, outcome: outcome))
    }

    /// Asks, and waits for what comes of it. Once the task is cancelled, nobody waits for the check that is being asked.
    static func ask(
        _ items: ArraySlice<Findings<State>.Deferred>, _ outcome: Outcome, _ now: Timestamp,
        _ clock: some Clock<Duration>
    ) async -> Answer {
        let interview = Interview(items, outcome, now)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                interview.begin(clock) { continuation.resume(returning: $0) }
            }
        } onCancel: {
            interview.end(nil)
        }
    }

    /// - Parameter completion: gets what came of it, once.
    func begin(_ clock: some Clock<Duration>, _ completion: @escaping @Sendable (Answer) -> Void) {
        let (first, over) = progress.withLock { progress -> (Findings<State>.Deferred?, Progress?) in
            progress.completion = completion
            return (progress.item, progress.end.map { progress.finish($0) })
        }
        // Nobody waits from the beginning.
        over?.tell()
        guard let first else { return }
        let start = clock.now
        // The first deadline counts from here: the task may have to wait for a thread.
        let ticket = watch(0, first, clock)
        let task = Task(executorPreference: executor) { [self] in
            await ask(clock, ticket, waited: executor == nil ? .zero : start.duration(to: clock.now))
        }
        let isLeft = progress.withLock { progress in
            if progress.end == nil { progress.task = task }
            return progress.isLeft
        }
        if isLeft { task.cancel() }
    }

    private func ask(_ clock: some Clock<Duration>, _ first: DeadlineKeeper.Ticket, waited: Duration) async {
        var next: DeadlineKeeper.Ticket? = first
        while let (number, item) = item() {
            let ticket = next ?? watch(number, item, clock)
            next = nil
            guard var context = context(ticket, number == 0 ? waited : .zero) else {
                return DeadlineKeeper.cancel(ticket)
            }
            let verdict: Verdict
            var changed: DeferredEvaluation<State>?
            do throws(CheckFailure) {
                verdict = try await item.evaluate(&context)
                changed = context
            } catch {
                verdict = .unavailable(error)
            }
            guard take(verdict, changed, of: item) else { return }
            DeadlineKeeper.cancel(ticket)
        }
        if let next { DeadlineKeeper.cancel(next) }
    }

    /// The one that is to be asked, and its number.
    private func item() -> (number: Int, item: Findings<State>.Deferred)? {
        progress.withLock { progress in progress.item.map { (progress.count, $0) } }
    }

    private func watch(
        _ number: Int, _ item: Findings<State>.Deferred, _ clock: some Clock<Duration>
    ) -> DeadlineKeeper.Ticket {
        DeadlineKeeper.schedule(after: item.deadline, clock: clock) { self.end(number) }
    }

    /// What the next check may read and change; `nil` if nobody waits any more.
    private func context(_ ticket: DeadlineKeeper.Ticket, _ waited: Duration) -> DeferredEvaluation<State>? {
        progress.withLock { progress in
            guard progress.end == nil else { return nil }
            progress.ticket = ticket
            return DeferredEvaluation(
                state: progress.outcome.state, facts: progress.outcome.facts, now: now, waited: waited)
        }
    }

    /// A check has answered.
    ///
    /// - Returns: whether anybody waits for it.
    private func take(
        _ verdict: Verdict, _ changed: DeferredEvaluation<State>?, of item: Findings<State>.Deferred
    ) -> Bool {
        let (isWanted, over) = progress.withLock { progress -> (Bool, Progress?) in
            guard progress.end == nil else { return (false, nil) }
            if let changed {
                progress.outcome.state = changed.state
                progress.outcome.facts = changed.facts
            }
            progress.outcome.add(verdict, of: item.check, item.failureMode)
            progress.count += 1
            return (true, progress.item == nil ? progress.finish(.answered(verdict)) : nil)
        }
        over?.tell()
        return isWanted
    }

    /// A check has had its time, unless it has answered.
    ///
    /// - Parameter number: which one; `nil` for the one that is being asked, for which nobody waits any more.
    private func end(_ number: Int?) {
        let over = progress.withLock { progress -> Progress? in
            guard number ?? progress.count == progress.count, let item = progress.item else { return nil }
            let failure = CheckFailure("no answer within \(item.deadline)")
            progress.outcome.add(.unavailable(failure), of: item.check, item.failureMode)
            progress.count += 1
            progress.isLeft = true
            return progress.finish(.deadlinePassed(item.deadline))
        }
        guard let over else { return }
        over.tell()
        over.task?.cancel()
        if let ticket = over.ticket { DeadlineKeeper.cancel(ticket) }
    }
}

extension PendingEvaluation.Outcome {
    /// Adds what a check says.
    fileprivate mutating func add(_ verdict: Verdict, of check: String, _ failureMode: FailureMode) {
        switch verdict {
        case .pass: break
        case .violations(let violations): found += violations.map { .violation($0) }
        case .unavailable(let failure): found.append(.unavailable(check: check, failure, failureMode))
        case .incomplete(let violations, let failure):
            found += violations.map { .violation($0) }
            found.append(.unavailable(check: check, failure, failureMode))
        }
    }
}
