public import SMTPSecurity

/// Compliance with RFC 5321 and its extensions.
///
/// The session engine detects what the protocol does not allow and refuses what it cannot go on with; this check
/// gives each such fault its name, its flags and its Support ID. Limits, budgets and times are set in
/// `SecurityProfile.session`, because they hold with and without this check.
public struct ProtocolCompliance: SecurityCheck {
    /// `compliance`.
    public static let name = "compliance"

    /// Faults only.
    public static let stages: StageSet = .fault

    /// What is made of bare CR, bare LF and NUL.
    public var lineEnds = LineEndPolicy()

    /// The defaults: everything is a violation.
    public init() {}

    /// Names a fault.
    public func evaluate(
        _ event: SessionEvent, in session: SessionContext, state: inout NoState
    ) -> Evaluation<NoState> {
        guard case .fault(let fault) = event else { return .pass }
        guard let definition = Self.definition(for: fault.kind) else { return .pass }
        var violation = Violation(definition, evidence: fault.evidence, reply: fault.reply)
        // What could not be repaired is refused in every mode: there is nothing else to do with it.
        if fault.isRepaired, let mode = lineEndMode(for: fault.kind, client: session.connection.client.address) {
            switch mode {
            case .reject: break
            case .normalize: return .pass
            case .note: violation.isTolerated = true
            }
        }
        return .violation(violation)
    }

    private func lineEndMode(for kind: ProtocolFault.Kind, client: IPAddress) -> LineEndMode? {
        switch kind {
        case .bareCarriageReturnInData, .bareCarriageReturnInCommand:
            lineEnds.mode(lineEnds.bareCarriageReturn, for: client)
        case .bareLineFeedInData, .bareLineFeedInCommand:
            lineEnds.mode(lineEnds.bareLineFeed, for: client)
        case .nulInData, .nulInCommand:
            lineEnds.mode(lineEnds.nul, for: client)
        default: nil
        }
    }
}
