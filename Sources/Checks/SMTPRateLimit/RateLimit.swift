public import SMTPSecurity

/// Limits connections, messages, recipients and octets, by any combination of client, network, sender, recipient and user.
///
/// ```swift
/// var limit = RateLimit(store: MemoryStore())
/// limit.rules.append(
///     try RateRule("submission", .recipients, by: [.user], RateAllowance(500, per: .seconds(86_400))))
/// ```
///
/// What is over a limit is refused for now, with the time after which it would be allowed. An event that draws on several rules is allowed
/// by all of them or charged to none.
public struct RateLimit: SecurityCheck {
    /// `rate-limit`.
    public static let name = "rate-limit"

    /// More connections than a rule allows.
    public static let connections = ViolationDefinition(
        check: name, name: "connections", summary: "The client connects too often.",
        reply: Reply(421, EnhancedStatusCode(4, 7, 0), "Too many connections, try again later"), closesSession: true)

    /// More connections at a time than allowed.
    public static let concurrentConnections = ViolationDefinition(
        check: name, name: "concurrent-connections",
        summary: "The client's network has too many connections at a time.",
        reply: Reply(421, EnhancedStatusCode(4, 7, 0), "Too many connections at a time, try again later"),
        closesSession: true)

    /// More messages than a rule allows.
    public static let messages = ViolationDefinition(
        check: name, name: "messages", summary: "More messages than the limit allows.",
        reply: Reply(451, EnhancedStatusCode(4, 7, 1), "Too many messages, try again later"))

    /// More recipients than a rule allows.
    public static let recipients = ViolationDefinition(
        check: name, name: "recipients", summary: "More recipients than the limit allows.",
        reply: Reply(451, EnhancedStatusCode(4, 7, 1), "Too many recipients, try again later"))

    /// More octets than a rule allows.
    public static let octets = ViolationDefinition(
        check: name, name: "octets", summary: "More octets of messages than the limit allows.",
        reply: Reply(451, EnhancedStatusCode(4, 7, 1), "Too much mail, try again later"))

    /// All five.
    public static let violations = [connections, concurrentConnections, messages, recipients, octets]

    /// Every stage at which something is counted.
    public static let stages: StageSet = [
        .connection, .sender, .recipient, .reply, .data, .content, .disconnection,
    ]

    /// The rules. The default: 5 connections a second and 100 messages a minute of a client, 25 messages an hour from a sender's domain to a
    /// recipient.
    public var rules: [RateRule] = [.connectionsPerClient, .messagesPerClient, .messagesPerCorrespondence]
    /// Connections that a network may have at a time, in this process; `nil` for any number.
    public var concurrentConnections: Int? = 50
    /// How many bits of an IPv4 address make a client's network.
    public var ipv4PrefixLength = 24
    /// How many bits of an IPv6 address make a client's network.
    public var ipv6PrefixLength = 64
    /// Clients that are not limited.
    public var exemptNetworks: [IPNetwork] = []
    /// Whether clients are not limited once they have authenticated. Rules that count by ``RateRule/Part/user`` always apply.
    public var exemptsAuthenticatedClients = false
    /// What happens when the store cannot be asked.
    public var failureMode = FailureMode.open
    /// How long the store may take.
    public var deadline = Duration.seconds(2)

    /// Where rates are remembered.
    public var store: any RateStore
    private let counter = ConnectionCounter()

    /// A limit with the default rules.
    ///
    /// - Parameter store: where rates are remembered.
    public init(store: any RateStore) { self.store = store }

    /// The stages that the rules need.
    public var stages: StageSet {
        var stages: StageSet = concurrentConnections == nil ? [] : [.connection, .disconnection]
        for rule in rules { stages.formUnion(rule.stages) }
        return stages
    }

    /// Nothing counted.
    public func makeSessionState(for connection: ConnectionInfo) -> RateLimitState { RateLimitState() }

    /// Counts an event.
    public func evaluate(
        _ event: SessionEvent, in session: SessionContext, state: inout RateLimitState
    ) -> Evaluation<RateLimitState> {
        if case .disconnection = event {
            if let network = state.counted { counter.close(network) }
            state.counted = nil
            return .pass
        }
        let client = session.connection.client.address
        guard !exemptNetworks.contains(where: { $0.contains(client) }) else { return .pass }
        switch event {
        case .connection:
            return connected(session, &state)
        case .command(let command):
            return StageSet.stage(of: command.verb) == .data
                ? beginData(session, &state) : evaluate(command, session, &state)
        case .reply(let reply, to: .rcpt):
            if reply.isPositive, !state.asked.isEmpty { state.accepted.append(state.asked) }
            state.asked = []
            return .pass
        case .content(let content):
            return receive(content.count, session, &state)
        default:
            return .pass
        }
    }

    // MARK: Events

    private func connected(_ session: SessionContext, _ state: inout RateLimitState) -> Evaluation<RateLimitState> {
        if let limit = concurrentConnections {
            let network = network(of: session)
            guard counter.open(network, limit: limit) else {
                return .violation(
                    Self.concurrentConnections, evidence: Evidence("\(limit) connections of \(network) already"))
            }
            state.counted = network
        }
        return charge(rules(for: .connections, session).map { ($0, key($0, session)) }, session, &state)
    }

    private func evaluate(
        _ command: CommandView, _ session: SessionContext, _ state: inout RateLimitState
    ) -> Evaluation<RateLimitState> {
        var charges: [(RateRule, StoreKey)] = []
        switch command.verb {
        case .rcpt:
            for rule in rules
            where rule.quantity == .recipients || rule.quantity == .messages && rule.countsByRecipient {
                guard applies(rule, session) else { continue }
                var key = key(rule, session)
                appendSender(rule, session, to: &key)
                if rule.parts.contains(.recipient) { key.append(.recipient, mailboxOf: command.path) }
                if rule.parts.contains(.recipientDomain) {
                    key.append(.recipientDomain, name: command.path.domain)
                }
                charges.append((rule, key))
            }
            if stages.contains(.reply) {
                state.asked = Array(OwnedCommand(command).address.utf8)
            }
        case .mail, .send, .soml, .saml:
            state.beginTransaction(announced: command.size == .max ? nil : command.size)
            for rule in rules where rule.quantity == .messages && !rule.countsByRecipient && applies(rule, session) {
                var key = key(rule, session)
                if command.path.kind == .null {
                    if rule.countsBySender { key.append(.nullSender) }
                } else {
                    if rule.parts.contains(.sender) { key.append(.sender, mailboxOf: command.path) }
                    if rule.parts.contains(.senderDomain) { key.append(.senderDomain, name: command.path.domain) }
                }
                charges.append((rule, key))
            }
        default:
            return .pass
        }
        return charge(charges, session, &state)
    }

    /// Finds out what the message's octets are charged to, and charges what was announced.
    private func beginData(_ session: SessionContext, _ state: inout RateLimitState) -> Evaluation<RateLimitState> {
        // Once for each message: BDAT comes with every chunk.
        guard state.accounts.isEmpty else { return .pass }
        for rule in rules(for: .octets, session) {
            var plain = key(rule, session)
            appendSender(rule, session, to: &plain)
            guard rule.countsByRecipient else {
                state.accounts.append(.init(key: plain, rule: rule))
                continue
            }
            var keys: Set<StoreKey> = []
            for recipient in state.accepted {
                var key = plain
                if rule.parts.contains(.recipient) { key.append(.recipient, mailbox: recipient.span) }
                if rule.parts.contains(.recipientDomain) { key.append(.recipientDomain, domainOf: recipient.span) }
                if keys.insert(key).inserted { state.accounts.append(.init(key: key, rule: rule)) }
            }
        }
        guard !state.accounts.isEmpty else { return .pass }
        // At least an octet: nobody whose allowance is used up begins another message.
        return chargeOctets(max(1, state.announced ?? 0), session, &state)
    }

    private func receive(
        _ count: Int, _ session: SessionContext, _ state: inout RateLimitState
    ) -> Evaluation<RateLimitState> {
        state.received += UInt64(count)
        guard !state.accounts.isEmpty, state.received > state.charged else { return .pass }
        return chargeOctets(state.received - state.charged, session, &state)
    }

    private func chargeOctets(
        _ count: UInt64, _ session: SessionContext, _ state: inout RateLimitState
    ) -> Evaluation<RateLimitState> {
        state.charged += count
        return charge(
            state.accounts.map { ($0.rule, $0.key) }, cost: Int64(clamping: count), session, &state)
    }

    // MARK: Charging

    private func charge(
        _ charged: [(rule: RateRule, key: StoreKey)], cost: Int64 = 1, _ session: SessionContext,
        _ state: inout RateLimitState
    ) -> Evaluation<RateLimitState> {
        guard !charged.isEmpty else { return .pass }
        let charges = charged.map { RateCharge($0.key, $0.rule.allowance, cost: cost) }
        return store.charge(charges, by: session.connection.client.address, at: session.now)
            .evaluate(&state) { decision, state in
                guard case .exceeded(let index, let wait) = decision, charged.indices.contains(index) else {
                    return .pass
                }
                if charged[index].rule.quantity == .octets { state.giveBack(UInt64(clamping: cost)) }
                return .violations([Self.violation(charged[index].rule, charged[index].key, wait)])
            }
    }

    private static func violation(_ rule: RateRule, _ key: StoreKey, _ wait: Duration) -> Violation {
        let definition =
            switch rule.quantity {
            case .connections: connections
            case .messages: messages
            case .recipients: recipients
            case .octets: octets
            }
        var reply = definition.reply
        let seconds = max(1, (wait.wholeNanoseconds + 999_999_999) / 1_000_000_000)
        reply.lines = reply.lines.map { $0.replacing("later", with: "in \(seconds) second\(seconds == 1 ? "" : "s")") }
        return Violation(definition, evidence: Evidence("\(key): \(rule.allowance)"), reply: reply)
    }

    // MARK: Keys

    private func rules(for quantity: RateRule.Quantity, _ session: SessionContext) -> [RateRule] {
        rules.filter { $0.quantity == quantity && applies($0, session) }
    }

    private func applies(_ rule: RateRule, _ session: SessionContext) -> Bool {
        if rule.parts.contains(.user) { return !session.authenticatedUser.isEmpty }
        return !(exemptsAuthenticatedClients && session.isAuthenticated)
    }

    /// The parts that are known of the client.
    private func key(_ rule: RateRule, _ session: SessionContext) -> StoreKey {
        var key = rule.purpose
        if rule.parts.contains(.client) { key.append(.client, session.connection.client.address) }
        if rule.parts.contains(.network) { key.append(.network, network(of: session)) }
        if rule.parts.contains(.user) { key.append(.user, name: session.authenticatedUser.span) }
        return key
    }

    private func appendSender(_ rule: RateRule, _ session: SessionContext, to key: inout StoreKey) {
        if session.reversePath.isEmpty {
            if rule.countsBySender { key.append(.nullSender) }
            return
        }
        if rule.parts.contains(.sender) { key.append(.sender, mailbox: session.reversePath.span) }
        if rule.parts.contains(.senderDomain) { key.append(.senderDomain, domainOf: session.reversePath.span) }
    }

    private func network(of session: SessionContext) -> IPNetwork {
        IPNetwork(
            of: session.connection.client.address, ipv4PrefixLength: ipv4PrefixLength,
            ipv6PrefixLength: ipv6PrefixLength)
    }
}
