public import SMTPSecurity

/// Whether recipients are ones that this host takes mail for, and whether a message from nobody has only one.
///
/// ```swift
/// var check = RecipientValidation()
/// check.relayDomains = ["example.org", ".example.org"]
/// ```
public struct RecipientValidation: SecurityCheck {
    /// `recipient-validation`.
    public static let name = "recipient-validation"

    /// A message of the null sender, which is a notification about one message of one sender, has more than one recipient (RFC 5321 §4.5.5).
    public static let nullSenderRecipients = ViolationDefinition(
        check: name, name: "null-sender-recipients", summary: "A message from nobody has more than one recipient.",
        reply: Reply(550, .init(5, 7, 1), "A notification goes to one recipient"))
    /// Mail for a domain that this host takes no mail for (RFC 5321 §3.6.2).
    public static let relayDenied = ViolationDefinition(
        check: name, name: "relay-denied", summary: "The recipient's domain is none of this host's.",
        reply: Reply(550, .init(5, 7, 1), "Relaying denied"))

    /// See the definitions in this type.
    public static let violations = [nullSenderRecipients, relayDenied]
    /// Recipients.
    public static let stages: StageSet = .recipient

    /// The domains that mail is taken for, in lower case; with a dot before it, all below a domain. `nil` for all.
    public var relayDomains: Set<String>?
    /// Clients that may send to everybody.
    public var relayNetworks: [IPNetwork] = []
    /// Whether authenticated clients may send to everybody.
    public var relaysForAuthenticatedClients = true

    /// A check of null senders; without ``relayDomains`` mail to any domain is taken.
    public init() {}

    /// Judges a recipient.
    public func evaluate(
        _ event: SessionEvent, in session: SessionContext, state: inout NoState
    ) -> Evaluation<NoState> {
        guard case .command(let command) = event else { return .pass }
        var violations: [Violation] = []
        if session.reversePath.isEmpty, session.isInTransaction, session.recipientCount > 0 {
            violations.append(Violation(Self.nullSenderRecipients, evidence: Evidence(command.path.line)))
        }
        if !mayRelay(session), !isLocal(command.path) {
            violations.append(Violation(Self.relayDenied, evidence: Evidence(command.path.domain)))
        }
        return violations.isEmpty ? .pass : .violations(violations)
    }

    private func mayRelay(_ session: SessionContext) -> Bool {
        if relayDomains == nil || relaysForAuthenticatedClients && session.isAuthenticated { return true }
        let client = session.connection.client.address.canonical
        return relayNetworks.contains { $0.contains(client) }
    }

    private func isLocal(_ path: PathView) -> Bool {
        guard let relayDomains else { return true }
        let domain = path.domain
        // `<postmaster>`, without a domain, is somebody here (RFC 5321 §4.5.1).
        guard !domain.isEmpty else { return true }
        var text: [UInt8] = []
        for index in 0..<domain.count { text.append(domain[index] &- 0x41 < 26 ? domain[index] | 0x20 : domain[index]) }
        let name = String(decoding: text, as: UTF8.self)
        if relayDomains.contains(name) { return true }
        return name.indices.contains { name[$0] == "." && relayDomains.contains(String(name[$0...])) }
    }
}
