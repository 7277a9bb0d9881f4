#if SQLite
import Foundation
import GRDB
import SMTPLoggingTesting
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@testable import SMTPReporting

/// What happens to the file: other people's files, full disks, age and size, other processes.
@Suite("The file of the transaction log")
struct TransactionLogFileTests {
    private let folder: TransactionLogFolder

    init() throws { folder = try TransactionLogFolder() }

    private static let later = start.advanced(by: .seconds(365 * 86_400))

    // MARK: Opening

    private func problem(_ path: String? = nil) -> ReportingError? {
        do throws(ReportingError) {
            _ = try TransactionLog(path: path ?? folder.file)
            return nil
        } catch {
            return error
        }
    }

    private func readingProblem(_ path: String? = nil) -> ReportingError? {
        do throws(ReportingError) {
            _ = try TransactionLogReader(path: path ?? folder.file)
            return nil
        } catch {
            return error
        }
    }

    @Test("is not opened where there can be none")
    func paths() throws {
        #expect(problem("\(folder.path)/no/log.db") == .folderMissing(path: "\(folder.path)/no/log.db"))
        #expect(problem(folder.path) == .notAFile(path: folder.path))
        #expect(problem("/dev/null") == .notAFile(path: "/dev/null"))
        #expect(readingProblem() == .fileMissing(path: folder.file))
        #expect(readingProblem(folder.path) == .notAFile(path: folder.path))
        #expect(problem() == nil)
        #expect(readingProblem() == nil)
        #expect("\(ReportingError.folderMissing(path: "/a/b"))".hasPrefix("/a/b: the folder does not exist"))
    }

    @Test("is not made of files that are something else, which stay as they are")
    func otherFiles() async throws {
        let text = Data(String(repeating: "Return-Path: <someone@example.org>\n", count: 200).utf8)
        try text.write(to: URL(fileURLWithPath: folder.file))
        #expect(problem() == .notADatabase(path: folder.file))
        #expect(readingProblem() == .notADatabase(path: folder.file))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file)) == text)

        let other = "\(folder.path)/other.db"
        let database = try DatabaseQueue(path: other)
        try await database.write { try $0.execute(sql: "CREATE TABLE accounts (name TEXT)") }
        try database.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: other))
        #expect(problem(other) == .otherApplication(path: other))
        #expect(readingProblem(other) == .otherApplication(path: other))
        #expect(try Data(contentsOf: URL(fileURLWithPath: other)) == before)
    }

    @Test("is not opened when a newer version wrote it, nor read when it is not ready")
    func versions() async throws {
        let log = try folder.log()
        await log.close()
        try folder.execute("INSERT INTO grdb_migrations VALUES ('9: something of the future')")
        #expect(problem() == .newerVersion(path: folder.file))
        #expect(readingProblem() == .newerVersion(path: folder.file))
        try folder.execute("DELETE FROM grdb_migrations")
        #expect(readingProblem() == .olderVersion(path: folder.file))
    }

    @Test("is readable for its owner alone")
    func permissions() throws {
        let log = try folder.log()
        log.record(Sample.entry())
        for file in ["", "-wal", "-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.file + file)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test("keeps everything when it is opened again")
    func reopening() async throws {
        let entry = Sample.entry { $0.recipients = ["a@example.org"] }
        for round in 1...3 {
            let log = try folder.log()
            log.record(round == 1 ? entry : Sample.entry())
            var traffic = ProfileStatistics()
            traffic.messages = 1
            log.record(traffic, profile: "inbound", at: start)
            await log.close()
            let reader = try folder.reader()
            #expect(try await reader.entries(ViolationQuery()).count == round)
            #expect(try await reader.entry(entry.supportID) == entry)
            let until = start.advanced(by: .seconds(60))
            #expect(try await reader.counts(from: start, until: until).first?.occurrences == round)
            #expect(try await reader.traffic(from: start, until: until)["inbound"]?.messages == round)
        }
    }

    @Test("says so when it is damaged, and does not crash")
    func generatedDamage() async throws {
        let log = try folder.log()
        for _ in 0..<2_000 { log.record(Sample.entry { $0.recipients = ["a@example.org"] }) }
        await log.close()
        let whole = try Data(contentsOf: URL(fileURLWithPath: folder.file))
        var random = Generator(seed: 5)
        var damaged = 0
        for _ in 0..<min(Generator.cases(40), 1_000) {
            var copy = whole
            let place = Int.random(in: 0..<whole.count - 2_048, using: &random)
            for offset in 0..<2_048 { copy[place + offset] = UInt8.random(in: 0...255, using: &random) }
            try copy.write(to: URL(fileURLWithPath: folder.file))
            do throws(ReportingError) {
                let log = try folder.log()
                log.record(Sample.entry())
                await log.tick()
                await log.close()
                _ = try await folder.reader().entries(ViolationQuery { $0.limit = 1_000 })
            } catch {
                damaged += 1
            }
        }
        #expect(damaged > 5)
    }

    // MARK: Full disks

    @Test("does not affect who records when the disk is full, and is written when there is room again")
    func fullDisk() async throws {
        var limits = ReportLimits()
        limits.queuedEntries = 2_000
        let lines = LoggedLines()
        let time = TestTime()
        let log = try folder.log(limits, logger: lines.logger, time: time)
        log.record(Sample.entry())
        try await log.flush()
        let pages = try log.limitPages(to: 1)
        for _ in 0..<3_000 { log.record(Sample.entry()) }
        for _ in 0..<20 {
            await #expect(throws: ReportingError.diskFull(path: folder.file)) { try await log.flush() }
        }
        let full = log.figures
        #expect(full.failures >= 20)
        #expect(full.queuedEntries == 2_000)
        #expect(full.dropped == 1_000)
        #expect(lines.count("error the transaction log cannot be written") == 1)
        #expect(lines.all.first { $0.hasPrefix("error") }?.contains("no room left") == true)
        // A minute later it is said once more, with how often it happened.
        time.advance(by: .seconds(60))
        for _ in 0..<3 { await #expect(throws: ReportingError.self) { try await log.flush() } }
        #expect(lines.count("error the transaction log cannot be written") == 2)
        #expect(lines.count("entries were dropped") == 1)

        try log.limitPages(to: pages)
        try await log.flush()
        #expect(log.figures.written == 2_001)
        #expect(log.figures.queuedEntries == 0)
        log.record(Sample.entry())
        try await log.flush()
        let reader = try folder.reader()
        let until = start.advanced(by: .seconds(60))
        #expect(try await reader.counts(from: start, until: until).first?.occurrences == 2_002)
        #expect(try await reader.dropped(from: start, until: until).map(\.entries) == [1_000])
    }

    @Test("is tried less and less often while it cannot be written, and at once when it could")
    func pauses() async throws {
        let log = try folder.log()
        let pages = try log.limitPages(to: 1)
        for _ in 0..<500 { log.record(Sample.entry()) }
        for _ in 0..<3_000 { await log.tick() }
        // Every 30 seconds, of ten minutes.
        #expect((20...35).contains(log.figures.failures))
        try log.limitPages(to: pages)
        for _ in 0..<151 { await log.tick() }
        #expect(log.figures.written == 500)
        log.record(Sample.entry())
        await log.tick()
        #expect(log.figures.written == 501)
    }

    @Test("does not stop at entries that it refuses")
    func refusal() async throws {
        let log = try folder.log()
        try log.refuseEntries(where: "new.profile = 'bad'")
        log.record(Sample.entry { $0.profile = "bad" })
        await #expect(throws: ReportingError.self) { try await log.flush() }
        log.record(Sample.entry())
        try await log.flush()
        #expect(log.figures.written == 1)
        #expect(log.droppedEntries == 1)
        #expect(log.figures.queuedEntries == 0)
    }

    @Test("says what is lost when it is closed while it cannot be written")
    func lost() async throws {
        let lines = LoggedLines()
        let log = try folder.log(logger: lines.logger)
        try log.limitPages(to: 1)
        for _ in 0..<1_500 { log.record(Sample.entry { $0.evidence = .none }) }
        await log.close()
        #expect(log.figures.written + log.figures.dropped == 1_500)
        #expect(log.figures.dropped > 0)
        #expect(log.figures.queuedEntries == 0)
        #expect(lines.count("entries were dropped") == 1)
    }

    private static func mount(_ path: String) -> Bool { run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path) }

    @discardableResult
    private static func run(_ arguments: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    @Test("survives a disk that is really full, where a small one can be mounted")
    func smallDisk() async throws {
        let disk = "\(folder.path)/disk"
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        guard Self.mount(disk) else { return }
        defer { Self.run("umount", disk) }
        let time = TestTime()
        let log = try TransactionLog(path: "\(disk)/log.db", now: { time.now })
        let filling = FileManager.default.createFile(
            atPath: "\(disk)/other", contents: Data(repeating: 0, count: 300 * 1_024))
        #expect(filling)
        for _ in 0..<5_000 { log.record(Sample.entry()) }
        await #expect(throws: ReportingError.self) { try await log.flush() }
        #expect(log.figures.queuedEntries > 0)
        let waiting = log.figures.queuedEntries
        try FileManager.default.removeItem(atPath: "\(disk)/other")
        try? await log.flush()
        #expect(log.figures.queuedEntries < waiting)
        #expect(try log.withDatabase { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
        await log.close()
    }

    // MARK: Pruning

    @Test("keeps entries and sums as long as it is told")
    func age() async throws {
        var limits = ReportLimits()
        limits.age = .seconds(86_400)
        let time = TestTime()
        let log = try folder.log(limits, time: time)
        var traffic = ProfileStatistics()
        traffic.sessions = 1
        for hour in 0..<48 {
            let moment = start.advanced(by: .seconds(3_600 * hour))
            for _ in 0..<100 { log.record(Sample.entry { ($0.time, $0.recipients) = (moment, ["a@example.org"]) }) }
            log.record(
                ViolationEntry(
                    Sample(time: moment).record,
                    transcript: [TranscriptLine(time: moment, direction: .client, text: "QUIT")]))
            log.record(traffic, profile: "inbound", at: moment)
        }
        try await log.flush()
        time.advance(by: .seconds(48 * 3_600))
        for _ in 0..<60 { await log.tick() }
        #expect(try log.number("SELECT count(*) FROM entry") == 24 * 101)
        #expect(try log.number("SELECT count(*) FROM entry WHERE recipients_kept = 1") == 24 * 100)
        // All of them are of one session, which had one recipient.
        #expect(try log.number("SELECT count(*) FROM recipient") == 1)
        #expect(try log.number("SELECT count(lines) FROM entry") == 24)
        #expect(try log.number("SELECT sum(occurrences) FROM rollup") == 24 * 101)
        #expect(try log.number("SELECT count(*) FROM traffic") == 24)
        let oldest = try log.number("SELECT min(time) FROM entry")
        #expect(Int64(oldest) == start.milliseconds + 24 * 3_600_000)
        time.advance(by: .seconds(365 * 86_400))
        for _ in 0..<60 { await log.tick() }
        for table in ["entry", "recipient", "rollup", "traffic", "dropped"] {
            #expect(try log.number("SELECT count(*) FROM \(table)") == 0)
        }
    }

    @Test("becomes no larger than it is told, and shrinks, and loses the oldest entries first")
    func size() async throws {
        var limits = ReportLimits()
        limits.fileOctets = 1 << 20
        let log = try folder.log(limits)
        for number in 0..<8_000 {
            log.record(Sample.entry { $0.time = start.advanced(by: .milliseconds(number)) })
        }
        try await log.flush()
        #expect(try log.number("PRAGMA page_count") * 4_096 > 2 << 20)
        for _ in 0..<60 { await log.tick() }
        #expect(try log.number("PRAGMA page_count") * 4_096 <= 1 << 20)
        let left = try log.number("SELECT count(*) FROM entry")
        #expect((500...5_000).contains(left))
        #expect(Int64(try log.number("SELECT min(time) FROM entry")) == start.milliseconds + 8_000 - Int64(left))
        // Sums know of all of them.
        let counts = try await folder.reader().counts(from: start, until: start.advanced(by: .seconds(60)))
        #expect(counts.first?.occurrences == 8_000)
        await log.close()
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file)
        #expect((attributes[.size] as? Int ?? .max) <= 1 << 20)
        #expect(
            try await DatabaseQueue(path: folder.file).read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
                == "ok")
    }

    @Test("stays within a size while much is recorded")
    func sizeUnderLoad() async throws {
        var limits = ReportLimits()
        limits.fileOctets = 1 << 20
        let log = try folder.log(limits)
        var largest = 0
        for round in 0..<200 {
            for number in 0..<200 {
                log.record(Sample.entry { $0.time = start.advanced(by: .milliseconds(round * 200 + number)) })
            }
            await log.tick()
            largest = max(largest, try log.number("PRAGMA page_count") * 4_096)
        }
        // It is looked after every ten seconds.
        #expect(largest < 16 << 20)
        for _ in 0..<60 { await log.tick() }
        #expect(try log.number("PRAGMA page_count") * 4_096 <= 1 << 20)
        #expect(log.figures.failures == 0)
    }

    // MARK: Others

    @Test("is written by two logs and read at the same time")
    func twoLogs() async throws {
        let first = try folder.log()
        let second = try folder.log()
        let reader = try folder.reader()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for log in [first, second] {
                group.addTask {
                    for number in 0..<3_000 {
                        log.record(Sample.entry())
                        if number % 300 == 299 { try await log.flush() }
                    }
                }
            }
            group.addTask {
                for _ in 0..<30 { _ = try await reader.entries(ViolationQuery()) }
            }
            try await group.waitForAll()
        }
        #expect(first.figures.written == 3_000)
        #expect(second.figures.written == 3_000)
        let counts = try await reader.counts(from: start, until: start.advanced(by: .seconds(60)))
        #expect(counts.first?.occurrences == 6_000)
    }

    @Test("is readable for another process while it is written")
    func anotherProcess() async throws {
        let log = try folder.log()
        for number in 0..<1_200 {
            log.record(Sample.entry { $0.profile = "it's \(number % 3)" })
        }
        try await log.flush()
        let program = """
            import sqlite3
            rows = sqlite3.connect('file:\(folder.file)?mode=ro', uri=True).execute(
                'SELECT profile, count(*), min(time) FROM entry GROUP BY profile ORDER BY profile').fetchall()
            out.write(repr(rows).encode())
            """
        let text = String(decoding: try Python.octets(program), as: UTF8.self)
        let rows = (0..<3).map { "(\"it's \($0)\", 400, \(start.milliseconds))" }
        #expect(text == "[\(rows.joined(separator: ", "))]")
    }
}
#endif
