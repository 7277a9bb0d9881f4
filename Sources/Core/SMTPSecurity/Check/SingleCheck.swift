/// One check.
public struct SingleCheck<Check: SecurityCheck>: CheckSequence {
    /// The check.
    public let check: Check
    /// The stages it wants.
    public let stages: StageSet

    /// A sequence of this check.
    @inlinable
    public init(_ check: Check) {
        self.check = check
        self.stages = check.stages
    }

    /// The check's violations.
    public var violations: [ViolationDefinition] { Check.violations }
    /// The check's name.
    public var names: [String] { [Check.name] }

    /// The check's state.
    @inlinable
    public func makeSessionState(for connection: ConnectionInfo) -> Check.SessionState {
        check.makeSessionState(for: connection)
    }

    /// Asks the check, if it wants the stage.
    @inlinable
    public func evaluate(
        _ event: SessionEvent, stage: StageSet, in session: SessionContext,
        state: inout Check.SessionState
    ) -> Findings<Check.SessionState>? {
        guard !stages.isDisjoint(with: stage) else { return nil }
        switch check.evaluate(event, in: session, state: &state) {
        case .pass: return nil
        case let other: return Findings(other, of: check)
        }
    }

    /// What the check withdraws.
    @inlinable
    public func withdrawnExtensions(in session: SessionContext) -> SMTPExtensions {
        check.withdrawnExtensions(in: session)
    }

    /// What the check writes.
    @inlinable
    public func trace(in session: SessionContext) -> MessageTrace { check.trace(in: session) }
}
