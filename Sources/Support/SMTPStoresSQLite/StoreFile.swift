#if SQLite
import Foundation
import GRDB
import SMTPSecurity
import SMTPStores
import Synchronization

/// A store's file: its tables and their versions.
///
/// Each table has a row for each entry that the store has in memory, under the entry's number: what takes an entry's place in memory
/// overwrites its row, so the file is bounded as memory is.
///
/// A class because its identity is the point: it owns the database.
final class StoreFile: Sendable {
    /// "smtp", to tell a store's file from another application's.
    static let applicationID = 0x736D_7470

    let database: DatabaseQueue
    /// What keys are known by. It stays with the file because owners are numbers that were made with it.
    let secret: (UInt64, UInt64)
    private let path: String
    private let walk = Mutex(Walk())

    /// Where the walk for expired rows goes on.
    private struct Walk {
        var table = 0
        var row: Int64 = 1
    }

    private static let tables = [RateValue.table, SightingValue.table, TallyValue.table]

    /// Opens a file, or makes it, readable for its owner alone.
    init(_ path: String, _ settings: SQLiteStoreSettings) throws(SQLiteStoreError) {
        self.path = path
        try Self.examine(path)
        (database, secret) = try Self.explained(path) {
            let database = try DatabaseQueue(path: path, configuration: Self.configuration(settings))
            try database.inDatabase { try Self.prepare($0, path) }
            try Self.migrator.migrate(database)
            return (database, try database.inDatabase(Self.secret))
        }
    }

    /// Closes the file.
    func close() { try? database.close() }

    // MARK: Opening

    /// Looks at the path before SQLite does, whose errors say little. A file that is missing is made, for its owner alone.
    private static func examine(_ path: String) throws(SQLiteStoreError) {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        if files.fileExists(atPath: path, isDirectory: &isFolder) {
            let type = try? files.attributesOfItem(atPath: path)[.type] as? FileAttributeType
            guard !isFolder.boolValue, type == .typeRegular || type == .typeSymbolicLink else {
                throw .notAFile(path: path)
            }
            return
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard files.fileExists(atPath: folder) else { throw .folderMissing(path: path) }
        guard files.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw .notWritable(path: path, reason: "it cannot be made")
        }
    }

    private static func configuration(_ settings: SQLiteStoreSettings) -> Configuration {
        var configuration = Configuration()
        configuration.label = "SMTPStoresSQLite"
        configuration.busyMode = .timeout(settings.openTimeout / .seconds(1))
        let synchronous = settings.durability == .powerCut ? "FULL" : "NORMAL"
        configuration.prepareDatabase { database in
            // Rows are written here and there: small pages, so that little else is written with them. What is in memory is the truth as
            // long as the process has the file, so nobody else may write to it.
            try database.execute(
                sql: """
                    PRAGMA page_size = 1024;
                    PRAGMA locking_mode = EXCLUSIVE;
                    PRAGMA synchronous = \(synchronous);
                    PRAGMA cache_size = -65536;
                    PRAGMA wal_autocheckpoint = 16384;
                    PRAGMA journal_size_limit = 67108864
                    """)
        }
        return configuration
    }

    private static func prepare(_ database: Database, _ path: String) throws {
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id")
        let objects = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema")
        guard application == applicationID || application == 0 && objects == 0 else {
            throw SQLiteStoreError.otherApplication(path: path)
        }
        guard try !migrator.hasBeenSuperseded(database) else { throw SQLiteStoreError.newerVersion(path: path) }
        try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA application_id = \(applicationID)")
    }

    /// Each step is a version of the tables and never changes again.
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: rates and senders") { database in
            try database.execute(
                sql: """
                    CREATE TABLE secret (first INTEGER NOT NULL, second INTEGER NOT NULL) STRICT;
                    CREATE TABLE rate (
                        id INTEGER PRIMARY KEY, key TEXT NOT NULL, owner INTEGER NOT NULL, arrival INTEGER NOT NULL,
                        tolerance INTEGER NOT NULL
                    ) STRICT;
                    CREATE TABLE sender (
                        id INTEGER PRIMARY KEY, key TEXT NOT NULL, owner INTEGER NOT NULL, trustee INTEGER NOT NULL,
                        first INTEGER NOT NULL, last INTEGER NOT NULL, passes INTEGER NOT NULL, expires INTEGER NOT NULL
                    ) STRICT
                    """)
            try database.execute(
                sql: "INSERT INTO secret VALUES (?, ?)",
                arguments: [Int64.random(in: .min ... .max), Int64.random(in: .min ... .max)])
        }
        migrator.registerMigration("2: failures") { database in
            try database.execute(
                sql: """
                    CREATE TABLE failures (
                        id INTEGER PRIMARY KEY, key TEXT NOT NULL, owner INTEGER NOT NULL, number INTEGER NOT NULL,
                        failures INTEGER NOT NULL, outcomes INTEGER NOT NULL, previous_failures INTEGER NOT NULL,
                        previous_outcomes INTEGER NOT NULL, penalty_end INTEGER NOT NULL, expires INTEGER NOT NULL
                    ) STRICT
                    """)
        }
        return migrator
    }()

    private static func secret(_ database: Database) throws -> (UInt64, UInt64) {
        guard let row = try Row.fetchOne(database, sql: "SELECT first, second FROM secret"),
            let first = row.integer(0), let second = row.integer(1)
        else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the secret is missing") }
        return (UInt64(bitPattern: first), UInt64(bitPattern: second))
    }

    private static func explained<Value>(_ path: String, _ body: () throws -> Value) throws(SQLiteStoreError) -> Value {
        do {
            return try body()
        } catch let error as SQLiteStoreError {
            throw error
        } catch let error as DatabaseError {
            let reason = error.message ?? "error \(error.resultCode.rawValue)"
            throw switch error.resultCode {
            case .SQLITE_NOTADB: .notADatabase(path: path)
            case .SQLITE_BUSY, .SQLITE_LOCKED: .inUse(path: path)
            case .SQLITE_CORRUPT: .damaged(path: path, reason: reason)
            case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: .notWritable(path: path, reason: reason)
            default: .failed(path: path, reason: reason)
            }
        } catch {
            throw .failed(path: path, reason: "\(error)")
        }
    }

    // MARK: Reading

    /// Fills a store with what still means something, and removes the rest from the file.
    func load(into memory: MemoryStore, at now: Timestamp) throws(SQLiteStoreError) {
        try Self.explained(path) {
            try database.inDatabase { database in
                try database.inTransaction {
                    let rates: UInt32 = try load(database, at: now) { (key, _, entry) in
                        memory.restore(rate: key, entry, at: now)
                    }
                    let sightings: UInt32 = try load(database, at: now) { (key, isTrustee, entry) in
                        memory.restore(sighting: key, isTrustee: isTrustee, entry, at: now)
                    }
                    let tallies: UInt32 = try load(database, at: now) { (key, _, entry) in
                        memory.restore(tally: key, entry, at: now)
                    }
                    memory.reserve(rates: rates, sightings: sightings, tallies: tallies)
                    return .commit
                }
            }
        }
    }

    /// - Returns: the greatest row.
    private func load<Value: StoredValue>(
        _ database: Database, at now: Timestamp,
        _ restore: (_ key: Span<UInt8>, _ isTrustee: Bool, MemoryEntry<Value>) -> [UInt32]
    ) throws -> UInt32 {
        let table = Value.table
        try database.execute(
            sql: "DELETE FROM \(table.name) WHERE \(table.expiry) <= ?", arguments: [now.nanoseconds / 1_000])
        let columns = (["id", "key", "owner"] + table.columns).joined(separator: ", ")
        let rows = try Row.fetchCursor(database, sql: "SELECT \(columns) FROM \(table.name)")
        var useless: [UInt32] = []
        var greatest: UInt32 = 0
        while let row = try rows.next() {
            let values = (0..<table.columns.count).map { row.integer($0 + 3) }
            guard let id = row.integer(0), (1...Int64(Int32.max)).contains(id), let owner = row.integer(2),
                let key = String.fromDatabaseValue(row[1]), let stored = Value.read(values.compactMap { $0 })
            else {
                throw DatabaseError(
                    resultCode: .SQLITE_CORRUPT, message: "a row of \(table.name) makes no sense")
            }
            greatest = max(greatest, UInt32(id))
            let entry = MemoryEntry(
                owner: UInt32(truncatingIfNeeded: owner), row: UInt32(id), value: stored.value)
            useless.append(contentsOf: restore(key.utf8.span, stored.isTrustee, entry))
        }
        for row in useless {
            try database.execute(sql: "DELETE FROM \(table.name) WHERE id = ?", arguments: [row])
        }
        return greatest
    }

    // MARK: Writing

    /// Writes what memory has now of everything that changed, in one transaction, and removes some of what has expired.
    ///
    /// - Parameter now: the latest time that a change was made at; `nil` to remove nothing.
    /// - Throws: why nothing of it is in the file.
    func write(
        _ changes: some Collection<MemoryChange>, from memory: MemoryStore, to database: Database,
        sweptAt now: Timestamp?
    ) throws {
        try database.inTransaction(.immediate) {
            // Before anything is written: what is written now may be expired and in use again.
            if let now { try sweep(database, rows: 64 + 2 * Int64(changes.count), at: now) }
            let rate = try RowStatement(RateValue.table.write, database)
            let sighting = try RowStatement(SightingValue.table.write, database)
            let tally = try RowStatement(TallyValue.table.write, database)
            for change in changes {
                let key = change.fingerprint
                switch change.kind {
                case .rate: try write(memory.rate(key), change, rate)
                case .sighting, .trustee: try write(memory.sighting(key), change, sighting)
                case .tally: try write(memory.tally(key), change, tally)
                }
            }
            return .commit
        }
    }

    /// Goes on with the walk for expired rows, which takes the tables in turn.
    private func sweep(_ database: Database, rows: Int64, at now: Timestamp) throws {
        let (table, first) = walk.withLock { walk in
            let table = Self.tables[walk.table]
            defer { walk.row += rows }
            return (table, walk.row)
        }
        try database.cachedStatement(sql: table.sweep)
            .execute(arguments: [first, first + rows - 1, now.nanoseconds / 1_000])
        let last = try database.cachedStatement(sql: table.lastRow)
        guard try Int64.fetchOne(last) ?? 0 < first + rows else { return }
        walk.withLock { $0 = Walk(table: ($0.table + 1) % Self.tables.count) }
    }

    /// What memory no longer has was overwritten in the file by what took its place, or will be.
    private func write<Value: StoredValue>(
        _ entry: MemoryEntry<Value>?, _ change: MemoryChange, _ statement: RowStatement
    ) throws {
        guard let entry else { return }
        try statement.run(
            text: change.key.octets,
            [Int64(entry.row), Int64(entry.owner)] + entry.value.columns(isTrustee: change.kind == .trustee))
    }
}
#endif
