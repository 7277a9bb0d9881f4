public import SMTPSecurity

extension AntivirusCheck {
    /// Malware was found.
    public static let infected = definition(
        "infected", "The message contains malware.", .alarmAndBlock,
        Reply(550, .init(5, 7, 1), "The message contains malware"))
    /// The message, or a part of it, is larger than what is scanned.
    public static let tooLarge = definition(
        "unscanned-too-large", "Something is too large to be scanned.", .alarmAndBlock,
        Reply(552, .init(5, 3, 4), "The message is too large to be scanned"))
    /// Something is encrypted, so that nobody can look into it.
    public static let encrypted = definition(
        "unscanned-encrypted", "Something is encrypted and cannot be scanned.", .alarmOnly,
        Reply(550, .init(5, 7, 1), "Encrypted files are not accepted"))
    /// Something exceeds a limit of the scanner: an archive that expands too far, is nested too deep, or has too many files; or too many parts.
    public static let limitExceeded = definition(
        "unscanned-limit-exceeded", "Something exceeds a limit of the virus scanner.", .alarmAndBlock,
        Reply(550, .init(5, 7, 1), "The message is too complex to be scanned"))
    /// Scanning took too long. The check's failure mode says what becomes of the message.
    public static let timedOut = definition(
        "unscanned-deadline", "Scanning took too long.", .alarmOnly,
        Reply(451, .init(4, 7, 1), "The message could not be scanned in time"))
    /// The scanner is away, or its answer makes no sense. The check's failure mode says what becomes of the message.
    public static let scannerUnavailable = definition(
        "unscanned-unavailable", "The virus scanner is not available.", .alarmOnly,
        Reply(451, .init(4, 7, 1), "The message cannot be scanned now"))
    /// Readers of mail see different things in the message: what its recipient gets to see may not be what was scanned.
    public static let anomalous = definition(
        "anomalous", "The message can be read in ways that were not scanned.", .alarmAndBlock,
        Reply(550, .init(5, 6, 0), "The message is ambiguous: not all of it can be scanned"))

    /// See the definitions in this type.
    public static let violations = [
        infected, tooLarge, encrypted, limitExceeded, timedOut, scannerUnavailable, anomalous,
    ]

    private static func definition(
        _ name: String, _ summary: String, _ enforcement: Enforcement, _ reply: Reply
    ) -> ViolationDefinition {
        ViolationDefinition(check: Self.name, name: name, summary: summary, enforcement: enforcement, reply: reply)
    }
}
