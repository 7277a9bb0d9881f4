/// What a check says of an event.
public enum Evaluation<State: Sendable>: Sendable {
    /// Nothing is wrong.
    case pass
    /// Something is wrong.
    case violations([Violation])
    /// The check could not be done.
    case unavailable(CheckFailure)
    /// The check has to ask somebody first. The session waits, at most for the check's deadline.
    case later(@Sendable (inout DeferredEvaluation<State>) async throws(CheckFailure) -> Verdict)

    /// One violation.
    public static func violation(_ violation: Violation) -> Self { .violations([violation]) }

    /// One violation of this kind.
    public static func violation(_ definition: ViolationDefinition, evidence: Evidence = .none) -> Self {
        .violations([Violation(definition, evidence: evidence)])
    }
}

/// What a check says once it has its answer.
public enum Verdict: Sendable, Hashable {
    /// Nothing is wrong.
    case pass
    /// Something is wrong.
    case violations([Violation])
    /// The check could not be done.
    case unavailable(CheckFailure)

    /// One violation of this kind.
    public static func violation(_ definition: ViolationDefinition, evidence: Evidence = .none) -> Self {
        .violations([Violation(definition, evidence: evidence)])
    }
}

/// What an evaluation that takes time may read and change.
///
/// If its deadline passes first, its changes are dropped together with its answer.
public struct DeferredEvaluation<State: Sendable>: Sendable {
    /// The check's session state.
    public var state: State
    /// What checks have found out so far, those before this one in the pipeline included.
    public var facts: SessionFacts
    /// The time of the event.
    public let now: Timestamp

    init(state: State, facts: SessionFacts, now: Timestamp) {
        self.state = state
        self.facts = facts
        self.now = now
    }
}
