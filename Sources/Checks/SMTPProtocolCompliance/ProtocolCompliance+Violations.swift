public import SMTPSecurity

/// What ``ProtocolCompliance`` can raise. The session engine words each reply for the occurrence; these are the defaults.
extension ProtocolCompliance {
    /// The line is not a command.
    public static let malformedCommand = ViolationDefinition(
        check: name, name: "malformed-command",
        summary: "The line is not a command.",
        reply: Reply(500, EnhancedStatusCode(5, 5, 2), "Syntax error, command not recognised"))

    /// A command has a missing, malformed or surplus argument.
    public static let malformedArgument = ViolationDefinition(
        check: name, name: "malformed-argument",
        summary: "A command has a missing, malformed or surplus argument.",
        reply: Reply(501, EnhancedStatusCode(5, 5, 4), "Missing or invalid argument"))

    /// A path does not follow RFC 5321 §4.1.2.
    public static let malformedAddress = ViolationDefinition(
        check: name, name: "malformed-address",
        summary: "A path does not follow RFC 5321 §4.1.2.",
        reply: Reply(501, EnhancedStatusCode(5, 1, 3), "Bad address syntax"))

    /// A local part, domain or path exceeds RFC 5321 §4.5.3.1.
    public static let addressTooLong = ViolationDefinition(
        check: name, name: "address-too-long",
        summary: "A local part, domain or path exceeds RFC 5321 §4.5.3.1.",
        reply: Reply(501, EnhancedStatusCode(5, 1, 3), "Address too long"))

    /// An ESMTP parameter is malformed, misplaced or repeated.
    public static let malformedParameter = ViolationDefinition(
        check: name, name: "malformed-parameter",
        summary: "An ESMTP parameter is malformed, misplaced or repeated.",
        reply: Reply(501, EnhancedStatusCode(5, 5, 4), "Invalid parameter"))

    /// A BDAT command has no valid chunk size (RFC 3030 §2).
    public static let malformedChunk = ViolationDefinition(
        check: name, name: "malformed-chunk",
        summary: "A BDAT command has no valid chunk size (RFC 3030 §2).",
        reply: Reply(501, EnhancedStatusCode(5, 5, 4), "Invalid chunk size"))

    /// An AUTH command or response is malformed (RFC 4954 §4).
    public static let malformedAuthentication = ViolationDefinition(
        check: name, name: "malformed-authentication",
        summary: "An AUTH command or response is malformed (RFC 4954 §4).",
        reply: Reply(501, EnhancedStatusCode(5, 5, 2), "Cannot decode the AUTH argument"))

    /// A command holds a control character.
    public static let controlCharacterInCommand = ViolationDefinition(
        check: name, name: "control-character-in-command",
        summary: "A command holds a control character.",
        reply: Reply(500, EnhancedStatusCode(5, 5, 2), "Control character in command"))

    /// A command holds octets that are not UTF-8 (RFC 6531 §3.3).
    public static let invalidUTF8 = ViolationDefinition(
        check: name, name: "invalid-utf8",
        summary: "A command holds octets that are not UTF-8 (RFC 6531 §3.3).",
        reply: Reply(500, EnhancedStatusCode(5, 5, 2), "Invalid UTF-8 in command"))

    /// The client used an extension that was not offered.
    public static let commandNotOffered = ViolationDefinition(
        check: name, name: "command-not-offered",
        summary: "The client used an extension that was not offered.",
        reply: Reply(502, EnhancedStatusCode(5, 5, 1), "Command not implemented"))

    /// A command at a point where RFC 5321 §4.1.4 does not have it.
    public static let badSequence = ViolationDefinition(
        check: name, name: "bad-sequence",
        summary: "A command at a point where RFC 5321 §4.1.4 does not have it.",
        reply: Reply(503, EnhancedStatusCode(5, 5, 1), "Bad sequence of commands"))

    /// A command line exceeds RFC 5321 §4.5.3.1.4 and the allowances of the extensions offered.
    public static let commandLineTooLong = ViolationDefinition(
        check: name, name: "command-line-too-long",
        summary: "A command line exceeds RFC 5321 §4.5.3.1.4 and the allowances of the extensions offered.",
        reply: Reply(500, EnhancedStatusCode(5, 5, 2), "Line too long"))

    /// A command holds a carriage return that no line feed follows.
    public static let bareCarriageReturnInCommand = ViolationDefinition(
        check: name, name: "bare-cr-in-command",
        summary: "A command holds a carriage return that no line feed follows.",
        reply: Reply(521, EnhancedStatusCode(5, 5, 2), "Bare carriage return received"), closesSession: true)

    /// A command ends in a line feed that no carriage return precedes.
    public static let bareLineFeedInCommand = ViolationDefinition(
        check: name, name: "bare-lf-in-command",
        summary: "A command ends in a line feed that no carriage return precedes.",
        reply: Reply(521, EnhancedStatusCode(5, 5, 2), "Bare line feed received"), closesSession: true)

    /// A command holds a NUL octet.
    public static let nulInCommand = ViolationDefinition(
        check: name, name: "nul-in-command",
        summary: "A command holds a NUL octet.",
        reply: Reply(521, EnhancedStatusCode(5, 5, 2), "NUL octet received"), closesSession: true)

    /// Message data holds a carriage return that no line feed follows.
    public static let bareCarriageReturnInData = ViolationDefinition(
        check: name, name: "bare-cr-in-data",
        summary: "Message data holds a carriage return that no line feed follows.",
        reply: Reply(550, EnhancedStatusCode(5, 5, 2), "Bare carriage return in message data"))

    /// Message data holds a line feed that no carriage return precedes.
    public static let bareLineFeedInData = ViolationDefinition(
        check: name, name: "bare-lf-in-data",
        summary: "Message data holds a line feed that no carriage return precedes.",
        reply: Reply(550, EnhancedStatusCode(5, 5, 2), "Bare line feed in message data"))

    /// Message data holds a NUL octet.
    public static let nulInData = ViolationDefinition(
        check: name, name: "nul-in-data",
        summary: "Message data holds a NUL octet.",
        reply: Reply(550, EnhancedStatusCode(5, 5, 2), "NUL octet in message data"))

    /// A parameter belongs to an extension that was not offered.
    public static let parameterNotOffered = ViolationDefinition(
        check: name, name: "parameter-not-offered",
        summary: "A parameter belongs to an extension that was not offered.",
        reply: Reply(555, EnhancedStatusCode(5, 5, 4), "Parameter not recognised or not offered"))

    /// A command holds octets above 127 without SMTPUTF8 (RFC 6531 §3.3).
    public static let nonASCIIEnvelope = ViolationDefinition(
        check: name, name: "non-ascii-envelope",
        summary: "A command holds octets above 127 without SMTPUTF8 (RFC 6531 §3.3).",
        reply: Reply(553, EnhancedStatusCode(5, 6, 7), "Non-ASCII addresses need SMTPUTF8"))

    /// A command deviates from the grammar in a harmless way that its canonical form removes.
    public static let lenientSyntax = ViolationDefinition(
        check: name, name: "lenient-syntax",
        summary: "A command deviates from the grammar in a harmless way that its canonical form removes.",
        enforcement: .alarmOnly,
        reply: Reply(501, EnhancedStatusCode(5, 5, 2), "Syntax error"))

    /// A path has a source route (RFC 5321 appendix C), which is removed.
    public static let sourceRoute = ViolationDefinition(
        check: name, name: "source-route",
        summary: "A path has a source route (RFC 5321 appendix C), which is removed.", enforcement: .alarmOnly,
        reply: Reply(501, EnhancedStatusCode(5, 5, 2), "Syntax error"))

    /// The greeting name is neither a domain nor an address literal (RFC 5321 §4.1.1.1).
    public static let improperGreetingName = ViolationDefinition(
        check: name, name: "improper-greeting-name",
        summary: "The greeting name is neither a domain nor an address literal (RFC 5321 §4.1.1.1).",
        enforcement: .alarmOnly,
        reply: Reply(501, EnhancedStatusCode(5, 5, 2), "Syntax error"))

    /// SIZE announces more than the limit (RFC 1870 §6.1).
    public static let announcedSizeTooLarge = ViolationDefinition(
        check: name, name: "announced-size-too-large",
        summary: "SIZE announces more than the limit (RFC 1870 §6.1).",
        reply: Reply(552, EnhancedStatusCode(5, 3, 4), "Message size exceeds the limit"))

    /// A message exceeds the limit.
    public static let messageTooLarge = ViolationDefinition(
        check: name, name: "message-too-large",
        summary: "A message exceeds the limit.",
        reply: Reply(552, EnhancedStatusCode(5, 3, 4), "Message size exceeds the limit"))

    /// A transaction exceeds the number of recipients.
    public static let tooManyRecipients = ViolationDefinition(
        check: name, name: "too-many-recipients",
        summary: "A transaction exceeds the number of recipients.",
        reply: Reply(452, EnhancedStatusCode(4, 5, 3), "Too many recipients"))

    /// The client spoke before the greeting (RFC 5321 §3.1).
    public static let earlyTalker = ViolationDefinition(
        check: name, name: "early-talker",
        summary: "The client spoke before the greeting (RFC 5321 §3.1).",
        reply: Reply(554, EnhancedStatusCode(5, 5, 0), "Spoke before the greeting"), closesSession: true)

    /// The client sent input after a command that has to be the last of its group (RFC 2920 §3.1).
    public static let unauthorizedPipelining = ViolationDefinition(
        check: name, name: "unauthorized-pipelining",
        summary: "The client sent input after a command that has to be the last of its group (RFC 2920 §3.1).",
        reply: Reply(503, EnhancedStatusCode(5, 5, 0), "Improper use of command pipelining"), closesSession: true)

    /// The client sent plain text between STARTTLS and the handshake (RFC 3207 §5).
    public static let plaintextAfterSTARTTLS = ViolationDefinition(
        check: name, name: "plaintext-after-starttls",
        summary: "The client sent plain text between STARTTLS and the handshake (RFC 3207 §5).",
        reply: Reply(554, EnhancedStatusCode(5, 5, 0), "Input after STARTTLS"), closesSession: true)

    /// The client speaks another protocol: HTTP, or TLS where it was not asked for.
    public static let foreignProtocol = ViolationDefinition(
        check: name, name: "foreign-protocol",
        summary: "The client speaks another protocol: HTTP, or TLS where it was not asked for.",
        reply: Reply(554, EnhancedStatusCode(5, 5, 1), "This is an SMTP service"), closesSession: true)

    /// A message header field stands where a command belongs.
    public static let headerAsCommand = ViolationDefinition(
        check: name, name: "header-as-command",
        summary: "A message header field stands where a command belongs.",
        reply: Reply(500, EnhancedStatusCode(5, 5, 2), "Message header received where a command belongs"),
        closesSession: true)

    /// A line of message data exceeds RFC 5321 §4.5.3.1.6.
    public static let textLineTooLong = ViolationDefinition(
        check: name, name: "text-line-too-long",
        summary: "A line of message data exceeds RFC 5321 §4.5.3.1.6.",
        reply: Reply(550, EnhancedStatusCode(5, 6, 0), "Text line too long"))

    /// Message data holds octets above 127 without BODY=8BITMIME (RFC 6152 §3).
    public static let eightBitData = ViolationDefinition(
        check: name, name: "eight-bit-data",
        summary: "Message data holds octets above 127 without BODY=8BITMIME (RFC 6152 §3).", enforcement: .alarmOnly,
        reply: Reply(550, EnhancedStatusCode(5, 6, 1), "8-bit data without BODY=8BITMIME"))

    /// DATA, MAIL or RCPT between the chunks of a message (RFC 3030 §2).
    public static let mixedDataAndChunks = ViolationDefinition(
        check: name, name: "mixed-data-and-chunks",
        summary: "DATA, MAIL or RCPT between the chunks of a message (RFC 3030 §2).",
        reply: Reply(503, EnhancedStatusCode(5, 5, 1), "BDAT is in progress"))

    /// The session used up its budget of refused commands.
    public static let tooManyErrors = ViolationDefinition(
        check: name, name: "too-many-errors",
        summary: "The session used up its budget of refused commands.",
        reply: Reply(421, EnhancedStatusCode(4, 7, 0), "Too many errors"), closesSession: true)

    /// The session used up its budget of commands that achieve nothing.
    public static let tooManyJunkCommands = ViolationDefinition(
        check: name, name: "too-many-junk-commands",
        summary: "The session used up its budget of commands that achieve nothing.",
        reply: Reply(421, EnhancedStatusCode(4, 7, 0), "Too many idle commands"), closesSession: true)

    /// The client was silent for too long.
    public static let idleTimeout = ViolationDefinition(
        check: name, name: "idle-timeout",
        summary: "The client was silent for too long.",
        reply: Reply(421, EnhancedStatusCode(4, 4, 2), "Idle for too long"), closesSession: true)

    /// A command took too long to arrive.
    public static let commandTimeout = ViolationDefinition(
        check: name, name: "command-timeout",
        summary: "A command took too long to arrive.",
        reply: Reply(421, EnhancedStatusCode(4, 4, 2), "Command took too long"), closesSession: true)

    /// Message data arrived below the lowest rate.
    public static let slowData = ViolationDefinition(
        check: name, name: "slow-data",
        summary: "Message data arrived below the lowest rate.",
        reply: Reply(421, EnhancedStatusCode(4, 4, 2), "Data arrives too slowly"), closesSession: true)

    /// The session took too long.
    public static let sessionTimeout = ViolationDefinition(
        check: name, name: "session-timeout",
        summary: "The session took too long.",
        reply: Reply(421, EnhancedStatusCode(4, 4, 2), "Session too long"), closesSession: true)

    /// All of them.
    public static let violations: [ViolationDefinition] = [
        malformedCommand, malformedArgument, malformedAddress, addressTooLong, malformedParameter, malformedChunk,
        malformedAuthentication, controlCharacterInCommand, invalidUTF8, commandNotOffered, badSequence,
        commandLineTooLong, bareCarriageReturnInCommand, bareLineFeedInCommand, nulInCommand,
        bareCarriageReturnInData, bareLineFeedInData, nulInData, parameterNotOffered, nonASCIIEnvelope,
        lenientSyntax, sourceRoute, improperGreetingName, announcedSizeTooLarge, messageTooLarge,
        tooManyRecipients, earlyTalker, unauthorizedPipelining, plaintextAfterSTARTTLS, foreignProtocol,
        headerAsCommand, textLineTooLong, eightBitData, mixedDataAndChunks, tooManyErrors, tooManyJunkCommands,
        idleTimeout, commandTimeout, slowData, sessionTimeout,
    ]
}
