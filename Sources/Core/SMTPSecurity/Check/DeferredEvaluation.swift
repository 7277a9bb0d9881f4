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
    /// How much of its deadline had passed when the evaluation began, because no thread of ``SecurityCheck/executor`` was free.
    public let waited: Duration

    init(state: State, facts: SessionFacts, now: Timestamp, waited: Duration) {
        self.state = state
        self.facts = facts
        self.now = now
        self.waited = waited
    }
}
