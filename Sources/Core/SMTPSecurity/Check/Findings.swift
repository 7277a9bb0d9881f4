/// What one check found: a violation, or that it could not be done.
public enum Finding: Sendable, Hashable {
    /// A violation.
    case violation(Violation)
    /// The check could not be done.
    case unavailable(check: String, CheckFailure, FailureMode)
}

/// What a sequence of checks found in one event, with the evaluations that have to ask somebody first. There is at least one of them.
public struct Findings<State: Sendable>: Sendable {
    /// An evaluation that has to ask somebody.
    @usableFromInline
    struct Deferred: Sendable {
        let check: String
        let deadline: Duration
        let failureMode: FailureMode
        let executor: (any TaskExecutor)?
        let evaluate: @Sendable (inout DeferredEvaluation<State>) async throws(CheckFailure) -> Verdict
    }

    /// What there is, in one word: nearly always it is an optional value that is `nil`.
    @usableFromInline
    indirect enum Contents: Sendable {
        case contents([Finding], [Deferred])
    }

    @usableFromInline let contents: Contents

    private init(_ found: [Finding], _ deferred: [Deferred]) { contents = .contents(found, deferred) }

    /// What was found so far.
    public var found: [Finding] {
        switch contents {
        case .contents(let found, _): found
        }
    }

    var deferred: [Deferred] {
        switch contents {
        case .contents(_, let deferred): deferred
        }
    }

    /// What one check says; `nil` if it lets the event pass.
    public init?<Check: SecurityCheck>(
        _ evaluation: Evaluation<State>, of check: Check
    ) where Check.SessionState == State {
        switch evaluation {
        case .pass:
            return nil
        case .violations(let violations):
            guard !violations.isEmpty else { return nil }
            self.init(violations.map { .violation($0) }, [])
        case .unavailable(let failure):
            self.init([.unavailable(check: Check.name, failure, check.failureMode)], [])
        case .incomplete(let violations, let failure):
            let found: [Finding] = violations.map { .violation($0) }
            self.init(found + [.unavailable(check: Check.name, failure, check.failureMode)], [])
        case .later(let work):
            let item = Deferred(
                check: Check.name, deadline: check.deadline, failureMode: check.failureMode,
                executor: check.executor, evaluate: work)
            self.init([], [item])
        }
    }

    /// What an inner sequence found, whose state is a part of this one's.
    ///
    /// - Parameters:
    ///   - inner: the inner sequence's findings.
    ///   - part: gives the inner state; `nil` if it is not there, which makes the evaluation unavailable.
    ///   - store: puts the inner state back.
    public init<Inner: Sendable>(
        _ inner: Findings<Inner>, part: @escaping @Sendable (State) -> Inner?,
        store: @escaping @Sendable (Inner, inout State) -> Void
    ) {
        self.init(
            inner.found,
            inner.deferred.map { item in
                Deferred(
                    check: item.check, deadline: item.deadline, failureMode: item.failureMode, executor: item.executor
                ) { (outer: inout DeferredEvaluation<State>) async throws(CheckFailure) -> Verdict in
                    guard let own = part(outer.state) else { throw CheckFailure("session state lost") }
                    var context = DeferredEvaluation(
                        state: own, facts: outer.facts, now: outer.now, waited: outer.waited)
                    let verdict = try await item.evaluate(&context)
                    store(context.state, &outer.state)
                    outer.facts = context.facts
                    return verdict
                }
            })
    }

    /// These and more.
    public func adding(_ more: Findings<State>) -> Findings<State> {
        Findings(found + more.found, deferred + more.deferred)
    }
}
