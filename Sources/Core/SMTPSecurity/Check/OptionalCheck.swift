/// Checks that may be left out.
public struct OptionalCheck<Checks: CheckSequence>: CheckSequence {
    @usableFromInline let checks: Checks?
    /// The stages of the checks, none if they are left out.
    public let stages: StageSet

    /// These checks, or none.
    @inlinable
    public init(_ checks: Checks?) {
        self.checks = checks
        self.stages = checks?.stages ?? []
    }

    /// The checks' violations.
    public var violations: [ViolationDefinition] { checks?.violations ?? [] }
    /// The checks' names.
    public var names: [String] { checks?.names ?? [] }

    /// The checks' state.
    @inlinable
    public func makeSessionState(for connection: ConnectionInfo) -> Checks.SessionState? {
        checks?.makeSessionState(for: connection)
    }

    /// Asks the checks, if there are any.
    @inlinable
    public func evaluate(
        _ event: SessionEvent, stage: StageSet, in session: SessionContext,
        state: inout Checks.SessionState?
    ) -> Findings<Checks.SessionState?>? {
        guard let checks, var own = state else { return nil }
        let inner = checks.evaluate(event, stage: stage, in: session, state: &own)
        state = own
        guard let inner else { return nil }
        return Findings(inner, part: { $0 }, store: { part, state in state = part })
    }

    /// What the checks withdraw.
    @inlinable
    public func withdrawnExtensions(in session: SessionContext) -> SMTPExtensions {
        checks?.withdrawnExtensions(in: session) ?? []
    }

    /// What the checks write.
    @inlinable
    public func trace(in session: SessionContext) -> MessageTrace { checks?.trace(in: session) ?? .none }
}
