public import SMTPSecurity

/// Allows and disallows SMTP verbs.
///
/// A verb that is not allowed is refused with 502, and what it belongs to vanishes from the EHLO reply, so that nobody is
/// offered what would be refused.
///
/// ```swift
/// var methods = MethodFilter()
/// methods[.help] = .disallow
/// methods[.etrn] = .allow
/// ```
public struct MethodFilter: SecurityCheck {
    /// What happens to a verb.
    public enum Treatment: String, Sendable, Hashable, CaseIterable {
        /// It goes on.
        case allow
        /// It is refused with 502.
        case disallow
        /// It is answered with 252, which says nothing of whether a mailbox exists (RFC 5321 §3.5.3).
        case answerNoncommittally
    }

    /// `methods`.
    public static let name = "methods"

    /// A verb that is not allowed.
    public static let disallowedMethod = ViolationDefinition(
        check: name, name: "disallowed-method", summary: "The client used a verb that is not allowed.",
        reply: Reply(502, EnhancedStatusCode(5, 5, 1), "Command not implemented"))

    /// A verb that asks whether a mailbox exists.
    public static let mailboxProbe = ViolationDefinition(
        check: name, name: "mailbox-probe", summary: "The client asked whether a mailbox exists.",
        reply: Reply(252, EnhancedStatusCode(2, 5, 2), "Cannot VRFY user, but will accept message and attempt delivery")
    )

    /// A verb that nobody knows.
    public static let unknownMethod = ViolationDefinition(
        check: name, name: "unknown-method", summary: "The client used a verb that does not exist.",
        reply: Reply(500, EnhancedStatusCode(5, 5, 1), "Command not recognised"))

    /// All three.
    public static let violations = [disallowedMethod, mailboxProbe, unknownMethod]

    /// Every command, and the faults that hide one.
    public static let stages: StageSet = [.commands, .fault]

    private var treatments: [Treatment]

    /// The defaults: `EXPN`, `ETRN`, `TURN`, `ATRN`, `SEND`, `SOML` and `SAML` are not allowed, `VRFY` is answered
    /// noncommittally, everything else is allowed.
    public init() {
        treatments = Verb.allCases.map { verb in
            switch verb {
            case .expn, .etrn, .turn, .atrn, .send, .soml, .saml: .disallow
            case .vrfy: .answerNoncommittally
            default: .allow
            }
        }
    }

    /// A filter that allows these verbs and no other.
    public init(allowingOnly verbs: Set<Verb>) {
        treatments = Verb.allCases.map { verbs.contains($0) ? .allow : .disallow }
    }

    /// What happens to a verb. `Verb.unknown` stands for verbs without a grammar of their own that
    /// `SessionSettings.additionalVerbs` lets through.
    public subscript(_ verb: Verb) -> Treatment {
        get { treatments[Int(verb.rawValue)] }
        set { treatments[Int(verb.rawValue)] = newValue }
    }

    /// The verbs that are not allowed.
    public var disallowed: Set<Verb> {
        get { Set(Verb.allCases.filter { self[$0] == .disallow }) }
        set {
            for verb in Verb.allCases where newValue.contains(verb) != (self[verb] == .disallow) {
                self[verb] = newValue.contains(verb) ? .disallow : .allow
            }
        }
    }

    /// Looks at the verb of a command.
    public func evaluate(
        _ event: SessionEvent, in session: SessionContext, state: inout NoState
    ) -> Evaluation<NoState> {
        switch event {
        case .command(let command):
            switch self[command.verb] {
            case .allow: return .pass
            case .disallow: return .violation(Self.disallowedMethod, evidence: Evidence(command.line))
            case .answerNoncommittally: return .violation(Self.mailboxProbe, evidence: Evidence(command.line))
            }
        case .fault(let fault):
            return evaluate(fault)
        default:
            return .pass
        }
    }

    private func evaluate(_ fault: ProtocolFault) -> Evaluation<NoState> {
        switch fault.kind {
        case .unknownCommand:
            return .violation(Self.unknownMethod, evidence: fault.evidence)
        // A verb whose extension was withdrawn is not offered: the session refuses it before it becomes a command.
        case .notOffered(let verb) where self[verb] == .disallow,
            .outOfSequence(let verb) where self[verb] == .disallow:
            return .violation(Self.disallowedMethod, evidence: fault.evidence)
        default:
            return .pass
        }
    }

    /// The extensions of the verbs that are not allowed.
    public func withdrawnExtensions(in session: SessionContext) -> SMTPExtensions {
        SMTPExtensions(
            Verb.allCases.compactMap { self[$0] == .allow ? nil : SMTPExtension(offering: $0) })
    }
}
