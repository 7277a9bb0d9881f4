/// How the SMTP engine itself behaves: names, limits, budgets and times.
///
/// These hold whether or not any check is registered. The defaults are those of RFC 5321 §4.5.3 and of widely deployed
/// servers.
public struct SessionSettings: Sendable, Hashable {
    /// Whether this side offers TLS (RFC 3207).
    public enum TLS: Sendable, Hashable {
        /// `STARTTLS` is not offered and is refused.
        case unavailable
        /// `STARTTLS` is offered, until the client has authenticated without.
        case offered
        /// `STARTTLS` is offered and only `EHLO`, `HELO`, `NOOP`, `RSET`, `HELP` and `QUIT` work before it.
        case required
    }

    /// Limits on what a client may send, in octets unless said otherwise.
    public struct Limits: Sendable, Hashable {
        /// A command line with its CRLF (RFC 5321 §4.5.3.1.4); each extension's own allowance comes on top.
        public var commandLine = 512
        /// An `AUTH` command or response line with its CRLF (RFC 4954 §4).
        public var authenticationLine = 12_288
        /// A text line without its CRLF (RFC 5321 §4.5.3.1.6).
        public var textLine = 998
        /// A whole message.
        public var message: UInt64 = 52_428_800
        /// Recipients of one transaction (RFC 5321 §4.5.3.1.8).
        public var recipients = 100

        /// The defaults.
        public init() {}
    }

    /// How much misbehaviour a session may show.
    public struct Budgets: Sendable, Hashable {
        /// Refused commands since the last accepted message after which each further reply is delayed.
        public var softErrors = 10
        /// The delay of each reply past ``softErrors``.
        public var softErrorDelay = Duration.seconds(1)
        /// Refused commands since the last accepted message after which the session ends with 421.
        public var hardErrors = 20
        /// Commands that achieve nothing (`NOOP`, `RSET`, `VRFY`, `EXPN`, `HELP`, `ETRN`, a repeated greeting) since the last accepted
        /// message after which the session ends with 421.
        public var junkCommands = 100

        /// The defaults.
        public init() {}
    }

    /// How long a client may take.
    public struct Timeouts: Sendable, Hashable {
        /// Silence between commands, or inside message data (RFC 5321 §4.5.3.2).
        public var idle = Duration.seconds(300)
        /// From a command's first octet to its line end.
        public var command = Duration.seconds(300)
        /// A whole session.
        public var session = Duration.seconds(1_800)
        /// The lowest rate of message data, in octets per second of waiting for the client; 0 for none.
        public var minimumDataRate = 500
        /// How long message data may be slower than ``minimumDataRate`` before it counts.
        public var dataRateGrace = Duration.seconds(10)

        /// The defaults.
        public init() {}
    }

    /// The name this side greets with.
    public var hostname = "localhost"
    /// The name under which the checks' results are written at the top of messages (RFC 8601 §2.5, authserv-id); `nil` where nothing is written.
    ///
    /// Where there is one, `Authentication-Results` fields that claim to be from it, or that cannot be read, are taken out of messages
    /// (RFC 8601 §5). A message grows by the fields that are added, which its declared size does not know of.
    public var authenticationService: String?
    /// Limits in normal operation.
    public var limits = Limits()
    /// Budgets in normal operation.
    public var budgets = Budgets()
    /// Times in normal operation.
    public var timeouts = Timeouts()
    /// Whether sessions run with ``stressBudgets`` and ``stressTimeouts`` because the machine is short of room.
    public var isUnderStress = false
    /// Budgets under stress: one error, one junk command.
    public var stressBudgets: Budgets
    /// Times under stress: 10 seconds.
    public var stressTimeouts: Timeouts
    /// How long the greeting is held back, to catch clients that talk before it; `.zero` sends it at once. 6 seconds is customary.
    public var greetingDelay = Duration.zero
    /// Whether TLS is offered.
    public var tls = TLS.unavailable
    /// The extensions that may be offered to clients. What the other side does not offer is left out all the same.
    public var extensions = SMTPExtensions.relayable
    /// Verbs without a grammar of their own here, in upper case, that are handed to the application all the same: one line, one
    /// reply. Every other unknown verb is refused.
    public var additionalVerbs: Set<String> = []
    /// SASL mechanisms that may be offered.
    ///
    /// None of the defaults adds a security layer to the connection, after which nothing could be parsed any more.
    /// `EXTERNAL` is not among them: behind a proxy it would authenticate the proxy. Nor are the `-PLUS` mechanisms: their
    /// channel binding is to a channel that ends here.
    public var authenticationMechanisms: Set<String> = [
        "PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER",
    ]

    /// How many of the last lines of a session are kept for reports of violations, see ``SessionTranscript``; 0 for none.
    public var transcriptLines = 0
    /// How much is kept, for reports, of a message in which a check found something: its first octets. 0 for nothing but its size and digest.
    public var keptMessageOctets = 0

    /// The defaults.
    public init() {
        stressBudgets = Budgets()
        stressBudgets.softErrors = 1
        stressBudgets.hardErrors = 1
        stressBudgets.junkCommands = 1
        stressTimeouts = Timeouts()
        stressTimeouts.idle = .seconds(10)
        stressTimeouts.command = .seconds(10)
    }

    /// The budgets in force.
    public var effectiveBudgets: Budgets { isUnderStress ? stressBudgets : budgets }
    /// The times in force.
    public var effectiveTimeouts: Timeouts { isUnderStress ? stressTimeouts : timeouts }
}
