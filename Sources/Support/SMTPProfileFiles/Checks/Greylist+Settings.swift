public import SMTPGreylist
import SMTPSecurity

extension Greylist: ConfigurableCheck {
    /// Times, exemptions.
    public static var settings: [Setting<Greylist>] {
        let year = Duration.seconds(366 * 86_400)
        return [
            Setting(
                "delay", \.rule.delay, .duration(atLeast: .seconds(1), atMost: .seconds(86_400)),
                "How long a sender that nobody knows has to wait."),
            Setting(
                "retry-window", \.rule.retryWindow, .duration(atLeast: .seconds(86_400), atMost: year),
                "How long it has to come back."),
            Setting(
                "lifetime", \.rule.lifetime, .duration(atLeast: .seconds(86_400), atMost: year),
                "How long it is known then."),
            Setting(
                "trusted-after", \.rule.trustedAfter, .number(0...1_000_000),
                "After how many senders the rest of a network passes at once; 0 for never."),
            .ipv4PrefixLength(\.ipv4PrefixLength), .ipv6PrefixLength(\.ipv6PrefixLength),
            Setting(
                "recognizes-providers", \.recognizesProviders, .flag,
                "Whether a sender is also known by the domain whose SPF policy authorises its client."),
            Setting(
                "recognizes-host-domains", \.recognizesHostDomains, .flag,
                "Whether a sender is also known by the domain of its client's host name."),
            Setting("exempt-networks", \.exemptNetworks, .list(of: .network), "Clients that do not wait."),
            Setting(
                "exempt-host-domains", \.exemptHostDomains, .list(of: .domain),
                "Domains whose clients, by host name, do not wait."),
            Setting(
                "exempt-providers", \.exemptProviders, .list(of: .domain),
                "Domains that do not wait where their SPF policy authorises the client."),
            Setting(
                "exempt-sender-domains", \.exemptSenderDomains, .list(of: .domain), "Sender domains that do not wait."),
            Setting(
                "exempt-recipient-domains", \.exemptRecipientDomains, .list(of: .domain),
                "Recipient domains that do not want this."),
            Setting(
                "exempts-authenticated-clients", \.exemptsAuthenticatedClients, .flag,
                "Whether clients that have authenticated do not wait."),
            Setting("failure-mode", \.failureMode, .word, "What happens when the store cannot be asked."),
            Setting("deadline", \.deadline, .checkTime, "How long the store may take."),
        ]
    }
}
