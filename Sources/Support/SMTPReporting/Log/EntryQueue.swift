/// Entries that wait to be written, in batches, within limits.
///
/// What was taken to be written counts until it is: memory is bounded by the limits also while the file does not keep
/// up.
struct EntryQueue {
    /// Entries that are written together.
    struct Batch: Sendable {
        fileprivate(set) var entries: [QueuedEntry] = []
        /// How much memory they take, in octets, by estimate.
        fileprivate var octets = 0
    }

    /// The most entries that are written together.
    static let batchSize = 1_000

    /// Entries that wait or are being written.
    private(set) var entries = 0
    /// How much memory they take, in octets, by estimate.
    private(set) var octets = 0
    /// Only the last one grows.
    private var batches: [Batch] = []
    private let mostEntries: Int
    private let mostOctets: Int

    init(_ limits: ReportLimits) {
        mostEntries = max(0, limits.queuedEntries)
        mostOctets = max(0, limits.queuedOctets)
    }

    /// Whether there is enough for a transaction.
    var hasFullBatch: Bool { batches.first.map { $0.entries.count >= Self.batchSize } ?? false }

    /// Adds an entry.
    ///
    /// - Parameters:
    ///   - entry: the entry.
    ///   - size: how much memory it takes, in octets, by estimate.
    /// - Returns: whether there was room for it.
    mutating func append(_ entry: QueuedEntry, octets size: Int) -> Bool {
        guard entries < mostEntries, size <= mostOctets - octets else { return false }
        entries += 1
        octets += size
        if batches.last.map({ $0.entries.count >= Self.batchSize }) ?? true {
            batches.append(Batch())
            batches[batches.count - 1].entries.reserveCapacity(min(Self.batchSize, mostEntries))
        }
        batches[batches.count - 1].entries.append(entry)
        batches[batches.count - 1].octets += size
        return true
    }

    /// Takes the oldest entries to be written; none if there are none.
    mutating func takeBatch() -> Batch { batches.isEmpty ? Batch() : batches.removeFirst() }

    /// Has entries wait again that were taken.
    mutating func putBack(_ batch: Batch) {
        if !batch.entries.isEmpty { batches.insert(batch, at: 0) }
    }

    /// Makes room: entries that were taken wait no longer.
    mutating func finish(_ batch: Batch) {
        entries -= batch.entries.count
        octets -= batch.octets
    }
}
