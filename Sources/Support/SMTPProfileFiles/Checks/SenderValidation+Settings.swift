public import SMTPMailValidation
public import SMTPSecurity

extension SenderValidation: ConfigurableCheck {
    /// Lists, and what is looked up.
    public static var settings: [Setting<SenderValidation>] {
        [
            .file(
                "disallowed", \.disallowed, none: SenderList(),
                parse: { text throws(SenderList.ParseError) in try SenderList(parsing: text) },
                "The file of senders and clients that are refused."),
            .file(
                "allowed", \.allowed, none: SenderList(),
                parse: { text throws(SenderList.ParseError) in try SenderList(parsing: text) },
                "The file of senders and clients that are not validated."),
            Setting("checks-sender-domain", \.checksSenderDomain, .flag, "Whether the sender's domain is looked up."),
            Setting("checks-greeting-name", \.checksGreetingName, .flag, "Whether the client's greeting is looked up."),
            Setting("checks-reverse-name", \.checksReverseName, .flag, "Whether the client's address is looked up."),
            Setting(
                "exempts-authenticated-clients", \.exemptsAuthenticatedClients, .flag,
                "Whether clients that have authenticated are left out."),
            Setting("failure-mode", \.failureMode, .word, "What happens when the resolver does not answer."),
            Setting("deadline", \.deadline, .checkTime, "How long the questions may take together."),
        ]
    }

    /// Without a resolver nothing is looked up.
    public mutating func adapt(to session: inout SessionSettings, _ resources: ProfileResources) {
        guard resources.resolver == nil else { return }
        checksSenderDomain = false
        checksGreetingName = false
        checksReverseName = false
    }
}
