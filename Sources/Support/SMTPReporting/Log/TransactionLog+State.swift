#if SQLite
import SMTPSecurity

extension TransactionLog {
    /// What all who record share.
    struct State {
        var queue: EntryQueue
        var chain = TranscriptChain()
        var traffic: [String: MinuteTable<ProfileStatistics>] = [:]
        var drops = MinuteTable<Int>()
        var figures = TransactionLogFigures()
        /// Writing was asked for, and has not come to its end.
        var isWriting = false
        /// Attempts to write that failed since one succeeded.
        var failuresInARow = 0
        var isClosed = false
        var failureMessages = MessageThrottle()
        var dropMessages = MessageThrottle()
        var lastFailure: ReportingError?

        var hasSomethingToWrite: Bool { queue.entries > 0 || !traffic.isEmpty || !drops.isEmpty }

        mutating func drop(_ entries: Int, at time: Timestamp) {
            guard entries > 0 else { return }
            figures.dropped += UInt64(entries)
            drops.add(entries, minute: time.minute)
            dropMessages.add(entries)
        }

        /// What is written next; `nil` if there is nothing.
        mutating func takeBatch() -> WriteBatch? {
            let batch = WriteBatch(queued: queue.takeBatch(), traffic: traffic, drops: drops)
            traffic = [:]
            drops = MinuteTable()
            return batch.isEmpty ? nil : batch
        }

        mutating func finish(_ batch: WriteBatch, written: Int) {
            queue.finish(batch.queued)
            figures.written += UInt64(written)
            figures.duplicates += UInt64(batch.entries.count - written)
            failuresInARow = 0
        }

        /// - Parameter isRefused: the entries will never be written: they would hold up those behind them.
        mutating func putBack(_ batch: WriteBatch, isRefused: Bool) {
            for (profile, table) in batch.traffic { traffic[profile, default: MinuteTable()].add(table) }
            drops.add(batch.drops)
            if isRefused {
                queue.finish(batch.queued)
                for item in batch.entries { drop(1, at: item.entry.time) }
                // Some lines are gone with them.
                chain = TranscriptChain()
            } else {
                queue.putBack(batch.queued)
            }
            isWriting = false
            failuresInARow += 1
            figures.failures += 1
            failureMessages.add()
        }
    }
}
#endif
