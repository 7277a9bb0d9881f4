#if SQLite

import Foundation
import GRDB
import SMTPSecurity
import SMTPSecurityTesting
import SMTPStoresTesting
import Testing

@testable import SMTPStoresSQLite

/// What happens to the file: other people's files, old versions, full disks, ends without warning.
@Suite("The file of the store in SQLite")
struct SQLiteStoreFileTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    // MARK: Opening

    private func problem(_ path: String? = nil) -> SQLiteStoreError? {
        var settings = SQLiteStoreSettings()
        settings.openTimeout = .milliseconds(20)
        do throws(SQLiteStoreError) {
            _ = try SQLiteStore(path: path ?? folder.file, settings: settings, at: start)
            return nil
        } catch {
            return error
        }
    }

    @Test func `It says what is wrong with a path`() throws {
        #expect(problem("\(folder.path)/no/state.db") == .folderMissing(path: "\(folder.path)/no/state.db"))
        #expect(problem(folder.path) == .notAFile(path: folder.path))
        #expect(problem("/dev/null") == .notAFile(path: "/dev/null"))
        #expect(problem(folder.file) == nil)
        #expect("\(SQLiteStoreError.folderMissing(path: "/a/b"))".hasPrefix("/a/b: the folder does not exist"))
    }

    @Test func `It leaves files alone that are not its own`() async throws {
        let text = Data(String(repeating: "Return-Path: <someone@example.org>\n", count: 200).utf8)
        try text.write(to: URL(fileURLWithPath: folder.file))
        #expect(problem() == .notADatabase(path: folder.file))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file)) == text)

        let other = "\(folder.path)/other.db"
        let database = try DatabaseQueue(path: other)
        try await database.write { try $0.execute(sql: "CREATE TABLE accounts (name TEXT)") }
        try database.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: other))
        #expect(problem(other) == .otherApplication(path: other))
        #expect(try Data(contentsOf: URL(fileURLWithPath: other)) == before)
    }

    @Test func `It does not read what a newer version wrote`() async throws {
        let store = try folder.store()
        await store.close()
        try folder.execute("INSERT INTO grdb_migrations VALUES ('9: something of the future')")
        #expect(problem() == .newerVersion(path: folder.file))
    }

    @Test func `It brings an old file to the present version, with what is in it`() async throws {
        let database = try DatabaseQueue(path: folder.file)
        try StoreFile.migrator.migrate(database, upTo: "1: rates and senders")
        try await database.write {
            let time = start.nanoseconds / 1_000
            try $0.execute(
                sql: """
                    PRAGMA application_id = \(StoreFile.applicationID);
                    INSERT INTO rate VALUES (7, 'event|ip=0.0.0.0', 3, \(time + 3_600_000_000), 3600000000);
                    INSERT INTO sender VALUES (9, 'sender|ip=0.0.0.1', 3, 0, \(time), 0, 0, \(time + 60_000_000))
                    """)
        }
        try database.close()
        let store = try folder.store()
        guard case .exceeded = try await store.event() else {
            Issue.record("the rate was forgotten")
            return
        }
        #expect(try await store.attempt(1) == .early(wait: .seconds(300)))
        _ = try await store.record(
            isFailure: true, of: [key("f")],
            rule: TallyRule(
                window: .seconds(60), limit: 1, shareMinimum: 9, sharePercent: 101, penalty: .seconds(600)),
            by: client, at: start
        ).value()
        await store.close()
        #expect(try folder.read("SELECT count(*) FROM failures") == 1)
        #expect(try folder.integrity() == "ok")
    }

    @Test(arguments: [
        "UPDATE sender SET passes = -1", "UPDATE sender SET id = 5000000000", "UPDATE rate SET tolerance = -1",
        "UPDATE failures SET outcomes = 1000001", "DELETE FROM secret",
    ])
    func `It says so when a row makes no sense`(_ sql: String) async throws {
        let store = try folder.store()
        _ = try await store.attempt(1)
        _ = try await store.event()
        let rule = TallyRule(window: .seconds(60), limit: 9, shareMinimum: 9, sharePercent: 101, penalty: .seconds(9))
        _ = try await store.record(isFailure: true, of: [key("f")], rule: rule, by: client, at: start).value()
        await store.close()
        try folder.execute(sql)
        guard case .damaged(folder.file, _)? = problem() else {
            Issue.record("\(String(describing: problem()))")
            return
        }
    }

    @Test func `It says so when the file is damaged, wherever`() async throws {
        let store = try folder.store()
        for number in 0..<500 { _ = try await store.attempt(number) }
        await store.close()
        let whole = try Data(contentsOf: URL(fileURLWithPath: folder.file))
        #expect(whole.count > 20_000)
        var random = Generator(seed: 5)
        var damaged = 0
        for _ in 0..<60 {
            var copy = whole
            let place = Int.random(in: 0..<whole.count - 512, using: &random)
            for offset in 0..<512 { copy[place + offset] = UInt8.random(in: 0...255, using: &random) }
            try copy.write(to: URL(fileURLWithPath: folder.file))
            // Whatever is read, it does not crash, and what it opens it can use.
            do {
                let store = try folder.store()
                _ = try? await store.attempt(1_000_000)
                await store.close()
            } catch {
                damaged += 1
            }
        }
        #expect(damaged > 5)
    }

    @Test func `No two stores have one file`() async throws {
        let store = try folder.store()
        #expect(problem() == .inUse(path: folder.file))
        #expect(try await store.attempt(1) == .unseen(wait: .seconds(300)))
        await store.close()
        #expect(problem() == nil)
    }

    // MARK: Writing

    @Test func `When the disk is full decisions fail, and when it is not they go on, with nothing missing`()
        async throws
    {
        let store = try folder.store()
        #expect(try await store.attempt(0) == .unseen(wait: .seconds(300)))
        let pages = try store.limitPages(to: 1)
        var failed: [Int] = []
        for number in 1..<400 {
            do throws(CheckFailure) {
                _ = try await store.attempt(number)
            } catch {
                #expect("\(error)".contains("full"))
                failed.append(number)
            }
        }
        #expect(failed.count > 100)
        _ = try store.limitPages(to: pages)
        #expect(try await store.attempt(400) == .unseen(wait: .seconds(300)))
        // Seen, though it was not said so: nobody was told that it was kept, but nothing speaks against it either.
        #expect(try await store.attempt(399) == .early(wait: .seconds(300)))
        await store.close()
        #expect(try folder.integrity() == "ok")
        #expect(try folder.read("SELECT count(*) FROM sender") == 401)
    }

    @Test func `What waits for a full disk is bounded`() async throws {
        let store = try folder.store { $0.mostWaiting = 50 }
        _ = try await store.attempt(0)
        let pages = try store.limitPages(to: 1)
        var reasons: Set<String> = []
        for number in 1..<400 {
            do throws(CheckFailure) { _ = try await store.attempt(number) } catch { reasons.insert("\(error)") }
        }
        #expect(reasons.contains { $0.contains("does not keep up") })
        _ = try store.limitPages(to: pages)
        // The next question is refused still, but has what is missing written.
        await #expect(throws: CheckFailure.self) { try await store.attempt(500) }
        try store.whileBusy {}
        #expect(try await store.attempt(501) == .unseen(wait: .seconds(300)))
        await store.close()
        #expect(try folder.integrity() == "ok")
    }

    @Test func `Nothing that was answered is lost when the process is killed`() async throws {
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("SQLiteStoreWriter").path
        try #require(FileManager.default.isExecutableFile(atPath: program), "\(program) was not built")
        var answered: Set<Int> = []
        for round in 0..<6 {
            let output = "\(folder.path)/answers"
            #expect(FileManager.default.createFile(atPath: output, contents: nil))
            let descriptor = open(output, O_WRONLY | O_CLOEXEC)
            var writer = try ChildProcess(program, [folder.file, "\(round << 24)"], output: descriptor)
            close(descriptor)
            // At another moment each time: in a transaction, between two, while the log is copied into the file.
            let enough = 1_000 + 2_777 * round
            let end = ContinuousClock.now + .seconds(60)
            func count() -> Int { ((try? Data(contentsOf: URL(fileURLWithPath: output)))?.count ?? 0) / 9 }
            while count() < enough, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(2)) }
            writer.kill(SIGKILL)
            writer.wait()
            let lines = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
            let numbers = lines.compactMap { Int($0) }
            #expect(numbers.count > 500)
            answered.formUnion(numbers)

            let store = try folder.store { $0.openTimeout = .seconds(10) }
            let soon = start.advanced(by: .seconds(1))
            let all = Array(answered)
            let lost = try await withThrowingTaskGroup(of: Int.self) { group in
                for task in 0..<64 {
                    group.addTask {
                        var lost = 0
                        for index in stride(from: task, to: all.count, by: 64) {
                            let request = FirstSeenRequest([key("writer", all[index])], rule: greylisting)
                            let answer = try await store.note(request, by: client, at: soon).value()
                            if case .early = answer { continue }
                            lost += 1
                        }
                        return lost
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(lost == 0, "of \(answered.count), in round \(round)")
            await store.close()
            #expect(try folder.integrity() == "ok")
        }
    }
}
#endif
