/// How much a recorder keeps, in memory and in files.
public struct RecorderLimits: Sendable, Hashable {
    /// When a file has so many octets, another one begins.
    public var fileOctets: UInt64 = 64 << 20
    /// The most octets of all files in the folder together; the oldest ones are removed. The file that is being written is never removed.
    public var totalOctets: UInt64 = 1 << 30
    /// The most octets of one session's client; the rest of the session is not recorded.
    public var sessionOctets = 1 << 20
    /// The most octets that wait in memory to be written, by estimate; a session whose events find no room is cut.
    public var queuedOctets = 32 << 20
    /// The most events that wait in memory to be written.
    public var queuedEvents = 100_000

    /// The defaults.
    public init() {}
}
