/// A store's answer: there at once, or once somebody was asked.
///
/// A store in this process answers at once, so that a check needs no suspension; a store behind a file or a network answers
/// later.
public enum StoreAnswer<Value: Sendable>: Sendable {
    /// The answer.
    case now(Value)
    /// What gives the answer. It throws where the store could not be asked.
    case later(@Sendable () async throws(CheckFailure) -> Value)

    /// The answer, whenever it comes.
    ///
    /// - Throws: why the store could not be asked.
    public func value() async throws(CheckFailure) -> Value {
        switch self {
        case .now(let value): value
        case .later(let work): try await work()
        }
    }

    /// What a check makes of the answer.
    ///
    /// - Parameters:
    ///   - state: the check's session state.
    ///   - judge: turns the answer into a verdict; may change the session state.
    public func evaluate<State>(
        _ state: inout State, _ judge: @escaping @Sendable (Value, inout State) -> Verdict
    ) -> Evaluation<State> {
        switch self {
        case .now(let value):
            return Evaluation(judge(value, &state))
        case .later(let work):
            return .later { (context: inout DeferredEvaluation<State>) async throws(CheckFailure) -> Verdict in
                judge(try await work(), &context.state)
            }
        }
    }
}
