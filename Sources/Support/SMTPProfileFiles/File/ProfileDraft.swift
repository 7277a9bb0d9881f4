import SMTPAntivirus
import SMTPDNS
import SMTPDirectoryHarvest
import SMTPGreylist
import SMTPMailValidation
import SMTPMethodFilter
import SMTPProtocolCompliance
import SMTPRateLimit
import SMTPSecurity
import SMTPSenderPolicy

/// A profile while its file is read: all checks with their settings, whether they are in use or not.
struct ProfileDraft {
    var name: String
    var parent: String?
    var mode = SecurityProfile.Mode.blocking
    var session: SessionSettings
    /// In the order in which they are asked.
    var checks: [any ConfigurableCheck]
    /// Whether each is asked, by name.
    var switches: [String: CheckSwitch]
    var flags: [String: Enforcement] = [:]
    /// Files that values came from, by key.
    var references: [String: String] = [:]

    /// The profile with every default.
    init(_ resources: ProfileResources) {
        name = SecurityProfile.default.name
        session = resources.session
        checks = Self.checks(resources) + resources.additionalChecks
        switches = checks.reduce(into: [:]) { $0[Self.name(of: $1)] = .on }
        switches[AntivirusCheck.name] = .ifAvailable
        switches[SPFCheck<NativeSPFEvaluator<ZoneResolver>>.name] = .ifAvailable
        // Wanted by nobody who has not asked for it: first mail waits.
        switches[Greylist.name] = .off
    }

    /// Before the limits comes the harvest check: its answer during a penalty has to be the same for everybody.
    private static func checks(_ resources: ProfileResources) -> [any ConfigurableCheck] {
        let resolver = resources.resolver ?? ZoneResolver()
        var content = ContentValidation()
        content.detector = resources.detector
        content.archives = resources.archives
        return [
            ProtocolCompliance(), MethodFilter(), DirectoryHarvest(store: resources.tallies),
            RateLimit(store: resources.rates), senderValidation(resolver), RecipientValidation(), content,
            AntivirusCheck(resources.scanner ?? NoScanner()), spf(resolver, resources.session.hostname),
            Greylist(store: resources.sightings),
        ]
    }

    private static func senderValidation(_ resolver: some DNSResolver) -> any ConfigurableCheck {
        SenderValidation(resolver)
    }

    private static func spf(_ resolver: some DNSResolver, _ receiver: String) -> any ConfigurableCheck {
        SPFCheck(NativeSPFEvaluator(resolver), receiver: receiver)
    }

    static func name(of check: some ConfigurableCheck) -> String { type(of: check).name }

    /// Every violation that a check may raise.
    var definitions: [ViolationDefinition] { checks.flatMap { Self.definitions(of: $0) } }

    /// For each check that it could not be done. What this does by default is up to the check's failure mode.
    var unavailableDefinitions: [ViolationDefinition] {
        checks.map { .unavailable(check: Self.name(of: $0), .open) }
    }

    private static func definitions(of check: some ConfigurableCheck) -> [ViolationDefinition] {
        type(of: check).violations
    }

    /// What is missing for a check.
    static func missing(for check: some ConfigurableCheck, in resources: ProfileResources) -> String? {
        type(of: check).missing(in: resources)
    }

    /// The profile, with the checks that are in use and can be.
    func profile(_ resources: ProfileResources) -> SecurityProfile {
        SecurityProfile(name, parent: parent) { profile in
            profile.mode = mode
            profile.session = session
            for check in checks where switches[Self.name(of: check)] != .off {
                guard Self.missing(for: check, in: resources) == nil else { continue }
                install(check, in: &profile, resources)
            }
            for definition in definitions + unavailableDefinitions {
                if let flags = flags[definition.identifier] { profile[definition] = flags }
            }
        }
    }

    private func install(
        _ check: some ConfigurableCheck, in profile: inout SecurityProfile, _ resources: ProfileResources
    ) {
        var check = check
        check.adapt(to: &profile.session, resources)
        profile.install(check)
    }
}

/// Stands for the scanner that there is not, so that settings can be read all the same.
private struct NoScanner: VirusScanner {
    let name = "none"
    func scan(_ sample: ScanSample) async -> ScanVerdict { .unscanned(.unavailable("there is no scanner")) }
}
