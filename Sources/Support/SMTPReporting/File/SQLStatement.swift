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
    func run(_ parameters: SQLParameters) throws -> Int {
        _ = try rows(parameters) { _ in }
        return database.changesCount
    }

    /// Runs a statement that finds nothing.
    ///
    /// - Returns: how many rows it inserted, changed or removed.
    @discardableResult
    func run(_ values: [SQLValue]) throws -> Int { try run(SQLParameters(values)) }

    /// Runs a statement and reads every row that it finds.
    func rows<Value>(_ values: [SQLValue], _ read: (SQLRow) throws -> Value) throws -> [Value] {
        try rows(SQLParameters(values), read)
    }

    private func rows<Value>(_ parameters: SQLParameters, _ read: (SQLRow) throws -> Value) throws -> [Value] {
        try parameters.memory.withUnsafeBytes { memory in
            let statement = statement.sqliteStatement
            defer {
                sqlite3_reset(statement)
                // What they point to is gone afterwards.
                sqlite3_clear_bindings(statement)
            }
            var offset = 0
            for (index, parameter) in parameters.parameters.enumerated() {
                try check(Self.bind(parameter, in: memory, &offset, to: statement, at: Int32(index + 1)), SQLITE_OK)
            }
            return try step(statement, read)
        }
    }

    private func step<Value>(_ statement: SQLiteStatement, _ read: (SQLRow) throws -> Value) throws -> [Value] {
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

    /// - Parameter offset: where the parameter is, if it is a text or octets; where the next one is, afterwards.
    private static func bind(
        _ parameter: SQLParameters.Parameter, in memory: UnsafeRawBufferPointer, _ offset: inout Int,
        to statement: SQLiteStatement, at index: Int32
    ) -> Int32 {
        let start = memory.baseAddress.map { $0 + offset }
        switch parameter {
        case .null: return sqlite3_bind_null(statement, index)
        case .integer(let integer): return sqlite3_bind_int64(statement, index, integer)
        case .text(let count):
            offset += count
            // An empty text is not nothing.
            guard let start else { return sqlite3_bind_text(statement, index, "", 0, Self.copied) }
            return sqlite3_bind_text(
                statement, index, start.assumingMemoryBound(to: CChar.self), Int32(clamping: count), nil)
        case .octets(let count):
            offset += count
            guard let start else { return sqlite3_bind_zeroblob(statement, index, 0) }
            return sqlite3_bind_blob(statement, index, start, Int32(clamping: count), nil)
        }
    }

    /// SQLite makes a copy of what it is given.
    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    private func check(_ code: Int32, _ expected: Int32) throws {
        guard code != expected else { return }
        let message = database.sqliteConnection.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
        throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }
}
#endif
