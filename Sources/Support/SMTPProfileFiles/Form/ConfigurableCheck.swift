public import SMTPSecurity

/// A check with settings that a profile file may have.
///
/// ```swift
/// extension NoFreeMail: ConfigurableCheck {
///     static var settings: [Setting<NoFreeMail>] {
///         [.set("domains", \.domains, of: .text("a domain", parse: { $0 }, show: { $0 }), "Domains that are refused.")]
///     }
/// }
/// ```
///
/// Give such checks to ``ProfileResources/additionalChecks``; files name them as ``SMTPSecurity/SecurityCheck/name`` has it.
public protocol ConfigurableCheck: SecurityCheck {
    /// The keys that a file may have below the check's name.
    static var settings: [Setting<Self>] { get }

    /// What the check cannot do without and these resources do not have, for example `a scanner`; `nil` if nothing is missing.
    static func missing(in resources: ProfileResources) -> String?

    /// Takes over what other parts of the profile or the program decide, and changes what the check needs of the session.
    mutating func adapt(to session: inout SessionSettings, _ resources: ProfileResources)
}

extension ConfigurableCheck {
    /// Nothing is missing.
    public static func missing(in resources: ProfileResources) -> String? { nil }
    /// There is nothing to take over.
    public mutating func adapt(to session: inout SessionSettings, _ resources: ProfileResources) {}
}
