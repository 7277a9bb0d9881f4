/// What a transaction log did since it was opened.
///
/// ``recorded`` is always the sum of ``written``, ``duplicates``, ``dropped`` and ``queuedEntries``.
public struct TransactionLogFigures: Sendable, Hashable {
    /// Entries given to the log.
    public var recorded: UInt64 = 0
    /// Entries written to the file.
    public var written: UInt64 = 0
    /// Entries not written because the file had one with the same Support ID.
    public var duplicates: UInt64 = 0
    /// Entries not written because there was no room for them to wait, or because the file refused them.
    public var dropped: UInt64 = 0
    /// Attempts to write that failed.
    public var failures: UInt64 = 0
    /// Entries that wait to be written.
    public var queuedEntries = 0
    /// How much memory they take, in octets, by estimate.
    public var queuedOctets = 0

    /// Nothing recorded.
    public init() {}
}
