/// What an archive may cost to be looked at.
public struct ArchiveLimits: Sendable, Hashable {
    /// How deep archives may be inside each other: 1 for one without archives inside.
    public var depth = 3
    /// How many entries there may be, of all archives together.
    public var entries = 10_000
    /// How many octets there may be once expanded, of all archives together.
    public var expandedSize: UInt64 = 64 << 20
    /// How many octets may come of one, beyond 1 MiB of them: for each archive, and for all together.
    public var ratio = 200

    /// Depth 3, 10,000 entries, 64 MiB, and 200 octets of one.
    public init() {}
}

/// A limit of ``ArchiveLimits``.
public enum ArchiveLimit: Sendable, Hashable, CaseIterable {
    /// Archives inside each other.
    case depth
    /// Entries.
    case entries
    /// Octets once expanded.
    case expandedSize
    /// Octets that come of one.
    case ratio
}
