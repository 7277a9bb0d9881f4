#if SQLite
import GRDB
import SMTPSecurity
import Synchronization

extension ReportFile {
    /// Writes everything or nothing.
    ///
    /// - Returns: how many entries are new in the file; the others have a Support ID that it had.
    func write(_ batch: WriteBatch, to database: Database) throws -> Int {
        var written = 0
        // Taken out, not copied. If this fails, what was remembered is written again.
        var lists = RecipientLists()
        self.lists.withLock { swap(&$0, &lists) }
        try database.inTransaction(.immediate) {
            written = try write(batch.entries, &lists, to: database)
            for (profile, table) in batch.traffic {
                for (minute, statistics) in table.values { try write(statistics, profile, minute, to: database) }
            }
            let drop = try SQLStatement(Self.upsert("dropped", keys: ["minute"], sums: ["entries"]), database)
            for (minute, entries) in batch.drops.values { try drop.run([.integer(minute), .integer(Int64(entries))]) }
            return .commit
        }
        self.lists.withLock { swap(&$0, &lists) }
        return written
    }

    private func write(
        _ entries: [QueuedEntry], _ lists: inout RecipientLists, to database: Database
    ) throws -> Int {
        guard !entries.isEmpty else { return 0 }
        let insert = try SQLStatement(Self.insertEntry, database)
        let recipient = try SQLStatement("INSERT OR IGNORE INTO recipient VALUES (?, ?, ?)", database)
        var sums: [RollupKey: RollupSum] = [:]
        var written = 0
        var row = SQLParameters()
        for item in entries {
            let entry = item.entry
            let (list, listed) = lists.place(of: item)
            row.removeAll()
            entry.add(to: &row)
            if item.lineCount == 0 {
                for _ in 0..<3 { row.addNull() }
            } else {
                row.add(optional: item.previous?.rawValue)
                row.add(Int64(item.lineCount))
                row.addText { item.writeLines(to: &$0) }
            }
            row.add(optional: item.recipients.count == 0 ? nil : list.rawValue)
            row.add(Int64(item.recipients.count))
            guard try insert.run(row) == 1 else { continue }
            written += 1
            sums[RollupKey(entry), default: RollupSum()].add(entry)
            if item.recipients.count > 0 {
                try item.recipients.forEach(droppingFirst: listed) { position, path in
                    row.removeAll()
                    row.add(list.rawValue)
                    row.add(Int64(position))
                    row.addText { $0.append(octetsOf: path) }
                    try recipient.run(row)
                }
                lists.note(item, list: list)
            }
            if !entry.messageBeginning.isEmpty {
                try SQLStatement("INSERT INTO message VALUES (?, ?)", database)
                    .run([.number(entry.supportID.rawValue), .octets(entry.messageBeginning)])
            }
        }
        try write(sums, to: database)
        return written
    }

    private func write(_ sums: [RollupKey: RollupSum], to database: Database) throws {
        let upsert = try SQLStatement(Self.upsertRollup, database)
        for (key, sum) in sums {
            try upsert.run([
                .integer(key.minute), .text(key.profile), .text(key.violation), .text(key.check),
                .integer(sum.occurrences), .integer(sum.alarmed), .integer(sum.blocked), .integer(sum.first),
                .integer(sum.last),
            ])
        }
    }

    private func write(
        _ traffic: ProfileStatistics, _ profile: String, _ minute: Int64, to database: Database
    ) throws {
        let sums = [
            "sessions", "transactions", "messages", "recipients", "octets", "refused", "deferred", "unavailable",
        ]
        let numbers = [
            traffic.sessions, traffic.transactions, traffic.messages, traffic.recipients, Int(clamping: traffic.octets),
            traffic.refused, traffic.deferred, traffic.unavailable,
        ]
        try SQLStatement(Self.upsert("traffic", keys: ["minute", "profile"], sums: sums), database)
            .run([.integer(minute), .text(profile)] + numbers.map { .integer(Int64($0)) })
    }

    // MARK: Statements

    private static let insertEntry = """
        INSERT INTO entry (
            support_id, time, profile, check_name, violation, action, alarm, block, evidence, reply, session, client, port,
            greeting_name, sender, recipient_count, transaction_number, message_size, message_digest,
            earlier_lines, line_count, lines, recipient_list, recipients_kept
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """

    private static let upsertRollup = """
        INSERT INTO rollup (minute, profile, violation, check_name, occurrences, alarmed, blocked, first, last)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET
            occurrences = occurrences + excluded.occurrences, alarmed = alarmed + excluded.alarmed,
            blocked = blocked + excluded.blocked, first = min(first, excluded.first), last = max(last, excluded.last)
        """

    /// Adds numbers to a row, or makes it.
    private static func upsert(_ table: String, keys: [String], sums: [String]) -> String {
        let columns = keys + sums
        // A sum that does not fit becomes a fraction in SQLite, which the column would not take.
        let additions = sums.map { "\($0) = min(\($0) + excluded.\($0), \(Int64.max))" }
        return """
            INSERT INTO \(table) (\(columns.joined(separator: ", ")))
            VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
            ON CONFLICT DO UPDATE SET \(additions.joined(separator: ", "))
            """
    }
}

extension ViolationEntry {
    /// The columns of the table of entries, in the order of its statement, without those of the transcript and of recipients.
    fileprivate func add(to row: inout SQLParameters) {
        row.add(supportID.rawValue)
        row.add(time.milliseconds)
        row.add(profile)
        row.add(check)
        row.add(violation)
        row.add(action.rawValue)
        row.add(alarm)
        row.add(block)
        row.add(evidence)
        row.add(optional: reply)
        row.add(session.rawValue)
        row.add(client.address.key)
        row.add(Int64(client.port))
        row.add(greetingName)
        row.add(optional: reversePath)
        row.add(Int64(recipientCount))
        row.add(Int64(transaction))
        row.add(optional: messageSize)
        row.add(optional: messageDigest)
    }
}
#endif
