public import SMTPSecurity

extension SenderValidation {
    /// The sender, its domain, or the client is in the list of those who are not wanted.
    public static var disallowed: ViolationDefinition { SenderViolations.disallowed }
    /// The sender's domain has neither mail exchanges nor addresses.
    public static var unresolvableDomain: ViolationDefinition { SenderViolations.unresolvableDomain }
    /// The sender's domain says that it has no mail (RFC 7505).
    public static var nullExchange: ViolationDefinition { SenderViolations.nullExchange }
    /// The client's name is neither a name of two labels nor an address.
    public static var unqualifiedGreeting: ViolationDefinition { SenderViolations.unqualifiedGreeting }
    /// The client's name has neither addresses nor mail exchanges.
    public static var unresolvableGreeting: ViolationDefinition { SenderViolations.unresolvableGreeting }
    /// The client's name is not one of its address.
    public static var mismatchedGreeting: ViolationDefinition { SenderViolations.mismatchedGreeting }
    /// The client's address has no name.
    public static var missingReverseName: ViolationDefinition { SenderViolations.missingReverseName }
    /// No name of the client's address leads back to it.
    public static var unconfirmedReverseName: ViolationDefinition { SenderViolations.unconfirmedReverseName }
}

enum SenderViolations {
    static let name = "sender-validation"

    static let disallowed = definition(
        "disallowed", "The sender or the client is not wanted.", .alarmAndBlock,
        Reply(550, .init(5, 7, 1), "Mail from you is not accepted here"))
    static let unresolvableDomain = definition(
        "domain-unresolvable", "The sender's domain has neither mail exchanges nor addresses.", .alarmAndBlock,
        Reply(550, .init(5, 1, 8), "The sender's domain does not exist, or cannot receive mail"))
    static let nullExchange = definition(
        "domain-null-mx", "The sender's domain says that it has no mail (RFC 7505).", .alarmAndBlock,
        Reply(550, .init(5, 7, 27), "The sender's domain does not accept mail (null MX)"))
    static let unqualifiedGreeting = definition(
        "helo-unqualified", "The client's name is neither a name of two labels nor an address.", .alarmOnly,
        Reply(550, .init(5, 5, 2), "Greet with a fully-qualified name"))
    static let unresolvableGreeting = definition(
        "helo-unresolvable", "The client's name has neither addresses nor mail exchanges.", .alarmOnly,
        Reply(550, .init(5, 7, 1), "The name that you greeted with does not exist"))
    static let mismatchedGreeting = definition(
        "helo-mismatch", "The client's name does not lead to its address.", .alarmOnly,
        Reply(550, .init(5, 7, 1), "The name that you greeted with is not yours"))
    static let missingReverseName = definition(
        "reverse-missing", "The client's address has no name.", .alarmOnly,
        Reply(550, .init(5, 7, 25), "Your address has no reverse DNS name"))
    static let unconfirmedReverseName = definition(
        "reverse-unconfirmed", "No name of the client's address leads back to it.", .alarmOnly,
        Reply(550, .init(5, 7, 25), "The reverse DNS name of your address does not lead back to it"))

    static let all = [
        disallowed, unresolvableDomain, nullExchange, unqualifiedGreeting, unresolvableGreeting, mismatchedGreeting,
        missingReverseName, unconfirmedReverseName,
    ]

    private static func definition(
        _ name: String, _ summary: String, _ enforcement: Enforcement, _ reply: Reply
    ) -> ViolationDefinition {
        ViolationDefinition(check: Self.name, name: name, summary: summary, enforcement: enforcement, reply: reply)
    }
}
