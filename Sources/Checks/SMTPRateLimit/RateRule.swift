public import SMTPSecurity

/// One limit: how much of what, counted apart by what.
///
/// ```swift
/// try RateRule("newsletter", .messages, by: [.senderDomain, .recipient], RateAllowance(25, per: .seconds(3_600)))
/// ```
public struct RateRule: Sendable, Hashable {
    /// What is counted.
    public enum Quantity: String, Sendable, Hashable, CaseIterable {
        /// Connections.
        case connections
        /// Messages, at `MAIL`; at `RCPT`, once for each recipient, where a rule counts by recipients.
        case messages
        /// Recipients, at `RCPT`.
        case recipients
        /// Octets of messages: what `SIZE` announces at the start of the data, and what comes beyond as it arrives.
        case octets
    }

    /// What is counted apart. Several together make one key.
    public enum Part: String, Sendable, Hashable, CaseIterable {
        /// The client's address.
        case client
        /// The client's network, see ``RateLimit/ipv4PrefixLength``.
        case network
        /// The sender's mailbox. The null sender counts as one.
        case sender
        /// The sender's domain. The null sender counts as one.
        case senderDomain = "sender-domain"
        /// The recipient's mailbox.
        case recipient
        /// The recipient's domain.
        case recipientDomain = "recipient-domain"
        /// The authenticated user. Without one, a rule that counts by it does not apply.
        case user
    }

    /// What is wrong with a rule.
    public struct Invalid: Error, Sendable, Hashable, CustomStringConvertible {
        /// What is wrong, and what would be right.
        public let description: String
    }

    /// The name, under which stores keep what was counted: rules with one name share their counts.
    public let name: String
    /// What is counted.
    public let quantity: Quantity
    /// What is counted apart.
    public let parts: Set<Part>
    /// How much is allowed.
    public let allowance: RateAllowance
    /// What its keys begin with.
    let purpose: StoreKey

    /// A rule.
    ///
    /// - Throws: ``Invalid`` if the name is empty, if nothing is counted apart, or if connections are counted by something that is not known
    ///   yet when a client connects.
    public init(
        _ name: String, _ quantity: Quantity, by parts: Set<Part>, _ allowance: RateAllowance
    ) throws(Invalid) {
        let shown = Evidence(name)
        guard !name.isEmpty else { throw Invalid(description: "a rate rule needs a name") }
        guard !parts.isEmpty else {
            throw Invalid(
                description: "rate rule \"\(shown)\" counts by nothing; give one or more of "
                    + Part.allCases.map(\.rawValue).joined(separator: ", "))
        }
        if quantity == .connections,
            let unknown = Part.allCases.first(where: { parts.contains($0) && $0 != .client && $0 != .network })
        {
            throw Invalid(
                description:
                    "rate rule \"\(shown)\" counts connections by \(unknown.rawValue), which is not known when a client "
                    + "connects; connections are counted by client, network, or both")
        }
        self.init(trusted: name, quantity, by: parts, allowance)
    }

    private init(trusted name: String, _ quantity: Quantity, by parts: Set<Part>, _ allowance: RateAllowance) {
        self.name = name
        self.quantity = quantity
        self.parts = parts
        self.allowance = allowance
        purpose = StoreKey("rate/\(name)")
    }

    /// 5 connections a second of a client address.
    public static let connectionsPerClient = RateRule(
        trusted: "connections-per-client", .connections, by: [.client], RateAllowance(5, per: .seconds(1)))
    /// 100 messages a minute of a client address.
    public static let messagesPerClient = RateRule(
        trusted: "messages-per-client", .messages, by: [.client], RateAllowance(100, per: .seconds(60)))
    /// 25 messages an hour from a sender's domain to a recipient.
    public static let messagesPerCorrespondence = RateRule(
        trusted: "messages-per-correspondence", .messages, by: [.senderDomain, .recipient],
        RateAllowance(25, per: .seconds(3_600)))

    var countsByRecipient: Bool { parts.contains(.recipient) || parts.contains(.recipientDomain) }
    var countsBySender: Bool { parts.contains(.sender) || parts.contains(.senderDomain) }

    /// The stages at which the rule has to be asked.
    var stages: StageSet {
        switch quantity {
        case .connections: .connection
        case .messages: countsByRecipient ? .recipient : .sender
        case .recipients: .recipient
        case .octets: countsByRecipient ? [.sender, .recipient, .reply, .data, .content] : [.sender, .data, .content]
        }
    }
}
