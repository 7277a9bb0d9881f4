/// What happens when a check could not be done: it failed, or its deadline passed.
@frozen
public enum FailureMode: String, Sendable, Hashable, CaseIterable {
    /// Go on as if it had passed, and record that it was not done.
    case open
    /// Refuse for good.
    case closed
    /// Refuse for now, so that the client tries again.
    case temporaryFailure
}
