/// How far a ``MessageWalker`` goes.
public struct WalkerLimits: Sendable, Hashable {
    /// Octets of a field that are kept; what comes behind is passed over.
    public var field = 65_536
    /// Octets of a header section before it counts as too long; it is read on.
    public var headerSection = 102_400
    /// Parts within parts that are looked into.
    public var depth = 50
    /// Parts of a message that are told apart.
    public var parts = 10_000
    /// Octets that the boundaries of all open multiparts may have together.
    public var boundaries = 16_384

    /// The defaults: what else is kept of a message stays below 64 KiB with them.
    public init() {}
}
