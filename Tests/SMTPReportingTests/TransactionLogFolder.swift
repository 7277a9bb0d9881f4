#if SQLite
import Foundation
import GRDB
import Logging
import SMTPLoggingTesting
import SMTPSecurity

@testable import SMTPReporting

/// A folder for a transaction log that goes away with the test.
final class TransactionLogFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("smtp-log-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var file: String { "\(path)/transactions.db" }

    func log(
        _ limits: ReportLimits = ReportLimits(), logger: Logger? = nil, time: TestTime = TestTime()
    ) throws(ReportingError) -> TransactionLog {
        try TransactionLog(path: file, limits: limits, logger: logger, now: { time.now })
    }

    func reader() throws(ReportingError) -> TransactionLogReader { try TransactionLogReader(path: file) }

    /// A reader of a file with these entries.
    func reader(of entries: [ViolationEntry]) async throws -> TransactionLogReader {
        let log = try log()
        for entry in entries { log.record(entry) }
        await log.close()
        return try reader()
    }

    func execute(_ sql: String) throws {
        let database = try DatabaseQueue(path: file)
        try database.writeWithoutTransaction { try $0.execute(sql: sql) }
        try database.close()
    }
}

extension TransactionLog {
    /// Lets the file grow to so many pages, at least to what it has.
    ///
    /// - Returns: how many it could grow to before.
    @discardableResult
    func limitPages(to pages: Int) throws -> Int {
        try withDatabase {
            let before = try Int.fetchOne($0, sql: "PRAGMA max_page_count") ?? 0
            _ = try Int.fetchOne($0, sql: "PRAGMA max_page_count = \(pages)")
            return before
        }
    }

    func number(_ sql: String) throws -> Int { try withDatabase { try Int.fetchOne($0, sql: sql) ?? 0 } }

    /// Has the file refuse entries.
    ///
    /// - Parameter condition: which ones, with `new` for the row.
    func refuseEntries(where condition: String) throws {
        try withDatabase {
            try $0.execute(
                sql: """
                    CREATE TRIGGER refuse BEFORE INSERT ON entry WHEN \(condition)
                    BEGIN SELECT raise(ABORT, 'refused'); END
                    """)
        }
    }

    /// Does something while nothing is written.
    func whileBusy(_ body: () -> Void) throws { try withDatabase { _ in body() } }
}

extension ViolationQuery {
    init(_ change: (inout ViolationQuery) -> Void) {
        self.init()
        change(&self)
    }
}
#endif
