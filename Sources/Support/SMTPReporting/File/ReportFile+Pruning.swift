#if SQLite
import GRDB
import SMTPSecurity
import Synchronization

extension ReportFile {
    /// The most entries that one step removes.
    static let entriesPerStep: Int64 = 1_000
    /// The most pages that one step gives back to the disk.
    static let pagesPerStep: Int64 = 1_000
    /// How many pages may be free without being given back: they are used again soon.
    static let pagesKept: Int64 = 256

    /// Removes some of what is too old, and the oldest entries where the file is too large.
    ///
    /// - Parameters:
    ///   - cutoff: what is older is removed.
    ///   - mostOctets: how large the file may be.
    /// - Returns: whether there is more to do.
    func prune(olderThan cutoff: Timestamp, mostOctets: UInt64, in database: Database) throws -> Bool {
        let pageSize = try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 4_096
        let mostPages = max(1, Int64(clamping: mostOctets) / pageSize)
        var removed = 0
        try database.inTransaction(.immediate) {
            removed = try removeOld(cutoff, from: database)
            let (pages, free) = try Self.pages(database)
            if pages - free > mostPages { removed += try removeOldest(from: database) }
            return .commit
        }
        let isShrinking = try shrink(database, to: mostPages)
        return removed > 0 || isShrinking
    }

    /// - Returns: how many rows were removed.
    private func removeOld(_ cutoff: Timestamp, from database: Database) throws -> Int {
        var removed = try remove(
            "SELECT support_id FROM entry WHERE time < ?1 ORDER BY time, support_id LIMIT ?2",
            [.integer(cutoff.milliseconds), .integer(Self.entriesPerStep)], from: database)
        for table in ["rollup", "traffic", "dropped"] {
            removed += try removeMinutes(of: table, before: cutoff.minute, from: database)
        }
        return removed
    }

    private func removeOldest(from database: Database) throws -> Int {
        let removed = try remove(
            "SELECT support_id FROM entry ORDER BY time, support_id LIMIT ?1", [.integer(Self.entriesPerStep)],
            from: database)
        guard removed == 0 else { return removed }
        // Sums are small, and outlive entries; but no file may be larger than it may be.
        return try removeMinutes(of: "rollup", before: .max, from: database)
            + removeMinutes(of: "traffic", before: .max, from: database)
    }

    /// Removes entries, and the lists of recipients that no other entry has. Messages go with their entries.
    ///
    /// - Parameter entries: a statement that finds them.
    /// - Returns: how many there were.
    private func remove(_ entries: String, _ values: [SQLValue], from database: Database) throws -> Int {
        _ = try SQLStatement(
            """
            DELETE FROM recipient WHERE list IN (SELECT recipient_list FROM entry WHERE support_id IN (\(entries)))
            AND NOT EXISTS (
                SELECT 1 FROM entry WHERE recipient_list = recipient.list AND support_id NOT IN (\(entries)))
            """, database
        ).run(values)
        let removed = try SQLStatement("DELETE FROM entry WHERE support_id IN (\(entries))", database).run(values)
        // What is remembered of lists may be gone.
        if removed > 0 { lists.withLock { $0 = RecipientLists() } }
        return removed
    }

    /// Removes minutes of an hour at most, the oldest.
    private func removeMinutes(of table: String, before minute: Int64, from database: Database) throws -> Int {
        try SQLStatement(
            "DELETE FROM \(table) WHERE minute < min(?, (SELECT min(minute) FROM \(table)) + 60)", database
        ).run([.integer(minute)])
    }

    /// Gives free pages back to the disk.
    ///
    /// - Returns: whether there are more.
    private func shrink(_ database: Database, to mostPages: Int64) throws -> Bool {
        let (pages, free) = try Self.pages(database)
        guard free > Self.pagesKept || pages > mostPages && free > 0 else { return false }
        try database.execute(sql: "PRAGMA incremental_vacuum(\(Self.pagesPerStep))")
        // Only now it is in the file itself. Readers may hold it up, which is no fault.
        try? database.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
        let (_, left) = try Self.pages(database)
        return left < free && left > Self.pagesKept
    }

    /// How many pages the file has, and how many of them are free.
    static func pages(_ database: Database) throws -> (all: Int64, free: Int64) {
        (
            try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0,
            try Int64.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
        )
    }
}
#endif
