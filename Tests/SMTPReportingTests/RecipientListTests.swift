#if SQLite
import Foundation
import GRDB
import SMTPLoggingTesting
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@testable import SMTPReporting

@Suite("Recipients in the transaction log")
struct RecipientListTests {
    private let folder: TransactionLogFolder

    init() throws { folder = try TransactionLogFolder() }

    private func read(_ entries: [ViolationEntry]) async throws {
        let reader = try folder.reader()
        for entry in entries { #expect(try await reader.entry(entry.supportID)?.recipients == entry.recipients) }
    }

    @Test("are once in the file, however many violations a transaction has")
    func once() async throws {
        let log = try folder.log()
        let paths = (0..<10).map { "user\($0)@example.org" }
        let entries = (0..<10).map { number in Sample.entry { $0.recipients = Array(paths[...number]) } }
        for entry in entries { log.record(entry) }
        try await log.flush()
        // The same again, of an earlier moment, and of another transaction.
        let more = [0, 5, 9].map { number in Sample.entry { $0.recipients = Array(paths[...number]) } }
        let other = Sample.entry { $0.recipients = ["user0@example.org", "other@example.org"] }
        for entry in more + [other] { log.record(entry) }
        try await log.flush()
        #expect(try log.number("SELECT count(*) FROM recipient") == 12)
        try await read(entries + more + [other])
        var query = ViolationQuery { $0.recipient = "user5@example.org" }
        let found = try await folder.reader().entries(query).map(\.supportID)
        #expect(Set(found) == Set((entries[5...] + more[1...]).map(\.supportID)))
        query.recipient = "other@example.org"
        #expect(try await folder.reader().entries(query).map(\.supportID) == [other.supportID])
    }

    @Test("come back as they were, whatever sessions do and whenever they were written", arguments: 0..<20)
    func generatedLists(_ seed: UInt64) async throws {
        var generator = Generator(seed: seed)
        let log = try folder.log()
        var entries: [ViolationEntry] = []
        var lists: [UInt64: [String]] = [:]
        for _ in 0..<300 {
            let session = UInt64.random(in: 1...6, using: &generator)
            var list = lists[session] ?? []
            switch Int.random(in: 0..<10, using: &generator) {
            case 0: list = []
            case 1: list = list.isEmpty ? [] : Array(list.dropLast())
            case 2: list.reverse()
            default: if list.count < 10 { list.append("\(Int.random(in: 0..<8, using: &generator))@e\u{301}") }
            }
            lists[session] = list
            let entry = try Sample.entry { $0.recipients = list }
                .replacing(["session": String(session, radix: 16)])
            entries.append(entry)
            log.record(entry)
            if Bool.random(using: &generator) { try await log.flush() }
        }
        await log.close()
        try await read(entries)
        let reader = try folder.reader()
        for number in 0..<8 {
            let path = "\(number)@e\u{301}"
            let query = ViolationQuery {
                $0.recipient = path
                $0.limit = 1_000
            }
            let found = Set(try await reader.entries(query).map(\.supportID))
            #expect(found == Set(entries.filter { $0.recipients.contains(path) }.map(\.supportID)))
        }
    }

    @Test("leave the file with the last entry that has them")
    func pruned() async throws {
        var limits = ReportLimits()
        limits.age = .seconds(3_600)
        let time = TestTime()
        let log = try folder.log(limits, time: time)
        let old = Sample.entry { $0.recipients = ["a@example.org"] }
        let alone = Sample.entry { $0.recipients = ["alone@example.org"] }
        let new = Sample.entry {
            $0.time = start.advanced(by: .seconds(1_800))
            $0.recipients = ["alone@example.org", "b@example.org"]
        }
        for entry in [old, alone, new] { log.record(entry) }
        try await log.flush()
        #expect(try log.number("SELECT count(*) FROM recipient") == 3)
        time.advance(by: .seconds(3_700))
        try log.withDatabase { log.prune($0) }
        #expect(try log.number("SELECT count(*) FROM entry") == 1)
        #expect(try log.number("SELECT count(*) FROM recipient") == 2)
        try await read([new])
        // What comes now has a list of its own: the one before may be gone.
        let next = Sample.entry {
            $0.time = start.advanced(by: .seconds(3_700))
            $0.recipients = ["alone@example.org", "b@example.org", "c@example.org"]
        }
        log.record(next)
        try await log.flush()
        try await read([new, next])
        time.advance(by: .seconds(6_300))
        try log.withDatabase { log.prune($0) }
        #expect(try log.number("SELECT count(*) FROM recipient") == 0)
    }

    @Test("do not stop an entry that comes again after its row was removed")
    func again() async throws {
        let log = try folder.log()
        let first = Sample.entry { $0.recipients = ["a@example.org"] }
        let second = Sample.entry { $0.recipients = ["a@example.org", "b@example.org"] }
        for entry in [first, second] { log.record(entry) }
        try await log.flush()
        await log.close()
        try folder.execute("DELETE FROM entry WHERE support_id = \(first.supportID)")
        let later = try folder.log()
        later.record(first)
        try await later.flush()
        #expect(later.figures.written == 1 && later.figures.failures == 0)
        try await read([first, second])
    }

    @Test("of an older file are kept")
    func migrated() async throws {
        let entry = Sample.entry { $0.recipients = ["a@example.org", "b@example.org"] }
        let database = try DatabaseQueue(path: folder.file)
        try ReportSchema.migrator.migrate(database, upTo: "2: each line of a session once")
        try await database.write { database in
            try database.execute(
                sql: """
                    PRAGMA application_id = \(ReportSchema.applicationID);
                    INSERT INTO entry VALUES (
                        \(entry.supportID), \(start.milliseconds), 'p', 'c', 'c.v', 'refused', 1, 1, '', NULL, 1, x'00', 1, '',
                        NULL, 2, 1, NULL, NULL, NULL, NULL, NULL);
                    INSERT INTO recipient VALUES (\(entry.supportID), 0, 'a@example.org'), (\(entry.supportID), 1, 'b@example.org')
                    """)
        }
        try database.close()
        await (try folder.log()).close()
        try await read([entry])
        let query = ViolationQuery { $0.recipient = "b@example.org" }
        #expect(try await folder.reader().entries(query).map(\.supportID) == [entry.supportID])
    }
}
#endif
