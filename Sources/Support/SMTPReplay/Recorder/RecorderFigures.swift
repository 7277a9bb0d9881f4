/// What a recorder did since it was made.
public struct RecorderFigures: Sendable, Hashable {
    /// Sessions whose beginning was recorded.
    public var sessions: UInt64 = 0
    /// Sessions whose rest was not.
    public var cut: UInt64 = 0
    /// Sessions of which nothing is recorded, since there was no room for their beginning.
    public var refused: UInt64 = 0
    /// Octets of clients that are missing from sessions that were cut, as far as they were seen: those that came with the event at which the
    /// session was cut.
    public var droppedOctets: UInt64 = 0
    /// Octets written to files.
    public var writtenOctets: UInt64 = 0
    /// Files that were removed to make room.
    public var removedFiles: UInt64 = 0
    /// Attempts to write that failed.
    public var failures: UInt64 = 0
    /// Events that wait to be written.
    public var queuedEvents = 0
    /// Octets that they take, by estimate.
    public var queuedOctets = 0

    /// Nothing yet.
    public init() {}
}
