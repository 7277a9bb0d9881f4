/// Checks in order, asked as one.
///
/// This is what ``CheckBuilder`` makes of the checks in a pipeline: nested generic values, so that a pipeline written in
/// code is one concrete type and asking it costs no existential call and no allocation. ``AnyCheckSequence`` holds
/// checks that are chosen at run time.
public protocol CheckSequence: Sendable {
    /// The session states of all checks.
    associatedtype SessionState: Sendable

    /// The stages that any of the checks wants.
    var stages: StageSet { get }
    /// Every violation that any of the checks can raise.
    var violations: [ViolationDefinition] { get }
    /// The names of the checks, in order.
    var names: [String] { get }

    /// The states at the start of a session.
    func makeSessionState(for connection: ConnectionInfo) -> SessionState

    /// Asks every check that wants `stage`, in order.
    ///
    /// - Parameters:
    ///   - event: what happened.
    ///   - stage: the stage that the event belongs to.
    ///   - session: what checks may know of the session.
    ///   - state: the checks' session states.
    ///   - findings: what they found is appended here.
    func evaluate(
        _ event: SessionEvent, stage: StageSet, in session: SessionContext, state: inout SessionState,
        findings: inout Findings<SessionState>)

    /// The extensions that any of the checks withdraws.
    func withdrawnExtensions(in session: SessionContext) -> SMTPExtensions
}

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

/// One check.
public struct SingleCheck<Check: SecurityCheck>: CheckSequence {
    /// The check.
    public let check: Check
    /// The stages it wants.
    public let stages: StageSet

    /// A sequence of this check.
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
        state: inout Check.SessionState, findings: inout Findings<Check.SessionState>
    ) {
        guard !stages.isDisjoint(with: stage) else { return }
        switch check.evaluate(event, in: session, state: &state) {
        case .pass: break
        case let other: findings.record(other, of: check)
        }
    }

    /// What the check withdraws.
    public func withdrawnExtensions(in session: SessionContext) -> SMTPExtensions {
        check.withdrawnExtensions(in: session)
    }
}

/// The session states of two sequences.
public struct CheckPairState<First: Sendable, Second: Sendable>: Sendable {
    /// The first one's.
    public var first: First
    /// The second one's.
    public var second: Second

    /// Both.
    @inlinable
    public init(first: First, second: Second) {
        self.first = first
        self.second = second
    }
}

/// Two sequences, one after the other.
public struct CheckPair<First: CheckSequence, Second: CheckSequence>: CheckSequence {
    /// What is asked first.
    public let first: First
    /// What is asked second.
    public let second: Second
    /// The stages that either wants.
    public let stages: StageSet

    /// Two sequences.
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
        state: inout CheckPairState<First.SessionState, Second.SessionState>,
        findings: inout Findings<CheckPairState<First.SessionState, Second.SessionState>>
    ) {
        guard !stages.isDisjoint(with: stage) else { return }
        var inFirst = Findings<First.SessionState>()
        first.evaluate(event, stage: stage, in: session, state: &state.first, findings: &inFirst)
        if !inFirst.isEmpty {
            findings.absorb(inFirst, part: { $0.first }, store: { $1.first = $0 })
        }
        var inSecond = Findings<Second.SessionState>()
        second.evaluate(event, stage: stage, in: session, state: &state.second, findings: &inSecond)
        if !inSecond.isEmpty {
            findings.absorb(inSecond, part: { $0.second }, store: { $1.second = $0 })
        }
    }

    /// What either withdraws.
    public func withdrawnExtensions(in session: SessionContext) -> SMTPExtensions {
        first.withdrawnExtensions(in: session).union(second.withdrawnExtensions(in: session))
    }
}
