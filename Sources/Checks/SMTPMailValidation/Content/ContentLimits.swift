/// What a message may have, for ``ContentValidation``.
public struct ContentLimits: Sendable, Hashable {
    /// How far the date may lie ahead, in seconds: two days.
    public var futureDate: Int64 = 2 * 86_400
    /// How far the date may lie back, in seconds: fifteen days.
    public var pastDate: Int64 = 15 * 86_400
    /// Fields `Received`: a message with more goes in circles (RFC 5321 §6.3 has 100; appliances have 50).
    public var received = 50
    /// Octets of the message's header section.
    public var header = 102_400
    /// Parts within parts.
    public var depth = 20
    /// Parts.
    public var parts = 1_000
    /// Octets of an archive, decoded, that is kept in memory to be listed.
    public var archive = 33_554_432

    /// The defaults.
    public init() {}
}
