public import SMTPSecurity

/// Stops clients that try out recipients to find out which exist.
///
/// It counts the recipients that are refused, by the server behind or by a list, among all that are answered, and
/// `VRFY` and `EXPN` with them. A client, network or sender domain with too many gets a penalty: for its time every
/// recipient, whether it exists or not, gets the same temporary answer before anybody behind is asked. Honest mail is
/// late, not lost; a harvester learns nothing.
///
/// ```swift
/// var harvest = DirectoryHarvest(store: store)
/// harvest.recipients = try RecipientList(parsing: text)
/// harvest.tarpit = .seconds(10)
/// ```
///
/// Penalties are in the store, so they hold for every session that uses it.
public struct DirectoryHarvest: SecurityCheck {
    /// Whose outcomes are counted together.
    public enum Scope: String, Sendable, Hashable, CaseIterable {
        /// The client's address.
        case client
        /// The client's network, see ``DirectoryHarvest/ipv4PrefixLength`` and ``DirectoryHarvest/ipv6PrefixLength``.
        case network
        /// The domain of the reverse-path, if SPF authorises the client for it, see
        /// ``DirectoryHarvest/countsUnverifiedSenderDomains``.
        case senderDomain
    }

    /// `directory-harvest`.
    public static let name = "directory-harvest"

    /// What everybody gets to hear while a penalty is in force. It says nothing of the recipient, and never changes.
    private static let uniformReply = Reply(
        451, EnhancedStatusCode(4, 7, 1), "Too many recipients were refused, try again later")

    /// Too many recipients were refused: the penalty begins. Raised once for each penalty, at the outcome that is one
    /// too many.
    ///
    /// While the penalty lasts, what follows raises ``penalized``; a profile that does not block the one should not
    /// block the other.
    public static let harvest = ViolationDefinition(
        check: name, name: "harvest", summary: "The client tries out which recipients exist.", reply: uniformReply)

    /// A recipient, or a `VRFY` or `EXPN`, while a penalty is in force: the consequence of ``harvest``, counted apart
    /// from it.
    public static let penalized = ViolationDefinition(
        check: name, name: "penalized", summary: "The client tried out recipients before, and has to wait.",
        reply: uniformReply)

    /// A recipient that the list of recipients does not have (RFC 5321 §3.3).
    public static let unknownRecipient = ViolationDefinition(
        check: name, name: "unknown-recipient", summary: "The recipient does not exist.",
        reply: Reply(550, EnhancedStatusCode(5, 1, 1), "No such recipient here"))

    /// All three.
    public static let violations = [harvest, penalized, unknownRecipient]

    /// `RCPT` and the replies to it; `VRFY` and `EXPN`, and the faults that hide them.
    public static let stages: StageSet = [.recipient, .reply, .otherCommand, .fault]

    /// Remembers outcomes and penalties.
    public var store: any TallyStore
    /// How many refused recipients are too many, and how long that is held against somebody: 20 in a minute, or 80 % of
    /// at least 10; for 10 minutes.
    public var rule = TallyRule(
        window: .seconds(60), limit: 20, shareMinimum: 10, sharePercent: 80, penalty: .seconds(600))
    /// Whose outcomes are counted. All scopes by default.
    public var scopes = Set(Scope.allCases)
    /// How many bits of an IPv4 address are its network.
    public var ipv4PrefixLength = 24
    /// How many bits of an IPv6 address are its network: 64 is what one customer has at least.
    public var ipv6PrefixLength = 64
    /// Whether sender domains count for which SPF does not authorise the client (`SPFResultFact`). No by default:
    /// anybody can write a stranger's domain into `MAIL`, and would lock it out.
    public var countsUnverifiedSenderDomains = false
    /// Which recipients there are; `nil` to leave that to the server behind.
    public var recipients: RecipientList?
    /// Whether a recipient that the list does not have raises ``unknownRecipient`` beside ``harvest`` or ``penalized``.
    ///
    /// No by default: one answer decides, and even the numbers of Support IDs say nothing of a recipient. A profile in
    /// which these two only alarm wants yes, for what is not in the list would pass otherwise while a penalty lasts.
    public var raisesUnknownRecipientDuringPenalty = false
    /// Whether clients that have authenticated are left out: neither counted nor penalised. The list of recipients
    /// holds for them.
    public var exemptsAuthenticatedClients = false
    /// Networks whose clients are left out: neither counted nor penalised. The list of recipients holds for them.
    public var exemptNetworks: [IPNetwork] = []
    /// How long the answer is held back when a penalty begins and while it is in force (a tarpit); `.zero` for no wait.
    public var tarpit = Duration.zero
    /// How long the store may take for one evaluation.
    public var deadline = Duration.seconds(2)
    /// What happens where the store cannot be asked. Open by default: mail goes on, uncounted. Recipients that the list
    /// does not have are refused then too, unless it was the deadline that passed.
    public var failureMode = FailureMode.open

    /// A check that remembers in this store.
    public init(store: any TallyStore) { self.store = store }

    /// Nothing is known yet.
    public func makeSessionState(for connection: ConnectionInfo) -> HarvestState { HarvestState() }
}
