import SMTPSecurity

/// Raises many violations at once.
struct Noise: SecurityCheck {
    static let name = "noise"
    static let stages: StageSet = .connection
    static let heard = ViolationDefinition(
        check: name, name: "heard", summary: "Heard.", enforcement: .alarmOnly, reply: Reply(550, "Heard"))
    static let violations = [heard]

    func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout NoState) -> Evaluation<NoState> {
        .violations(Array(repeating: Violation(Self.heard, evidence: Evidence("a\r\nb")), count: 200))
    }
}
