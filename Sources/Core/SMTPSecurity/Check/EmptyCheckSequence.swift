/// No checks.
public struct EmptyCheckSequence: CheckSequence {
    /// No stages.
    public var stages: StageSet { [] }
    /// None.
    public var violations: [ViolationDefinition] { [] }
    /// None.
    public var names: [String] { [] }

    /// No checks.
    public init() {}

    /// Nothing to remember.
    public func makeSessionState(for connection: ConnectionInfo) -> NoState { NoState() }

    /// Finds nothing.
    public func evaluate(
        _ event: SessionEvent, stage: StageSet, in session: SessionContext, state: inout NoState,
        findings: inout Findings<NoState>
    ) {}

    /// None.
    public func withdrawnExtensions(in session: SessionContext) -> SMTPExtensions { [] }
}
