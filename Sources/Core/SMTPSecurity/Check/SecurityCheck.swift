/// A security check: a value with settings that looks at the events of a session and says what is wrong with them.
///
/// A check says *what is wrong*; the profile says *what is done about it*. The split is what makes alarm and block
/// independent, lets a profile run in transparent mode first, and lets recorded sessions be judged again.
///
/// ```swift
/// struct NoFreeMail: SecurityCheck {
///     static let name = "free-mail"
///     static let stages: StageSet = .sender
///     static let freeMail = ViolationDefinition(
///         check: name, name: "sender", summary: "The sender uses a free mail service.",
///         reply: Reply(550, EnhancedStatusCode(5, 7, 1), "No mail from free mail services here"))
///     static let violations = [freeMail]
///
///     func evaluate(
///         _ event: SessionEvent, in session: SessionContext, state: inout NoState
///     ) -> Evaluation<NoState> {
///         guard case .command(let command) = event, command.path.domainEquals("freemail.example") else { return .pass }
///         return .violation(Self.freeMail, evidence: Evidence(command.path.domain))
///     }
/// }
/// ```
public protocol SecurityCheck: Sendable {
    /// What the check remembers of one session. ``NoState`` for checks that remember nothing.
    associatedtype SessionState: Sendable = NoState

    /// The name, in lower case, by which profiles and statistics know the check.
    static var name: String { get }

    /// Every violation that the check can raise.
    static var violations: [ViolationDefinition] { get }

    /// The stages at which the check is asked. It is never asked at another one.
    static var stages: StageSet { get }

    /// The stages of this value of the check; a subset of the static ones that depends on settings.
    var stages: StageSet { get }

    /// How long one evaluation may take before it counts as unavailable. The default is 10 seconds.
    var deadline: Duration { get }

    /// What happens when the check could not be done. The default is ``FailureMode/temporaryFailure``.
    var failureMode: FailureMode { get }

    /// Where evaluations that take time run, if not on the threads of all tasks: for work that keeps a thread busy. The default is `nil`.
    var executor: (any TaskExecutor)? { get }

    /// The state at the start of a session.
    func makeSessionState(for connection: ConnectionInfo) -> SessionState

    /// Looks at one event.
    ///
    /// Evaluation is synchronous, so that a clean command costs no allocation and no suspension. A check that has to ask somebody
    /// copies what it needs and returns ``Evaluation/later(_:)``.
    func evaluate(
        _ event: SessionEvent, in session: SessionContext, state: inout SessionState
    ) -> Evaluation<SessionState>

    /// Extensions that must not be offered to this client because the check would refuse what they offer.
    func withdrawnExtensions(in session: SessionContext) -> SMTPExtensions

    /// What the check writes at the top of a message that begins, for the servers and readers behind. It is asked only where
    /// ``SessionSettings/authenticationService`` is set.
    func trace(in session: SessionContext) -> MessageTrace
}

extension SecurityCheck {
    /// The static stages.
    public var stages: StageSet { Self.stages }
    /// 10 seconds.
    public var deadline: Duration { .seconds(10) }
    /// Answer with a temporary failure.
    public var failureMode: FailureMode { .temporaryFailure }
    /// The threads of all tasks.
    public var executor: (any TaskExecutor)? { nil }
    /// None.
    public func withdrawnExtensions(in session: SessionContext) -> SMTPExtensions { [] }
    /// Nothing.
    public func trace(in session: SessionContext) -> MessageTrace { .none }
}

extension SecurityCheck where SessionState == NoState {
    /// Nothing to remember.
    public func makeSessionState(for connection: ConnectionInfo) -> NoState { NoState() }
}
