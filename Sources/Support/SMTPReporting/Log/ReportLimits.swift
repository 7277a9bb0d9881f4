/// How much a transaction log keeps, in memory and in its file.
public struct ReportLimits: Sendable, Hashable {
    /// The most entries that wait to be written; what comes beyond them is dropped and counted.
    public var queuedEntries = 10_000
    /// The most octets that waiting entries take in memory, by estimate; what comes beyond them is dropped and counted.
    public var queuedOctets = 32 * 1_024 * 1_024
    /// How long entries and counts are kept.
    public var age = Duration.seconds(30 * 86_400)
    /// How large the file may become, in octets; the oldest entries make room. What was written last is in a second
    /// file for a while, which is not counted and has about 4 MiB.
    public var fileOctets: UInt64 = 1 << 30

    /// The defaults.
    public init() {}
}
