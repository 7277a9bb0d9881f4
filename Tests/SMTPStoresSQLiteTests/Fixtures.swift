#if SQLite

import Foundation
import GRDB
import SMTPSecurity
import SMTPStores

@testable import SMTPStoresSQLite

let client = IPAddress.v4(0xC000_0201)
let start = Timestamp(seconds: 1_800_000_000)
let greylisting = FirstSeenRule(
    delay: .seconds(300), retryWindow: .seconds(172_800), lifetime: .seconds(3_024_000), trustedAfter: 0)

func key(_ purpose: String, _ number: Int = 0) -> StoreKey {
    var key = StoreKey(purpose)
    key.append(.client, .v4(UInt32(truncatingIfNeeded: number)))
    return key
}

/// A folder that goes away with the test.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("smtp-sqlite-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var file: String { "\(path)/state.db" }

    func store(
        at now: Timestamp = start, _ change: (inout SQLiteStoreSettings) -> Void = { _ in }
    ) throws -> SQLiteStore {
        var settings = SQLiteStoreSettings()
        settings.openTimeout = .milliseconds(20)
        change(&settings)
        return try SQLiteStore(path: file, settings: settings, at: now)
    }

    /// What the closed file says.
    func read<Value: DatabaseValueConvertible>(_ sql: String) throws -> Value? {
        try DatabaseQueue(path: file).read { try Value.fetchOne($0, sql: sql) }
    }

    /// What is wrong with the closed file; `ok` if nothing is.
    func integrity() throws -> String { try read("PRAGMA integrity_check") ?? "" }

    func execute(_ sql: String) throws {
        let database = try DatabaseQueue(path: file)
        try database.writeWithoutTransaction { try $0.execute(sql: sql) }
        try database.close()
    }
}

extension SQLiteStore {
    /// Does something while nothing is written.
    func whileBusy<Value>(_ body: () -> Value) throws -> Value { try withFile { _ in body() } }

    /// Lets the file grow to so many pages, at least to what it has.
    ///
    /// - Returns: how many it could grow to before.
    func limitPages(to pages: Int) throws -> Int {
        try withFile {
            let before = try Int.fetchOne($0, sql: "PRAGMA max_page_count") ?? 0
            _ = try Int.fetchOne($0, sql: "PRAGMA max_page_count = \(pages)")
            return before
        }
    }

    /// A first attempt of a sender, or a further one.
    func attempt(_ number: Int, at now: Timestamp = start) async throws(CheckFailure) -> FirstSeenDecision {
        try await note(FirstSeenRequest([key("sender", number)], rule: greylisting), by: client, at: now).value()
    }

    /// One event of ten an hour.
    func event(_ number: Int = 0, at now: Timestamp = start) async throws(CheckFailure) -> RateDecision {
        try await charge(
            [RateCharge(key("event", number), RateAllowance(10, per: .seconds(3_600)))], by: client, at: now
        ).value()
    }
}

extension StoreAnswer {
    var isImmediate: Bool { if case .now = self { true } else { false } }
}
#endif
