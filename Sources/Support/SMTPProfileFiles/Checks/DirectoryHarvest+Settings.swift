public import SMTPDirectoryHarvest
import SMTPSecurity

extension DirectoryHarvest: ConfigurableCheck {
    /// The rule, recipients, exemptions.
    public static var settings: [Setting<DirectoryHarvest>] {
        [
            Setting(
                "window", \.changeableRule.window, .duration(atLeast: .milliseconds(1), atMost: .seconds(86_400)),
                "How long refused recipients are counted."),
            Setting(
                "limit", \.changeableRule.limit, .number(1...1_000_000),
                "Refused recipients in a window that are too many."),
            Setting(
                "share-minimum", \.changeableRule.shareMinimum, .number(1...1_000_000),
                "Recipients in a window from which on the share of refused ones counts."),
            Setting(
                "share-percent", \.changeableRule.sharePercent, .number(1...101),
                "The share of refused ones that is too much, in percent; 101 for none."),
            Setting(
                "penalty", \.changeableRule.penalty,
                .duration(atLeast: .milliseconds(1), atMost: .seconds(366 * 86_400)),
                "How long too many are held against somebody."),
            .set("scopes", \.scopes, of: .word, "Whose refused recipients are counted."),
            .ipv4PrefixLength(\.ipv4PrefixLength), .ipv6PrefixLength(\.ipv6PrefixLength),
            Setting(
                "counts-unverified-sender-domains", \.countsUnverifiedSenderDomains, .flag,
                "Whether sender domains count for which SPF does not authorise the client."),
            .file(
                "recipients", \.recipients, none: nil,
                parse: { text throws(RecipientList.ParseError) in try RecipientList(parsing: text) },
                "The file of the recipients there are: user@domain, or @domain, on each line."),
            Setting(
                "raises-unknown-recipient-during-penalty", \.raisesUnknownRecipientDuringPenalty, .flag,
                "Whether a recipient that the list does not have is told beside a penalty."),
            Setting(
                "exempts-authenticated-clients", \.exemptsAuthenticatedClients, .flag,
                "Whether clients that have authenticated are left out."),
            Setting("exempt-networks", \.exemptNetworks, .list(of: .network), "Clients that are left out."),
            Setting(
                "tarpit", \.tarpit, .duration(atMost: .seconds(300)), "How long answers during a penalty are held back."
            ),
            Setting("deadline", \.deadline, .checkTime, "How long the store may take."),
            Setting("failure-mode", \.failureMode, .word, "What happens when the store cannot be asked."),
        ]
    }

    /// The rule, part by part.
    private struct Rule {
        var window: Duration
        var limit: Int
        var shareMinimum: Int
        var sharePercent: Int
        var penalty: Duration
    }

    private var changeableRule: Rule {
        get {
            Rule(
                window: rule.window, limit: rule.limit, shareMinimum: rule.shareMinimum,
                sharePercent: rule.sharePercent,
                penalty: rule.penalty)
        }
        set {
            rule = TallyRule(
                window: newValue.window, limit: newValue.limit, shareMinimum: newValue.shareMinimum,
                sharePercent: newValue.sharePercent, penalty: newValue.penalty)
        }
    }
}
