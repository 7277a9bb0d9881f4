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
