#if SQLite
import Foundation
import GRDB
import SMTPLoggingTesting
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@testable import SMTPReporting

@Suite("The transaction log")
struct TransactionLogTests {
    private let folder: TransactionLogFolder

    init() throws { folder = try TransactionLogFolder() }

    private static func isBalanced(_ figures: TransactionLogFigures) -> Bool {
        figures.recorded
            == figures.written + figures.duplicates + figures.dropped + UInt64(figures.queuedEntries)
    }

    // MARK: Writing

    @Test("keeps everything of an entry")
    func keeps() async throws {
        let log = try folder.log()
        let lines = (0..<20).map { number in
            TranscriptLine(
                time: start.advanced(by: .milliseconds(number)), direction: number % 2 == 0 ? .client : .server,
                text: "line \(number) 'quoted' \u{0} ü")
        }
        var sample = Sample()
        sample.client = Endpoint(.v6(0x2001_0DB8_0000_0000, 1), port: 65_535)
        sample.reply = Reply(451, "later")
        let entry = ViolationEntry(
            sample.record, recipients: ["a@example.org", "b@example.org", "a@example.org"], transcript: lines,
            messageSize: .max, messageDigest: "00ff")
        log.record(entry)
        log.record(Sample.entry { $0.sender = nil })
        try await log.flush()
        let reader = try folder.reader()
        #expect(try await reader.entry(entry.supportID) == entry)
        let all = try await reader.entries(ViolationQuery())
        #expect(all.count == 2)
        #expect(all.last == (try entry.withoutTranscript))
        #expect(all.first?.reversePath == nil)
        #expect(try await reader.entry(SupportID(rawValue: 1)) == nil)
    }

    @Test("does not fail for Support IDs that it has, and counts them once")
    func duplicates() async throws {
        let log = try folder.log()
        let entry = Sample.entry { $0.recipients = ["a@example.org"] }
        for _ in 0..<3 { log.record(entry) }
        log.record(Sample.entry())
        try await log.flush()
        log.record(entry)
        try await log.flush()
        #expect(log.figures.written == 2)
        #expect(log.figures.duplicates == 3)
        #expect(log.figures.failures == 0)
        let counts = try await folder.reader().counts(from: start, until: start.advanced(by: .seconds(1)))
        #expect(counts.map(\.occurrences) == [2])
    }

    @Test("writes by itself when there is enough for a transaction")
    func fullBatch() async throws {
        let log = try folder.log()
        for _ in 0..<EntryQueue.batchSize { log.record(Sample.entry()) }
        // Its turn comes after that of what was asked for before.
        try log.whileBusy {}
        #expect(log.figures.written == UInt64(EntryQueue.batchSize))
    }

    @Test("writes while it runs, and once more when it ends", .timeLimit(.minutes(1)))
    func runs() async throws {
        let file = folder.file
        let log = try TransactionLog(path: file, clock: ImpatientClock(), now: { start })
        let running = Task { await log.run() }
        log.record(Sample.entry())
        while log.figures.written < 1 { await Task.yield() }
        running.cancel()
        await running.value
        await log.close()

        let patient = try TransactionLog(path: file, clock: PatientClock(), now: { start })
        patient.record(Sample.entry())
        let waiting = Task { await patient.run() }
        waiting.cancel()
        await waiting.value
        #expect(patient.figures.written == 1)
        await patient.close()
    }

    @Test("counts what is recorded after its end, and writes what was recorded before")
    func closed() async throws {
        let log = try folder.log()
        log.record(Sample.entry())
        await log.close()
        await log.close()
        log.record(Sample.entry())
        await log.tick()
        await #expect(throws: ReportingError.closed(path: folder.file)) { try await log.flush() }
        #expect(log.figures.written == 1)
        #expect(log.droppedEntries == 1)
        #expect(Self.isBalanced(log.figures))
    }

    // MARK: Room

    @Test("drops what exceeds the number of entries, counts it, and writes how many when")
    func tooMany() async throws {
        var limits = ReportLimits()
        limits.queuedEntries = 50
        let lines = LoggedLines()
        let time = TestTime()
        let log = try folder.log(limits, logger: lines.logger, time: time)
        for number in 0..<80 {
            log.record(Sample.entry { $0.time = start.advanced(by: .seconds(number < 70 ? 0 : 60)) })
        }
        #expect(log.figures.queuedEntries == 50)
        #expect(log.droppedEntries == 30)
        #expect(Self.isBalanced(log.figures))
        try await log.flush()
        log.record(Sample.entry())
        try await log.flush()
        #expect(log.figures.written == 51)
        #expect(log.figures.queuedOctets == 0)
        #expect(Self.isBalanced(log.figures))
        let reader = try folder.reader()
        let dropped = try await reader.dropped(from: start, until: start.advanced(by: .seconds(3_600)))
        #expect(dropped.map(\.entries) == [20, 10])
        #expect(dropped.map(\.minute) == [start, start.advanced(by: .seconds(60))])
        #expect(lines.all == ["warning 30 entries were dropped by the transaction log entries=30"])
        // Once a minute, with all that were dropped meanwhile.
        for round in 1...3 {
            for _ in 0..<60 { log.record(Sample.entry()) }
            try await log.flush()
            #expect(lines.all.count == 1, "round \(round)")
        }
        time.advance(by: .seconds(61))
        await log.tick()
        #expect(lines.all.last == "warning 30 entries were dropped by the transaction log entries=30")
        #expect(lines.all.count == 2)
    }

    @Test("drops what exceeds the memory")
    func tooLarge() async throws {
        let line = TranscriptLine(time: start, direction: .client, text: String(repeating: "a", count: 4_000))
        let large = ViolationEntry(Sample().record, transcript: Array(repeating: line, count: 10))
        var limits = ReportLimits()
        limits.queuedOctets = 100_000
        let log = try folder.log(limits)
        for _ in 0..<5 {
            log.record(ViolationEntry(Sample().record, transcript: large.transcript))
        }
        #expect(log.droppedEntries == 3)
        #expect(log.figures.queuedOctets > 80_000)
        log.record(Sample.entry())
        #expect(log.droppedEntries == 3)
        try await log.flush()
        #expect(log.figures.written == 3)
        #expect(log.figures.queuedOctets == 0)
        limits.queuedEntries = 0
        let none = try folder.log(limits)
        none.record(Sample.entry())
        #expect(none.droppedEntries == 1)
    }

    @Test("loses nothing and counts everything when many tasks record while others read", .timeLimit(.minutes(5)))
    func concurrency() async throws {
        let log = try folder.log()
        let reader = try folder.reader()
        let tasks = 4
        let each = 25_000
        let running = Task { await log.run() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    for number in 0..<each {
                        let time = start.advanced(by: .milliseconds(number))
                        log.record(Sample.entry { ($0.time, $0.profile) = (time, "profile \(task)") })
                        // An event loop has other things to do as well.
                        if number % 500 == 499, log.figures.queuedEntries > 5_000 { try await log.flush() }
                    }
                }
            }
            group.addTask {
                for _ in 0..<50 {
                    let entries = try await reader.entries(ViolationQuery { $0.violation = "compliance" })
                    #expect(entries == entries.sorted { ($0.time, $0.supportID) > ($1.time, $1.supportID) })
                    let until = start.advanced(by: .seconds(3_600))
                    let counts = try await reader.counts(from: start, until: until)
                    #expect(counts.reduce(0) { $0 + $1.occurrences } <= tasks * each)
                }
            }
            try await group.waitForAll()
        }
        running.cancel()
        await running.value
        let figures = log.figures
        #expect(figures.recorded == UInt64(tasks * each))
        #expect(figures.recorded == figures.written + figures.dropped)
        let until = start.advanced(by: .seconds(3_600))
        let counts = try await reader.counts(from: start, until: until)
        #expect(counts.reduce(0) { $0 + $1.occurrences } == Int(figures.written))
        #expect(try log.number("SELECT count(*) FROM entry") == Int(figures.written))
        let dropped = try await reader.dropped(from: start, until: until)
        #expect(dropped.reduce(0) { $0 + $1.entries } == Int(figures.dropped))
    }

    // MARK: Traffic

    @Test("adds traffic by profile and minute")
    func traffic() async throws {
        let log = try folder.log()
        var traffic = ProfileStatistics()
        traffic.sessions = 1
        traffic.transactions = 2
        traffic.messages = 3
        traffic.recipients = 4
        traffic.octets = 5
        traffic.refused = 6
        traffic.deferred = 7
        traffic.unavailable = 8
        traffic.violations = ["compliance.bare-line-feed": .init()]
        for second in [0, 59, 60] {
            log.record(traffic, profile: "inbound", at: start.advanced(by: .seconds(second)))
        }
        try await log.flush()
        log.record(traffic, profile: "inbound", at: start)
        log.record(traffic, profile: "outbound '; DROP TABLE entry; --", at: start)
        log.record(Sample.entry())
        try await log.flush()
        let reader = try folder.reader()
        let first = try await reader.traffic(from: start, until: start.advanced(by: .seconds(60)))
        #expect(first.count == 2)
        #expect(first["inbound"]?.sessions == 3)
        #expect(first["inbound"]?.unavailable == 24)
        #expect(first["inbound"]?.violations["compliance.bare-line-feed"]?.blocked == 1)
        traffic.violations = [:]
        #expect(first["outbound '; DROP TABLE entry; --"] == traffic)
        let all = try await reader.traffic(from: start, until: start.advanced(by: .seconds(61)))
        #expect(all["inbound"]?.octets == 20)
        #expect(try await reader.traffic(from: start.advanced(by: .seconds(120)), until: start) == [:])
    }

    @Test("adds sums that do not fit to the most that fits")
    func saturation() async throws {
        let log = try folder.log()
        var traffic = ProfileStatistics()
        traffic.octets = .max
        for _ in 0..<3 {
            log.record(traffic, profile: "inbound", at: start)
            try await log.flush()
        }
        let read = try await folder.reader().traffic(from: start, until: start.advanced(by: .seconds(1)))
        #expect(read["inbound"]?.octets == UInt64(Int64.max))
    }

    @Test("keeps sums of a day in memory, and adds the rest to the last minute")
    func minuteTable() {
        var table = MinuteTable<Int>()
        for minute in 0..<5_000 { table.add(1, minute: Int64(minute)) }
        #expect(table.values.count == MinuteTable<Int>.mostMinutes)
        #expect(table.values[1_439] == 3_561)
        #expect(table.values.values.reduce(0, +) == 5_000)
    }
}
#endif
