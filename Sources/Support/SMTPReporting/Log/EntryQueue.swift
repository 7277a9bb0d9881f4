/// Entries that wait to be written, in batches, within limits.
///
/// What was taken to be written counts until it is: memory is bounded by the limits also while the file does not keep
/// up.
struct EntryQueue {
    /// The most entries that are written together.
    static let batchSize = 1_000

    /// Entries that wait or are being written.
    private(set) var entries = 0
    /// How much memory they take, in octets, by estimate.
    private(set) var octets = 0
    /// Only the last one grows.
    private var batches: [[ViolationEntry]] = []
    private let mostEntries: Int
    private let mostOctets: Int

    init(_ limits: ReportLimits) {
        mostEntries = max(0, limits.queuedEntries)
        mostOctets = max(0, limits.queuedOctets)
    }

    /// Whether there is enough for a transaction.
    var hasFullBatch: Bool { batches.first.map { $0.count >= Self.batchSize } ?? false }

    /// Adds an entry.
    ///
    /// - Returns: whether there was room for it.
    mutating func append(_ entry: ViolationEntry) -> Bool {
        let size = entry.estimatedOctets
        guard entries < mostEntries, size <= mostOctets - octets else { return false }
        entries += 1
        octets += size
        if batches.last.map({ $0.count >= Self.batchSize }) ?? true {
            batches.append([])
            batches[batches.count - 1].reserveCapacity(min(Self.batchSize, mostEntries))
        }
        batches[batches.count - 1].append(entry)
        return true
    }

    /// Takes the oldest entries to be written.
    mutating func takeBatch() -> [ViolationEntry] { batches.isEmpty ? [] : batches.removeFirst() }

    /// Has entries wait again that were taken.
    mutating func putBack(_ batch: [ViolationEntry]) {
        if !batch.isEmpty { batches.insert(batch, at: 0) }
    }

    /// Makes room: entries that were taken wait no longer.
    mutating func finish(_ batch: [ViolationEntry]) {
        entries -= batch.count
        octets -= batch.reduce(0) { $0 + $1.estimatedOctets }
    }
}
