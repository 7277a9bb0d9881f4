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
    /// - Returns: what they found; `nil` if nothing was found and nobody has to be asked.
    func evaluate(
        _ event: SessionEvent, stage: StageSet, in session: SessionContext, state: inout SessionState
    ) -> Findings<SessionState>?

    /// The extensions that any of the checks withdraws.
    func withdrawnExtensions(in session: SessionContext) -> SMTPExtensions

    /// What the checks write at the top of the message that begins, in order.
    func trace(in session: SessionContext) -> MessageTrace
}
