#if SQLite
import GRDB
import GRDBSQLite

/// A statement that is run for many rows, straight on SQLite: GRDB's own way to give it arguments takes longer than all the rest.
///
/// The statement belongs to GRDB's cache, and is used within one transaction.
struct RowStatement {
    private let statement: Statement
    private let database: Database

    /// Prepares a statement, or takes it from the cache.
    init(_ sql: String, _ database: Database) throws {
        statement = try database.cachedStatement(sql: sql)
        self.database = database
    }

    /// Runs the statement.
    ///
    /// - Parameters:
    ///   - text: printable ASCII, not empty, for the second parameter.
    ///   - integers: for the others, in their order.
    func run(text: [UInt8], _ integers: some Sequence<Int64>) throws {
        let statement = statement.sqliteStatement
        var parameter: Int32 = 1
        for integer in integers {
            sqlite3_bind_int64(statement, parameter, integer)
            parameter += parameter == 1 ? 2 : 1
        }
        let code = text.withUnsafeBytes { octets in
            // Not copied: SQLite reads the octets while the statement runs, within this closure. Afterwards there is nothing bound.
            let address = octets.baseAddress?.assumingMemoryBound(to: CChar.self)
            sqlite3_bind_text(statement, 2, address, Int32(clamping: octets.count), nil)
            defer {
                sqlite3_reset(statement)
                sqlite3_clear_bindings(statement)
            }
            return sqlite3_step(statement)
        }
        guard code == SQLITE_DONE else {
            let message = database.sqliteConnection.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
    }
}
#endif
