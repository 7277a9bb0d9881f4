/// What a check may know of the session that an event belongs to.
public struct SessionContext: Sendable {
    /// The client's connection.
    public let connection: ConnectionInfo
    /// The time of the event.
    public internal(set) var now: Timestamp
    /// The verb of the greeting: `HELO`, `EHLO` or `LHLO`; `nil` before it.
    public internal(set) var greeting: Verb?
    /// The argument of the greeting as written; empty before it.
    public internal(set) var greetingName: [UInt8] = []
    /// Whether TLS protects the connection.
    public internal(set) var isEncrypted = false
    /// Whether the client has authenticated.
    public internal(set) var isAuthenticated = false
    /// The user that the client has authenticated as, in octets as the client sent them, at most 255; empty where there
    /// is none, or where the exchange does not say. ``AuthenticationIdentity`` finds it out.
    public internal(set) var authenticatedUser: [UInt8] = []
    /// The extensions offered to the client in this session.
    public internal(set) var offeredExtensions = SMTPExtensions()
    /// How many transactions the client has started.
    public internal(set) var transactionCount = 0
    /// The transaction in progress, from an accepted `MAIL` to the end of its message.
    public internal(set) var isInTransaction = false
    /// The reverse-path of the transaction in progress as written, without angle brackets and source route: empty for `<>`.
    public internal(set) var reversePath: [UInt8] = []
    /// How many recipients of the transaction in progress were accepted.
    public internal(set) var recipientCount = 0
    /// How many recipients of the transaction in progress were refused.
    public internal(set) var refusedRecipientCount = 0
    /// The body type that `MAIL` declared.
    public internal(set) var body = ParameterValues.Body.absent
    /// Whether `MAIL` declared `SMTPUTF8`.
    public internal(set) var isInternationalized = false
    /// How many octets of content the message in progress has so far.
    public internal(set) var contentLength: UInt64 = 0
    /// What checks have found out about the session, for other checks to use.
    public internal(set) var facts = SessionFacts()

    init(connection: ConnectionInfo) {
        self.connection = connection
        self.now = connection.time
    }
}
