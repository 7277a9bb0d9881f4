import SMTPSecurity

/// What is written in one transaction.
struct WriteBatch: Sendable {
    var queued = EntryQueue.Batch()
    /// Traffic by profile and minute.
    var traffic: [String: MinuteTable<ProfileStatistics>] = [:]
    /// How many entries were dropped, by minute.
    var drops = MinuteTable<Int>()

    var entries: [QueuedEntry] { queued.entries }
    var isEmpty: Bool { entries.isEmpty && traffic.isEmpty && drops.isEmpty }
}
