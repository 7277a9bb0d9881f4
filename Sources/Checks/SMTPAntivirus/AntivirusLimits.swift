/// What ``AntivirusCheck`` scans. What exceeds one of these counts as not scanned.
public struct AntivirusLimits: Sendable, Hashable {
    /// Octets of a message that is scanned as a whole; the parts of a larger one are scanned all the same. So much memory it takes.
    public var message = 64 << 20
    /// Octets of the decoded content of a part.
    public var part = 64 << 20
    /// How many parts are scanned one by one; a part that has been scanned before does not count.
    public var parts = 1_000

    /// 64 MiB, 64 MiB, 1,000 parts.
    public init() {}
}
