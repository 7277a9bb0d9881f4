import Foundation
import GRDB
import GRDBSQLite
import SMTPSecurity

/// What a store in SQLite is compared with: the same rows, written by themselves with SQLite's defaults, a hundred in a transaction.
struct Upserts {
    let file: String
    let keys: Int

    /// Writes rows, and prints how many a second.
    func run(_ count: Int, _ iterations: Int) throws {
        for end in ["", "-wal", "-shm", "-journal"] { try? FileManager.default.removeItem(atPath: file + end) }
        let database = try DatabaseQueue(path: file)
        try database.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = NORMAL;
                    CREATE TABLE rate (id INTEGER PRIMARY KEY, key TEXT NOT NULL, owner INTEGER NOT NULL,
                        arrival INTEGER NOT NULL, tolerance INTEGER NOT NULL)
                    """)
            let statement = try database.makeStatement(sql: "INSERT OR REPLACE INTO rate VALUES (?, ?, ?, ?, ?)")
            var figures: [Double] = []
            for _ in 0..<iterations {
                let start = ContinuousClock.now
                for first in stride(from: 0, to: count, by: 100) {
                    try database.inTransaction(.immediate) {
                        for number in first..<min(first + 100, count) {
                            try write((number &* 618_033) % keys, statement.sqliteStatement)
                        }
                        return .commit
                    }
                }
                figures.append(Double(count) / (start.duration(to: .now) / .seconds(1)))
            }
            figures.sort()
            print(
                #"{"control":"upserts, 100 in a transaction","keys":\#(keys),"#
                    + #""rows_per_second":\#(format(figures[figures.count / 2])),"#
                    + #""rows_per_second_best":\#(format(figures[figures.count - 1])),"iterations":\#(iterations)}"#)
        }
        try database.close()
    }

    private func write(_ number: Int, _ statement: OpaquePointer) throws {
        let charge = Decisions.charge(number)[0]
        sqlite3_bind_int64(statement, 1, Int64(number) + 1)
        sqlite3_bind_int64(statement, 3, Int64(number) & 1_023)
        sqlite3_bind_int64(statement, 4, Decisions.start.nanoseconds / 1_000 + charge.allowance.tolerance)
        sqlite3_bind_int64(statement, 5, charge.allowance.tolerance)
        let code = charge.key.octets.withUnsafeBytes { octets in
            sqlite3_bind_text(
                statement, 2, octets.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(octets.count), nil)
            defer { sqlite3_reset(statement) }
            return sqlite3_step(statement)
        }
        guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }
}
