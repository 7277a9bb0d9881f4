public import SMTPSecurity

/// A check that looks at every command and lets every one of them pass: what is measured is the asking.
public struct CountingCheck: SecurityCheck {
    /// What it remembers.
    public struct State: Sendable {
        var commands = 0
        var octets = 0
    }

    /// `counting`.
    public static let name = "counting"
    /// Commands only.
    public static let stages: StageSet = .commands
    /// One, which is never raised here.
    public static let tooMany = ViolationDefinition(
        check: name, name: "too-many", summary: "More commands than a session can have.",
        reply: Reply(421, EnhancedStatusCode(4, 7, 0), "Too many commands"))
    /// One.
    public static let violations = [tooMany]

    /// A check.
    public init() {}

    /// Starts at 0.
    public func makeSessionState(for connection: ConnectionInfo) -> State { State() }

    /// Reads the command and counts.
    public func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout State) -> Evaluation<State> {
        guard case .command(let command) = event else { return .pass }
        state.commands += 1
        state.octets += command.path.localPart.count + command.path.domain.count
        return state.commands < 0 ? .violation(Self.tooMany) : .pass
    }
}
