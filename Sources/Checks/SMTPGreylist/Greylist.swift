public import SMTPSecurity

/// Refuses senders that nobody knows yet for a while: mail servers come back, and much of what sends spam does not.
///
/// A sender is known by its client's network, its address and the recipient. One whose mail leaves from many addresses is
/// recognised all the same: under the domain whose SPF policy authorises the client (`SPFResultFact`), and under the domain of the
/// client's forward-confirmed host name (`ConfirmedHostNameFact`), where another check has found those out.
///
/// ```swift
/// var greylist = Greylist(store: MemoryStore())
/// greylist.exemptProviders = ["example.net"]
/// ```
public struct Greylist: SecurityCheck {
    /// `greylist`.
    public static let name = "greylist"

    /// A sender that was not seen before.
    public static let unknownSender = ViolationDefinition(
        check: name, name: "unknown-sender", summary: "The sender has not written to this recipient before.",
        enforcement: .blockOnly, reply: Reply(451, EnhancedStatusCode(4, 7, 1), "Greylisted, try again later"))

    /// A sender that came back before its time.
    public static let earlyRetry = ViolationDefinition(
        check: name, name: "early-retry", summary: "The sender came back before the delay was over.",
        enforcement: .blockOnly, reply: Reply(451, EnhancedStatusCode(4, 7, 1), "Greylisted, try again later"))

    /// Both.
    public static let violations = [unknownSender, earlyRetry]

    /// Recipients.
    public static let stages: StageSet = .recipient

    /// The times: a delay of 300 s, 48 h to come back, 35 days of being known, and 5 senders after which a client network passes at once.
    public var rule = FirstSeenRule(
        delay: .seconds(300), retryWindow: .seconds(48 * 3_600), lifetime: .seconds(35 * 86_400), trustedAfter: 5)
    /// How many bits of an IPv4 address make a client's network.
    public var ipv4PrefixLength = 24
    /// How many bits of an IPv6 address make a client's network.
    public var ipv6PrefixLength = 64
    /// Whether a sender is also known by the domain whose SPF policy authorises its client.
    public var recognizesProviders = true
    /// Whether a sender is also known by the domain of its client's forward-confirmed host name.
    public var recognizesHostDomains = true
    /// Clients that are not greylisted.
    public var exemptNetworks: [IPNetwork] = []
    /// Domains, with everything below them, whose clients by forward-confirmed host name are not greylisted.
    public var exemptHostDomains: [String] = []
    /// Domains, with everything below them, that are not greylisted where their SPF policy authorises the client.
    public var exemptProviders: [String] = []
    /// Sender domains, with everything below them, that are not greylisted. Anybody can claim to be one; ``exemptProviders`` makes sure.
    public var exemptSenderDomains: [String] = []
    /// Recipient domains, with everything below them, that do not want greylisting.
    public var exemptRecipientDomains: [String] = []
    /// Whether authenticated clients are not greylisted.
    public var exemptsAuthenticatedClients = true
    /// What happens when the store cannot be asked.
    public var failureMode = FailureMode.open
    /// How long the store may take.
    public var deadline = Duration.seconds(2)
    /// Where senders are remembered.
    public var store: any FirstSeenStore

    /// Greylisting with the default times.
    ///
    /// - Parameter store: where senders are remembered.
    public init(store: any FirstSeenStore) { self.store = store }

    /// Looks up the sender of a recipient.
    public func evaluate(
        _ event: SessionEvent, in session: SessionContext, state: inout NoState
    ) -> Evaluation<NoState> {
        guard case .command(let command) = event, command.verb == .rcpt, !isExempt(command.path, session) else {
            return .pass
        }
        let client = session.connection.client.address
        let network = IPNetwork(
            of: client, ipv4PrefixLength: ipv4PrefixLength, ipv6PrefixLength: ipv6PrefixLength)
        func key(_ identify: (inout StoreKey) -> Void) -> StoreKey {
            var key = StoreKey(Self.name)
            identify(&key)
            if session.reversePath.isEmpty {
                key.append(.nullSender)
            } else {
                key.append(.sender, mailbox: session.reversePath.span)
            }
            key.append(.recipient, mailboxOf: command.path)
            return key
        }
        var keys = [key { $0.append(.network, network) }]
        if recognizesProviders, let result = session.facts[SPFResultFact.self], result.isPass {
            keys.append(key { $0.append(.provider, name: result.domain) })
        }
        if recognizesHostDomains, let name = session.facts[ConfirmedHostNameFact.self] {
            keys.append(key { $0.append(.host, name: Self.domain(ofHost: name)) })
        }
        var trustee = StoreKey("\(Self.name)-trust")
        trustee.append(.network, network)
        let evidence = keys[0]
        return store.note(FirstSeenRequest(keys, trustee: trustee, rule: rule), by: client, at: session.now)
            .evaluate(&state) { decision, _ in
                switch decision {
                case .unseen(let wait): .violations([Self.violation(Self.unknownSender, evidence, wait)])
                case .early(let wait): .violations([Self.violation(Self.earlyRetry, evidence, wait)])
                case .passed, .known, .trusted: .pass
                }
            }
    }

    private static func violation(_ definition: ViolationDefinition, _ key: StoreKey, _ wait: Duration) -> Violation {
        let seconds = max(1, (wait.wholeNanoseconds + 999_999_999) / 1_000_000_000)
        let reply = Reply(
            451, EnhancedStatusCode(4, 7, 1), "Greylisted, try again in \(seconds) second\(seconds == 1 ? "" : "s")")
        return Violation(definition, evidence: Evidence(key.description), reply: reply)
    }

    // MARK: Exemptions

    private func isExempt(_ recipient: PathView, _ session: SessionContext) -> Bool {
        if exemptsAuthenticatedClients, session.isAuthenticated { return true }
        let client = session.connection.client.address
        if exemptNetworks.contains(where: { $0.contains(client) }) { return true }
        if !exemptHostDomains.isEmpty, let name = session.facts[ConfirmedHostNameFact.self],
            Self.contains(exemptHostDomains, name)
        {
            return true
        }
        if !exemptProviders.isEmpty, let result = session.facts[SPFResultFact.self], result.isPass,
            Self.contains(exemptProviders, result.domain)
        {
            return true
        }
        if !exemptSenderDomains.isEmpty, let at = session.reversePath.lastIndex(of: UInt8(ascii: "@")),
            Self.contains(exemptSenderDomains, String(decoding: session.reversePath[(at + 1)...], as: UTF8.self))
        {
            return true
        }
        guard !exemptRecipientDomains.isEmpty, let mailbox = Mailbox(recipient) else { return false }
        return Self.contains(exemptRecipientDomains, mailbox.domain.description)
    }

    /// Whether a name is one of the domains or below one.
    private static func contains(_ domains: [String], _ name: String) -> Bool {
        let name = name.lowercased()
        return domains.contains { domain in
            let domain = domain.lowercased()
            return name == domain || name.hasSuffix("." + domain)
        }
    }

    /// The domain of a host name: without its first label, unless too little would be left to tell owners apart.
    static func domain(ofHost name: String) -> String {
        let labels = name.split(separator: ".")
        return labels.count > 2 ? labels.dropFirst().joined(separator: ".") : name
    }
}
