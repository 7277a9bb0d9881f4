#if SQLite
import GRDB
public import SMTPSecurity

/// Answers questions about a transaction log's file, also while a ``TransactionLog`` of this or of another process
/// writes to it.
///
/// Every answer is bounded. Entries are found one by one and by the millisecond; sums are kept by the minute, so sums
/// of a time are those of all minutes that it touches. Sums outlive entries that made room for newer ones.
///
/// A class because its identity is the point: it owns the connections to the file.
public final class TransactionLogReader: Sendable {
    /// The most rows of sums in an answer.
    public static let maximumRows = 50_000
    /// The most parts of a timeline.
    public static let maximumParts = 10_000

    private let database: DatabasePool
    private let path: String

    /// Opens a file that a transaction log writes or wrote.
    ///
    /// - Parameter path: the file. This process needs to be allowed to write to its folder all the same: readers and
    ///   writers tell each other there what they are doing.
    /// - Throws: what is wrong with the file, and what would be right.
    public init(path: String) throws(ReportingError) {
        self.path = path
        guard try ReportSchema.examine(path: path) else { throw .fileMissing(path: path) }
        database = try ReportingError.explaining(path) {
            var configuration = Configuration()
            configuration.label = "SMTPReporting.reader"
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            let database = try DatabasePool(path: path, configuration: configuration)
            try database.read { database in
                try ReportSchema.examine(database, path)
                guard try ReportSchema.migrator.hasCompletedMigrations(database) else {
                    throw ReportingError.olderVersion(path: path)
                }
            }
            return database
        }
    }

    // MARK: Entries

    /// Finds entries, the newest first, without transcripts and messages.
    ///
    /// For the next page ask again with the Support ID of the last entry in ``ViolationQuery/before``.
    public func entries(_ query: ViolationQuery) async throws(ReportingError) -> [ViolationEntry] {
        try await read { database in
            let (sql, values) = query.statement(after: try Self.position(query.before, database))
            let rows = try SQLStatement(sql, database).rows(values) { StoredEntry($0) }
            return try rows.map { ViolationEntry($0, recipients: try Self.recipients($0, database)) }
        }
    }

    /// Finds one entry, with its transcript and what was kept of its message; `nil` if there is none, or none any more.
    public func entry(_ supportID: SupportID) async throws(ReportingError) -> ViolationEntry? {
        var query = ViolationQuery()
        query.supportID = supportID
        let (sql, values) = query.statement(after: nil)
        return try await read { database in
            guard let row = try SQLStatement(sql, database).rows(values, { StoredEntry($0) }).first else { return nil }
            return ViolationEntry(
                row, recipients: try Self.recipients(row, database),
                transcript: try Self.transcript(supportID, database),
                messageBeginning: try Self.messageBeginning(supportID, database))
        }
    }

    /// Where an entry stands among others; one that is gone stood where its number says.
    private static func position(
        _ supportID: SupportID?, _ database: Database
    ) throws -> ViolationQuery.Position? {
        guard let supportID else { return nil }
        let times = try SQLStatement("SELECT time FROM entry WHERE support_id = ?", database)
            .rows([.number(supportID.rawValue)]) { $0.integer(0) }
        return ViolationQuery.Position(
            time: times.first ?? supportID.timestamp.milliseconds, supportID: supportID)
    }

    private static func recipients(_ row: StoredEntry, _ database: Database) throws -> [String] {
        guard let list = row.recipients.list else { return [] }
        return try SQLStatement(
            "SELECT path FROM recipient WHERE list = ? AND position < ? ORDER BY position", database
        ).rows([.number(list), .integer(row.recipients.count)]) { $0.text(0) }
    }

    private static func messageBeginning(_ supportID: SupportID, _ database: Database) throws -> [UInt8] {
        try SQLStatement("SELECT beginning FROM message WHERE support_id = ?", database)
            .rows([.number(supportID.rawValue)]) { $0.octets(0) }.first ?? []
    }

    /// The lines that were kept with an entry. Where an older row has some of them and is gone, they are missing at the beginning.
    private static func transcript(_ supportID: SupportID, _ database: Database) throws -> [TranscriptLine] {
        let rows = try SQLStatement(
            "SELECT earlier_lines, line_count, lines, session FROM entry WHERE support_id = ?", database)
        var parts: [[TranscriptLine]] = []
        var (next, missing) = (Optional(supportID), ViolationEntry.maximumTranscriptLines)
        var session: UInt64?
        while let row = next, missing > 0 {
            let found = try rows.rows([.number(row.rawValue)]) {
                ($0.optionalNumber(0), $0.integer(1), $0.text(2), $0.number(3))
            }
            // Nobody is shown what somebody else said.
            guard let (previous, count, text, owner) = found.first, session ?? owner == owner else { break }
            session = owner
            if parts.isEmpty, count == 0 { break }
            guard let part = TranscriptText.read(text), !part.isEmpty || parts.isEmpty else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a transcript makes no sense")
            }
            if parts.isEmpty { missing = min(missing, max(0, Int(count))) }
            parts.append(part.suffix(missing))
            missing -= part.count
            next = previous.map(SupportID.init(rawValue:))
        }
        return parts.reversed().flatMap { $0 }
    }

    // MARK: Sums

    /// How often each kind of violation was raised, the most frequent first.
    ///
    /// - Parameters:
    ///   - from: the first moment.
    ///   - until: the moment after the last one.
    ///   - profile: the name of a profile; `nil` for all.
    public func counts(
        from: Timestamp, until: Timestamp, profile: String? = nil
    ) async throws(ReportingError) -> [ViolationCount] {
        let range = MinuteRange(from: from, until: until)
        let sql = """
            SELECT violation, check_name, sum(occurrences), sum(alarmed), sum(blocked), min(first), max(last) FROM rollup
            WHERE minute >= ? AND minute < ?\(profile == nil ? "" : " AND profile = ?")
            GROUP BY violation ORDER BY sum(occurrences) DESC, violation LIMIT \(Self.maximumRows)
            """
        let values = range.values + (profile.map { [.text($0)] } ?? [])
        return try await read { database in
            try SQLStatement(sql, database).rows(values) { row in
                ViolationCount(
                    violation: row.text(0), check: row.text(1), occurrences: Int(row.integer(2)),
                    alarmed: Int(row.integer(3)), blocked: Int(row.integer(4)),
                    first: Timestamp(milliseconds: row.integer(5)), last: Timestamp(milliseconds: row.integer(6)))
            }
        }
    }

    /// How often each check raised violations in the parts of a time, the oldest first. Parts and checks without any
    /// are left out.
    ///
    /// - Parameters:
    ///   - from: the first moment.
    ///   - until: the moment after the last one.
    ///   - seconds: how long a part is; rounded up to whole minutes. Parts are counted since 1970, so those of an hour
    ///     begin on the hour.
    ///   - profile: the name of a profile; `nil` for all.
    /// - Throws: ``ReportingError/tooMuch(reason:)`` for more than ``maximumParts`` parts.
    public func timeline(
        from: Timestamp, until: Timestamp, bucket seconds: Int, profile: String? = nil
    ) async throws(ReportingError) -> [TimelinePoint] {
        let range = MinuteRange(from: from, until: until)
        let minutes = Int64(max(1, seconds / 60 + (seconds % 60 > 0 ? 1 : 0)))
        guard (range.end - range.first) / minutes < Self.maximumParts else {
            throw .tooMuch(
                reason: "a timeline has \(Self.maximumParts) parts at most; ask for longer parts or a shorter time")
        }
        let sql = """
            SELECT (minute - ((minute % ?1) + ?1) % ?1) AS start, check_name, sum(occurrences), sum(alarmed), sum(blocked)
            FROM rollup WHERE minute >= ?2 AND minute < ?3\(profile == nil ? "" : " AND profile = ?4")
            GROUP BY start, check_name ORDER BY start, check_name LIMIT \(Self.maximumRows)
            """
        let values = [.integer(minutes)] + range.values + (profile.map { [.text($0)] } ?? [])
        return try await read { database in
            try SQLStatement(sql, database).rows(values) { row in
                TimelinePoint(
                    start: Timestamp(minute: row.integer(0)), check: row.text(1), occurrences: Int(row.integer(2)),
                    alarmed: Int(row.integer(3)), blocked: Int(row.integer(4)))
            }
        }
    }

    /// What happened under each profile: traffic, and violations by kind.
    ///
    /// - Parameters:
    ///   - from: the first moment.
    ///   - until: the moment after the last one.
    public func traffic(
        from: Timestamp, until: Timestamp
    ) async throws(ReportingError) -> [String: ProfileStatistics] {
        let values = MinuteRange(from: from, until: until).values
        return try await read { database in
            var profiles: [String: ProfileStatistics] = [:]
            _ = try SQLStatement(Self.trafficSQL, database).rows(values) { row in
                profiles[row.text(0), default: ProfileStatistics()].add(ProfileStatistics(traffic: row))
            }
            _ = try SQLStatement(Self.trafficViolationsSQL, database).rows(values) { row in
                var count = ProfileStatistics.ViolationCount()
                (count.occurrences, count.alarmed, count.blocked) = (
                    Int(row.integer(2)), Int(row.integer(3)), Int(row.integer(4))
                )
                profiles[row.text(0), default: ProfileStatistics()].violations[row.text(1)] = count
            }
            return profiles
        }
    }

    // Sums as fractions: those of whole numbers fail where they do not fit.
    private static let trafficSQL = """
        SELECT profile, total(sessions), total(transactions), total(messages), total(recipients), total(octets),
            total(refused), total(deferred), total(unavailable)
        FROM traffic WHERE minute >= ? AND minute < ? GROUP BY profile LIMIT \(maximumRows)
        """

    private static let trafficViolationsSQL = """
        SELECT profile, violation, sum(occurrences), sum(alarmed), sum(blocked)
        FROM rollup WHERE minute >= ? AND minute < ? GROUP BY profile, violation LIMIT \(maximumRows)
        """

    /// How many entries are missing, by minute, the oldest first.
    ///
    /// - Parameters:
    ///   - from: the first moment.
    ///   - until: the moment after the last one.
    public func dropped(from: Timestamp, until: Timestamp) async throws(ReportingError) -> [DroppedEntries] {
        let values = MinuteRange(from: from, until: until).values
        let sql = """
            SELECT minute, entries FROM dropped WHERE minute >= ? AND minute < ? ORDER BY minute LIMIT \(Self.maximumRows)
            """
        return try await read { database in
            try SQLStatement(sql, database).rows(values) { row in
                DroppedEntries(minute: Timestamp(minute: row.integer(0)), entries: Int(row.integer(1)))
            }
        }
    }

    // MARK: Reading

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(ReportingError) -> Value {
        do { return try await database.read(body) } catch { throw ReportingError(error, path) }
    }

    /// Gives a test the file.
    func withDatabase<Value>(_ body: (Database) throws -> Value) throws -> Value { try database.read(body) }
}

extension ProfileStatistics {
    /// Traffic of the columns that follow the profile's name.
    fileprivate init(traffic row: SQLRow) {
        self.init()
        sessions = Int(row.integer(1))
        transactions = Int(row.integer(2))
        messages = Int(row.integer(3))
        recipients = Int(row.integer(4))
        octets = UInt64(max(0, row.integer(5)))
        refused = Int(row.integer(6))
        deferred = Int(row.integer(7))
        unavailable = Int(row.integer(8))
    }
}
#endif
