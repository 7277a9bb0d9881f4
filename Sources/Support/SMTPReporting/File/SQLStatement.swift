#if SQLite
import GRDB
import GRDBSQLite

/// A statement whose parameters are bound straight with SQLite: GRDB ends texts at a NUL, and takes longer.
///
/// The statement belongs to GRDB's cache, and is used within one transaction.
struct SQLStatement {
    private let statement: Statement
    private let database: Database

    /// Prepares a statement, or takes it from the cache.
    init(_ sql: String, _ database: Database) throws {
        statement = try database.cachedStatement(sql: sql)
        self.database = database
    }

    /// Runs a statement that finds nothing.
    ///
    /// - Returns: how many rows it inserted, changed or removed.
    @discardableResult
    func run(_ values: [SQLValue]) throws -> Int {
        _ = try rows(values) { _ in }
        return database.changesCount
    }

    /// Runs a statement and reads every row that it finds.
    func rows<Value>(_ values: [SQLValue], _ read: (SQLRow) throws -> Value) throws -> [Value] {
        let statement = statement.sqliteStatement
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() {
            try check(Self.bind(value, to: statement, at: Int32(index + 1)), SQLITE_OK)
        }
        var found: [Value] = []
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_ROW {
                found.append(try read(SQLRow(statement: statement)))
            } else {
                try check(code, SQLITE_DONE)
                return found
            }
        }
    }

    private static func bind(_ value: SQLValue, to statement: SQLiteStatement, at index: Int32) -> Int32 {
        // SQLite makes a copy of what it is given.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: return sqlite3_bind_null(statement, index)
        case .integer(let integer): return sqlite3_bind_int64(statement, index, integer)
        case .text(var text):
            return text.withUTF8 { octets in
                guard let start = octets.baseAddress else { return sqlite3_bind_text(statement, index, "", 0, copied) }
                return start.withMemoryRebound(to: CChar.self, capacity: octets.count) {
                    sqlite3_bind_text(statement, index, $0, Int32(clamping: octets.count), copied)
                }
            }
        case .octets(let octets):
            return octets.withUnsafeBytes {
                sqlite3_bind_blob(statement, index, $0.baseAddress, Int32(clamping: octets.count), copied)
            }
        }
    }

    private func check(_ code: Int32, _ expected: Int32) throws {
        guard code != expected else { return }
        let message = database.sqliteConnection.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
        throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }
}
#endif
