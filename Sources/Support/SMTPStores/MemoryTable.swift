import Synchronization

/// A table in shards, each with a lock of its own: sessions on different threads hardly ever meet.
///
/// A class because its identity is the point: everybody who counts something has to count it in the same place.
final class MemoryTable<Value: MemoryValue>: Sendable {
    static var shardCount: Int { 64 }

    private let shards: [64 of Mutex<MemoryShard<Value>>]

    /// An empty table.
    init(mostEntries: Int) {
        let share = mostEntries / Self.shardCount
        shards = InlineArray { index in
            Mutex(
                MemoryShard(
                    mostEntries: share, rows: .init(first: UInt32(index) + 1, step: UInt32(Self.shardCount))))
        }
    }

    /// Gives access to the shard of a key.
    @inline(__always)
    func withShard<Result>(
        of key: Fingerprint, _ body: (inout sending MemoryShard<Value>) -> sending Result
    ) -> Result {
        shards[Int(truncatingIfNeeded: key &>> 58)].withLock(body)
    }

    /// Gives access to one shard after the other.
    func forEachShard(_ body: (inout sending MemoryShard<Value>) -> Void) {
        for index in shards.indices { shards[index].withLock { body(&$0) } }
    }

    /// A copy of a shard. Copying is cheap: a shard that is not written to meanwhile shares its storage.
    func shard(_ index: Int) -> MemoryShard<Value> { shards[index].withLock { $0 } }
}
