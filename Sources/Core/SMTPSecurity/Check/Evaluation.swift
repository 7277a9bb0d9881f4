/// What a check says of an event.
public enum Evaluation<State: Sendable>: Sendable {
    /// Nothing is wrong.
    case pass
    /// Something is wrong.
    case violations([Violation])
    /// The check could not be done.
    case unavailable(CheckFailure)
    /// Part of the check could not be done; in what could, these things are wrong.
    case incomplete([Violation], CheckFailure)
    /// The check has to ask somebody first. The session waits, at most for the check's deadline.
    case later(@Sendable (inout DeferredEvaluation<State>) async throws(CheckFailure) -> Verdict)

    /// What is known already.
    public init(_ verdict: Verdict) {
        switch verdict {
        case .pass: self = .pass
        case .violations(let violations): self = .violations(violations)
        case .unavailable(let failure): self = .unavailable(failure)
        case .incomplete(let violations, let failure): self = .incomplete(violations, failure)
        }
    }

    /// One violation.
    public static func violation(_ violation: Violation) -> Self { .violations([violation]) }

    /// One violation of this kind.
    public static func violation(_ definition: ViolationDefinition, evidence: Evidence = .none) -> Self {
        .violations([Violation(definition, evidence: evidence)])
    }
}
