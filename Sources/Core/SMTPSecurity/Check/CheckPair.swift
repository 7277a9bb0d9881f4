/// Two sequences, one after the other.
public struct CheckPair<First: CheckSequence, Second: CheckSequence>: CheckSequence {
    /// What is asked first.
    public let first: First
    /// What is asked second.
    public let second: Second
    /// The stages that either wants.
    public let stages: StageSet

    /// Two sequences.
    @inlinable
    public init(_ first: First, _ second: Second) {
        self.first = first
        self.second = second
        self.stages = first.stages.union(second.stages)
    }

    /// Both sequences' violations.
    public var violations: [ViolationDefinition] { first.violations + second.violations }
    /// Both sequences' names.
    public var names: [String] { first.names + second.names }

    /// Both states.
    @inlinable
    public func makeSessionState(
        for connection: ConnectionInfo
    ) -> CheckPairState<First.SessionState, Second.SessionState> {
        .init(first: first.makeSessionState(for: connection), second: second.makeSessionState(for: connection))
    }

    /// Asks both.
    @inlinable
    public func evaluate(
        _ event: SessionEvent, stage: StageSet, in session: SessionContext,
        state: inout CheckPairState<First.SessionState, Second.SessionState>
    ) -> Findings<CheckPairState<First.SessionState, Second.SessionState>>? {
        guard !stages.isDisjoint(with: stage) else { return nil }
        guard let inFirst = first.evaluate(event, stage: stage, in: session, state: &state.first) else {
            guard let inSecond = second.evaluate(event, stage: stage, in: session, state: &state.second) else {
                return nil
            }
            return Findings(inSecond, part: { $0.second }, store: { $1.second = $0 })
        }
        let both = Findings<SessionState>(inFirst, part: { $0.first }, store: { $1.first = $0 })
        guard let inSecond = second.evaluate(event, stage: stage, in: session, state: &state.second) else {
            return both
        }
        return both.adding(Findings(inSecond, part: { $0.second }, store: { $1.second = $0 }))
    }

    /// What either withdraws.
    @inlinable
    public func withdrawnExtensions(in session: SessionContext) -> SMTPExtensions {
        first.withdrawnExtensions(in: session).union(second.withdrawnExtensions(in: session))
    }

    /// What both write.
    @inlinable
    public func trace(in session: SessionContext) -> MessageTrace {
        var trace = first.trace(in: session)
        trace.append(second.trace(in: session))
        return trace
    }
}
