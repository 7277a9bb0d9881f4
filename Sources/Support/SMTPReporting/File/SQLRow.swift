#if SQLite
import GRDB
import GRDBSQLite

/// A row that a statement found, as long as the statement stands on it.
struct SQLRow {
    let statement: SQLiteStatement

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }
    func number(_ column: Int32) -> UInt64 { UInt64(bitPattern: integer(column)) }
    func flag(_ column: Int32) -> Bool { integer(column) != 0 }
    func text(_ column: Int32) -> String { optionalText(column) ?? "" }

    func optionalNumber(_ column: Int32) -> UInt64? {
        sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : number(column)
    }

    /// The whole text: GRDB's own ends at a NUL.
    func optionalText(_ column: Int32) -> String? {
        guard let start = sqlite3_column_text(statement, column) else { return nil }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func octets(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(statement, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
    }
}
#endif
