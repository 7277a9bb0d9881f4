import SMTPDNS
public import SMTPSecurity
public import SMTPSenderPolicy

/// An engine with the limits of RFC 7208 §4.6.4.
public protocol LimitedSPFEvaluator: SPFEvaluator {
    /// The limits.
    var limits: SPFLimits { get set }
}

extension NativeSPFEvaluator: LimitedSPFEvaluator {}

extension SPFCheck: ConfigurableCheck where Evaluator: LimitedSPFEvaluator {
    /// Limits, exemptions.
    public static var settings: [Setting<SPFCheck>] {
        [
            Setting(
                "checks-greeting-name", \.checksGreetingName, .flag, "Whether the client's greeting is looked at, too."),
            .group(
                "limits", \.evaluator.limits,
                [
                    Setting("lookups", \.lookups, .number(1...100), "Terms that ask about names."),
                    Setting("void-lookups", \.voidLookups, .number(0...100), "Questions without an answer."),
                    Setting("exchanges", \.exchanges, .number(1...100), "Hosts of one mx term."),
                    Setting("pointers", \.pointers, .number(1...100), "Names of one client that are looked at."),
                ], "What one policy may cost (RFC 7208 §4.6.4)."),
            Setting("exempt-networks", \.exemptNetworks, .list(of: .network), "Clients that are left out."),
            Setting(
                "exempts-authenticated-clients", \.exemptsAuthenticatedClients, .flag,
                "Whether clients that have authenticated are left out."),
            Setting("failure-mode", \.failureMode, .word, "What happens when the resolver does not answer."),
            Setting("deadline", \.deadline, .checkTime, "How long one evaluation may take."),
        ]
    }

    /// A resolver.
    public static func missing(in resources: ProfileResources) -> String? {
        resources.resolver == nil ? "a resolver" : nil
    }

    /// The host name is the receiver's, and the one that results are written under.
    public mutating func adapt(to session: inout SessionSettings, _ resources: ProfileResources) {
        receiver = session.hostname
        if session.authenticationService == nil { session.authenticationService = session.hostname }
    }
}
