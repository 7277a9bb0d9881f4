public import SMTPAntivirus
public import SMTPDNS
public import SMTPFileInspection
public import SMTPSecurity

/// What a program has for the checks of profiles: where they remember, whom they ask, and its own checks.
public struct ProfileResources: Sendable {
    /// Remembers rates.
    public var rates: any RateStore
    /// Remembers outcomes and penalties.
    public var tallies: any TallyStore
    /// Remembers senders.
    public var sightings: any FirstSeenStore
    /// Answers questions about names; without one there is no SPF, and senders and clients are not looked up.
    public var resolver: (any DNSResolver)?
    /// Scans; without one there is no virus inspection.
    public var scanner: (any VirusScanner)?
    /// Says what a file is.
    public var detector: any FileTypeDetector = SignatureDetector()
    /// Says what is in an archive; `nil` to look into none.
    public var archives: (any ArchiveLister)?
    /// The settings that profiles start with, for example with the program's host name.
    public var session = SessionSettings()
    /// The program's own checks, asked after the others; part of every profile that does not switch them off.
    public var additionalChecks: [any ConfigurableCheck] = []

    /// These stores, and nothing else.
    public init(rates: any RateStore, tallies: any TallyStore, sightings: any FirstSeenStore) {
        self.rates = rates
        self.tallies = tallies
        self.sightings = sightings
    }

    /// One store for everything, and nothing else.
    public init(store: some RateStore & TallyStore & FirstSeenStore) {
        self.init(rates: store, tallies: store, sightings: store)
    }
}
