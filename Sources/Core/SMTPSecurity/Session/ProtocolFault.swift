/// Something in a session that the protocol does not allow, as the engine detected it.
///
/// The engine detects and, where it cannot go on, refuses. Whether a fault is a *violation*, with which flags, is for
/// a check to say: `SMTPProtocolCompliance` names every kind.
public struct ProtocolFault: Sendable, Hashable {
    /// What is not allowed.
    public enum Kind: Sendable, Hashable {
        /// The line is not a command.
        case syntax(CommandParseError)
        /// A well-formed command with a verb that nobody knows.
        case unknownCommand
        /// A known command that this session does not offer.
        case notOffered(Verb)
        /// A command at a point where RFC 5321 §4.1.4 does not have it.
        case outOfSequence(Verb)
        /// A command line over its limit (RFC 5321 §4.5.3.1.4).
        case commandLineTooLong
        /// A carriage return that no line feed follows, in a command line.
        case bareCarriageReturnInCommand
        /// A line feed that no carriage return precedes, ending a command line.
        case bareLineFeedInCommand
        /// A NUL octet in a command line.
        case nulInCommand
        /// A parameter whose extension was not offered.
        case parameterNotOffered(ParameterKeyword)
        /// Octets above 127 in a command without `SMTPUTF8` (RFC 6531 §3.3).
        case nonASCIIWithoutSMTPUTF8
        /// Deviations that the canonical form removes.
        case lenientSyntax(Leniencies)
        /// `SIZE=` announces more than the limit (RFC 1870 §6.1).
        case announcedSizeTooLarge
        /// More recipients than the limit (RFC 5321 §4.5.3.1.10).
        case tooManyRecipients
        /// Input before the greeting was sent.
        case earlyTalker
        /// Input after a command that has to be the last of its group (RFC 2920 §3.1), or without `PIPELINING`.
        case unauthorizedPipelining(Verb)
        /// Input between `STARTTLS` and the handshake.
        case plaintextAfterSTARTTLS
        /// The opening of another protocol: an HTTP request, a TLS ClientHello.
        case foreignProtocol
        /// A message header field where a command belongs.
        case headerAsCommand
        /// A carriage return that no line feed follows, in message data.
        case bareCarriageReturnInData
        /// A line feed that no carriage return precedes, in message data.
        case bareLineFeedInData
        /// A NUL octet in message data.
        case nulInData
        /// A text line over its limit (RFC 5321 §4.5.3.1.6).
        case textLineTooLong
        /// Octets above 127 in message data without `BODY=8BITMIME` (RFC 6152 §3).
        case eightBitDataWithout8BITMIME
        /// A message over the limit.
        case messageTooLarge
        /// `DATA` after `BDAT`, `MAIL` or `RCPT` between chunks (RFC 3030 §2).
        case mixedDataAndChunks(Verb)
        /// An `AUTH` response that is not base64 (RFC 4954 §4).
        case malformedAuthenticationResponse
        /// More errors than the budget.
        case tooManyErrors
        /// More junk commands than the budget.
        case tooManyJunkCommands
        /// Silence over the limit.
        case idleTimeout
        /// A command line that took too long to arrive.
        case commandTimeout
        /// Message data below the lowest rate.
        case slowData
        /// A session over its limit.
        case sessionTimeout
    }

    /// What is not allowed.
    public var kind: Kind
    /// What shows it.
    public var evidence: Evidence
    /// What the engine answers where it cannot go on.
    public var reply: Reply
    /// Whether the engine cannot go on: what raised the fault is refused whatever a check says of it.
    public var isFatal: Bool
    /// Whether the engine ends the session after a fatal fault.
    public var closesSession: Bool
    /// Whether the engine repaired it: what goes on is in canonical form.
    public var isRepaired: Bool

    init(
        _ kind: Kind, evidence: Evidence = .none, reply: Reply, isFatal: Bool = true, closesSession: Bool = false,
        isRepaired: Bool = false
    ) {
        self.kind = kind
        self.evidence = evidence
        self.reply = reply
        self.isFatal = isFatal
        self.closesSession = closesSession
        self.isRepaired = isRepaired
    }
}
