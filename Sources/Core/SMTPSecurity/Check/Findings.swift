/// What one check found: a violation, or that it could not be done.
public enum Finding: Sendable, Hashable {
    /// A violation.
    case violation(Violation)
    /// The check could not be done.
    case unavailable(check: String, CheckFailure, FailureMode)
}

/// What a sequence of checks found in one event, with the evaluations that have to ask somebody first.
public struct Findings<State: Sendable>: Sendable {
    /// An evaluation that has to ask somebody.
    @usableFromInline
    struct Deferred: Sendable {
        let check: String
        let deadline: Duration
        let failureMode: FailureMode
        let evaluate: @Sendable (inout DeferredEvaluation<State>) async throws(CheckFailure) -> Verdict
    }

    /// What there is, in one word that is zero while there is nothing: nearly always.
    @usableFromInline
    indirect enum Contents: Sendable {
        case contents([Finding], [Deferred])
    }

    @usableFromInline var contents: Contents?

    /// Nothing found.
    @inlinable
    public init() { contents = nil }

    /// Whether nothing was found and nobody has to be asked.
    @inlinable
    public var isEmpty: Bool { contents == nil }

    /// What was found so far.
    public var found: [Finding] {
        guard case .contents(let found, _) = contents else { return [] }
        return found
    }

    var deferred: [Deferred] {
        guard case .contents(_, let deferred) = contents else { return [] }
        return deferred
    }

    private mutating func append(_ more: [Finding], _ moreDeferred: [Deferred] = []) {
        guard !more.isEmpty || !moreDeferred.isEmpty else { return }
        contents = .contents(found + more, deferred + moreDeferred)
    }

    /// Takes in what a check says.
    public mutating func record<Check: SecurityCheck>(
        _ evaluation: Evaluation<State>, of check: Check
    ) where Check.SessionState == State {
        switch evaluation {
        case .pass: break
        case .violations(let violations):
            append(violations.map { .violation($0) })
        case .unavailable(let failure):
            append([.unavailable(check: Check.name, failure, check.failureMode)])
        case .later(let work):
            append(
                [],
                [Deferred(check: Check.name, deadline: check.deadline, failureMode: check.failureMode, evaluate: work)])
        }
    }

    /// Takes in what an inner sequence found, whose state is a part of this one's.
    ///
    /// - Parameters:
    ///   - inner: the inner sequence's findings.
    ///   - part: gives the inner state; `nil` if it is not there, which makes the evaluation unavailable.
    ///   - store: puts the inner state back.
    public mutating func absorb<Inner: Sendable>(
        _ inner: Findings<Inner>, part: @escaping @Sendable (State) -> Inner?,
        store: @escaping @Sendable (Inner, inout State) -> Void
    ) {
        append(
            inner.found,
            inner.deferred.map { item in
                Deferred(check: item.check, deadline: item.deadline, failureMode: item.failureMode) {
                    (outer: inout DeferredEvaluation<State>) async throws(CheckFailure) -> Verdict in
                    guard let own = part(outer.state) else { throw CheckFailure("session state lost") }
                    var context = DeferredEvaluation(state: own, facts: outer.facts, now: outer.now)
                    let verdict = try await item.evaluate(&context)
                    store(context.state, &outer.state)
                    outer.facts = context.facts
                    return verdict
                }
            })
    }
}
