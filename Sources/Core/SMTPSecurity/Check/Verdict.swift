/// What a check says once it has its answer.
public enum Verdict: Sendable, Hashable {
    /// Nothing is wrong.
    case pass
    /// Something is wrong.
    case violations([Violation])
    /// The check could not be done.
    case unavailable(CheckFailure)
    /// Part of the check could not be done; in what could, these things are wrong.
    case incomplete([Violation], CheckFailure)

    /// One violation of this kind.
    public static func violation(_ definition: ViolationDefinition, evidence: Evidence = .none) -> Self {
        .violations([Violation(definition, evidence: evidence)])
    }
}
