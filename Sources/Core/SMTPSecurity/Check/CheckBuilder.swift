/// Composes checks into one ``CheckSequence``.
@resultBuilder
public enum CheckBuilder {
    /// A check.
    public static func buildExpression<Check: SecurityCheck>(_ check: Check) -> SingleCheck<Check> {
        SingleCheck(check)
    }

    /// A sequence of checks.
    public static func buildExpression<Checks: CheckSequence>(_ checks: Checks) -> Checks { checks }

    /// No checks.
    public static func buildBlock() -> EmptyCheckSequence { EmptyCheckSequence() }

    /// The first check.
    public static func buildPartialBlock<First: CheckSequence>(first: First) -> First { first }

    /// One more check.
    public static func buildPartialBlock<First: CheckSequence, Next: CheckSequence>(
        accumulated: First, next: Next
    ) -> CheckPair<First, Next> {
        CheckPair(accumulated, next)
    }

    /// A check that may be left out.
    public static func buildOptional<Checks: CheckSequence>(_ checks: Checks?) -> OptionalCheck<Checks> {
        OptionalCheck(checks)
    }
}

/// Checks that may be left out.
public struct OptionalCheck<Checks: CheckSequence>: CheckSequence {
    private let checks: Checks?
    /// The stages of the checks, none if they are left out.
    public let stages: StageSet

    /// These checks, or none.
    public init(_ checks: Checks?) {
        self.checks = checks
        self.stages = checks?.stages ?? []
    }

    /// The checks' violations.
    public var violations: [ViolationDefinition] { checks?.violations ?? [] }
    /// The checks' names.
    public var names: [String] { checks?.names ?? [] }

    /// The checks' state.
    public func makeSessionState(for connection: ConnectionInfo) -> Checks.SessionState? {
        checks?.makeSessionState(for: connection)
    }

    /// Asks the checks, if there are any.
    public func evaluate(
        _ event: SessionEvent, stage: StageSet, in session: SessionContext,
        state: inout Checks.SessionState?, findings: inout Findings<Checks.SessionState?>
    ) {
        guard let checks, var own = state else { return }
        var inner = Findings<Checks.SessionState>()
        checks.evaluate(event, stage: stage, in: session, state: &own, findings: &inner)
        state = own
        if !inner.isEmpty { findings.absorb(inner, part: { $0 }, store: { part, state in state = part }) }
    }

    /// What the checks withdraw.
    public func withdrawnExtensions(in session: SessionContext) -> SMTPExtensions {
        checks?.withdrawnExtensions(in: session) ?? []
    }
}
