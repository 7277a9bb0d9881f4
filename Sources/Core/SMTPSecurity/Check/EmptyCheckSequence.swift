/// No checks.
public struct EmptyCheckSequence: CheckSequence {
    /// No stages.
    public var stages: StageSet { [] }
    /// None.
    public var violations: [ViolationDefinition] { [] }
    /// None.
    public var names: [String] { [] }

    /// No checks.
    @inlinable
    public init() {}

    /// Nothing to remember.
    @inlinable
    public func makeSessionState(for connection: ConnectionInfo) -> NoState { NoState() }

    /// Finds nothing.
    @inlinable
    public func evaluate(
        _ event: SessionEvent, stage: StageSet, in session: SessionContext, state: inout NoState
    ) -> Findings<NoState>? { nil }

    /// None.
    @inlinable
    public func withdrawnExtensions(in session: SessionContext) -> SMTPExtensions { [] }

    /// Nothing.
    @inlinable
    public func trace(in session: SessionContext) -> MessageTrace { .none }
}
