public import SMTPMailValidation
import SMTPSecurity

extension RecipientValidation: ConfigurableCheck {
    /// For whom mail is taken.
    public static var settings: [Setting<RecipientValidation>] {
        let domains = ValueForm<[String]>.list(of: .domainOrBelow)
        let form = ValueForm<[String]?>.optional(domains, none: "all")
        return [
            Setting(
                "relay-domains", get: { $0.relayDomains?.sorted() }, set: { $0.relayDomains = $1.map(Set.init) }, form,
                "Domains that mail is taken for."),
            Setting("relay-networks", \.relayNetworks, .list(of: .network), "Clients that may send to all domains."),
            Setting(
                "relays-for-authenticated-clients", \.relaysForAuthenticatedClients, .flag,
                "Whether clients that have authenticated may send to all domains."),
        ]
    }
}
