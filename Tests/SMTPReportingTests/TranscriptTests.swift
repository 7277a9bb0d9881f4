#if SQLite
import GRDB
import SMTPSecurityTesting
import Testing

@testable import SMTPReporting
@testable import SMTPSecurity

@Suite("Transcripts in the transaction log")
struct TranscriptTests {
    private let folder: TransactionLogFolder

    init() throws { folder = try TransactionLogFolder() }

    // MARK: Text

    private static func lines(_ random: inout Generator) -> [TranscriptLine] {
        let letters: [Character] = ["a", ":", " ", "1", "\n", "\0", "ü", "\\", "c", "\u{1F4E7}"]
        return (0..<Int.random(in: 0..<6, using: &random)).map { _ in
            TranscriptLine(
                time: Timestamp(milliseconds: Int64.random(in: -5_000...2_000_000_000_000, using: &random)),
                direction: [.client, .server, .note].randomElement(using: &random) ?? .note,
                text: String(
                    (0..<Int.random(in: 0..<12, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a"
                    }))
        }
    }

    @Test("are read as they were written, whatever is in them")
    func generatedText() {
        var random = Generator(seed: 71)
        for _ in 0..<Generator.cases(2_000) {
            let lines = Self.lines(&random)
            var octets: [UInt8] = []
            TranscriptText.write(lines, to: &octets)
            let read = TranscriptText.read(String(decoding: octets, as: UTF8.self))
            #expect(read == lines)
            if read != lines { return }
            // Whatever else is there, it is read or not, and nothing ends with it.
            if let index = octets.indices.randomElement(using: &random) {
                octets[index] = UInt8.random(in: 0...255, using: &random)
            }
            _ = TranscriptText.read(String(decoding: octets, as: UTF8.self))
        }
    }

    @Test("are the same whether a session's lines are written as they are, or are made into lines of an entry before")
    func generatedKept() {
        var random = Generator(seed: 79)
        let octets: [UInt8] = [0, 9, 10, 13, 34, 58, 65, 92, 126, 127, 200, 255]
        for _ in 0..<Generator.cases(500) {
            var kept = SessionTranscript(lines: Int.random(in: 1...8, using: &random))
            for number in 0..<Int.random(in: 0..<12, using: &random) {
                let line = (0..<([0, 3, 159, 160, 161, 900].randomElement(using: &random) ?? 0)).map { _ in
                    octets.randomElement(using: &random) ?? 65
                }
                kept.add(
                    [.client, .note].randomElement(using: &random) ?? .client, line.span,
                    at: start.advanced(by: .milliseconds(number)))
            }
            let first = Int.random(in: 0...kept.count, using: &random)
            var (expected, found): ([UInt8], [UInt8]) = ([], [])
            TranscriptText.write(kept.lines.dropFirst(first).map { TranscriptLine($0) }, to: &expected)
            TranscriptText.write(kept, droppingFirst: first, to: &found)
            #expect(found == expected)
        }
    }

    @Test(
        "make no sense where they are not what is written",
        arguments: [
            "x", "c", "c1", "c1 ", "c1 2", "c1 2:a", "c1 -1:", "c1 1a:x", "c 1:x", "[{\"time\":1}]", "c1 1:xy",
            "q1 1:x",
            "c99999999999999999999 1:x", "c9223372036854775807 1:xc1 1:x", "c1 9223372036854775807:x",
        ])
    func noText(_ text: String) { #expect(TranscriptText.read(text) == nil) }

    // MARK: Sessions

    /// A session that says something, and now and then offends.
    private struct Talker {
        var session: UInt64
        var transcript: SessionTranscript
        var recipients: [Evidence] = []
        private var said = 0

        init(_ session: UInt64, keeping lines: Int) {
            self.session = session
            transcript = SessionTranscript(lines: lines)
        }

        mutating func say(_ count: Int) {
            for _ in 0..<count {
                said += 1
                let line = Array("session \(session) line \(said)".utf8)
                transcript.add(.client, line.span, at: start.advanced(by: .milliseconds(said)))
            }
        }

        func offend() -> ViolationRecord {
            var record = Sample().record
            record.session = SessionID(rawValue: session)
            record.recipients = recipients
            return record
        }
    }

    /// Whether an entry comes back with everything that its session had kept.
    private func isWhole(_ record: ViolationRecord, _ transcript: SessionTranscript?) async throws -> Bool {
        try await folder.reader().entry(record.supportID) == ViolationEntry(record, transcript: transcript)
    }

    @Test(
        "of many sessions come back whole, whenever they were written and however many lines lie between two violations"
    )
    func generatedSessions() async throws {
        var random = Generator(seed: 73)
        let log = try folder.log()
        var talkers = (1...5).map { Talker($0, keeping: Int.random(in: 1...20, using: &random)) }
        var offences: [(record: ViolationRecord, transcript: SessionTranscript)] = []
        for _ in 0..<min(Generator.cases(300), 2_000) {
            let index = Int.random(in: 0..<talkers.count, using: &random)
            talkers[index].say([0, 1, 2, 7, 30].randomElement(using: &random) ?? 1)
            if Int.random(in: 0..<5, using: &random) == 0 { talkers[index].recipients = [] }
            for _ in 0..<Int.random(in: 0..<4, using: &random) where talkers[index].recipients.count < 10 {
                talkers[index].recipients.append(Evidence("user\(Int.random(in: 0..<3, using: &random))\u{E9}"))
            }
            offences.append((talkers[index].offend(), talkers[index].transcript))
            log.record(offences[offences.count - 1].record, transcript: talkers[index].transcript)
            if Int.random(in: 0..<8, using: &random) == 0 { try await log.flush() }
        }
        try await log.flush()
        let reader = try folder.reader()
        #expect(offences.contains { $0.record.recipients.count > 3 })
        for offence in offences {
            let expected = ViolationEntry(offence.record, transcript: offence.transcript)
            #expect(try await reader.entry(offence.record.supportID) == expected)
        }
    }

    @Test("have each line once in the file")
    func once() async throws {
        let log = try folder.log()
        var talker = Talker(1, keeping: 50)
        talker.say(10)
        for _ in 0..<5 {
            talker.say(1)
            log.record(talker.offend(), transcript: talker.transcript)
        }
        log.record(talker.offend(), transcript: talker.transcript)
        try await log.flush()
        #expect(
            try log.number("SELECT sum(length(lines) - length(replace(lines, 'line', 'lin'))) FROM entry") == 15)
        #expect(try log.number("SELECT count(lines) FROM entry") == 6)
    }

    @Test("are whole although writing failed in between")
    func failure() async throws {
        let log = try folder.log()
        var talker = Talker(1, keeping: 50)
        let pages = try log.limitPages(to: 1)
        var offences: [(ViolationRecord, SessionTranscript)] = []
        for _ in 0..<200 {
            talker.say(3)
            offences.append((talker.offend(), talker.transcript))
            log.record(offences[offences.count - 1].0, transcript: talker.transcript)
        }
        await #expect(throws: ReportingError.self) { try await log.flush() }
        try log.limitPages(to: pages)
        try await log.flush()
        for (record, transcript) in offences { #expect(try await isWhole(record, transcript)) }
    }

    @Test("lack their beginning where it stood with an entry that is gone")
    func pruned() async throws {
        let log = try folder.log()
        var talker = Talker(1, keeping: 50)
        talker.say(4)
        let first = talker.offend()
        log.record(first, transcript: talker.transcript)
        talker.say(2)
        let second = talker.offend()
        log.record(second, transcript: talker.transcript)
        try await log.flush()
        try log.withDatabase { try $0.execute(sql: "DELETE FROM entry WHERE support_id = \(first.supportID.rawValue)") }
        let entry = try await folder.reader().entry(second.supportID)
        #expect(entry?.transcript.map(\.text) == ["session 1 line 5", "session 1 line 6"])
    }

    @Test("are never those of another session")
    func otherSession() async throws {
        let log = try folder.log()
        var talkers = [Talker(1, keeping: 50), Talker(2, keeping: 50)]
        var records: [ViolationRecord] = []
        for index in talkers.indices {
            talkers[index].say(2)
            records.append(talkers[index].offend())
            log.record(records[index], transcript: talkers[index].transcript)
        }
        try await log.flush()
        try log.withDatabase {
            try $0.execute(
                sql:
                    "UPDATE entry SET line_count = 4, earlier_lines = \(records[0].supportID.rawValue) WHERE session = 2"
            )
        }
        let entry = try await folder.reader().entry(records[1].supportID)
        #expect(entry?.transcript.map(\.text) == ["session 2 line 1", "session 2 line 2"])
    }

    @Test("are whole in the entries behind one that there was no room for")
    func dropped() async throws {
        var limits = ReportLimits()
        limits.queuedEntries = 2
        let log = try folder.log(limits)
        var talker = Talker(1, keeping: 50)
        var offences: [(record: ViolationRecord, transcript: SessionTranscript)] = []
        for number in 0..<6 {
            talker.say(2)
            offences.append((talker.offend(), talker.transcript))
            log.record(offences[number].record, transcript: talker.transcript)
            if number == 3 { try await log.flush() }
        }
        try await log.flush()
        #expect(log.droppedEntries == 2)
        for number in [0, 1, 4, 5] { #expect(try await isWhole(offences[number].record, offences[number].transcript)) }
    }

    @Test("are whole in the entries behind those that the file refused")
    func refused() async throws {
        let log = try folder.log()
        try log.refuseEntries(where: "new.line_count = 2")
        var talker = Talker(1, keeping: 50)
        talker.say(2)
        log.record(talker.offend(), transcript: talker.transcript)
        await #expect(throws: ReportingError.self) { try await log.flush() }
        #expect(log.droppedEntries == 1)
        talker.say(1)
        let (record, transcript) = (talker.offend(), talker.transcript)
        log.record(record, transcript: transcript)
        try await log.flush()
        #expect(try await isWhole(record, transcript))
    }

    @Test("are whole in an entry that is recorded twice, and behind it")
    func twice() async throws {
        let log = try folder.log()
        var talker = Talker(1, keeping: 50)
        talker.say(3)
        let (first, transcript) = (talker.offend(), talker.transcript)
        log.record(first, transcript: transcript)
        talker.say(1)
        log.record(first, transcript: talker.transcript)
        try await log.flush()
        #expect(try await isWhole(first, transcript))
        let second = talker.offend()
        log.record(second, transcript: talker.transcript)
        try await log.flush()
        #expect(try await isWhole(second, talker.transcript))
    }

    @Test("that point at each other end", arguments: ["0", "-5", "9223372036854775807"])
    func circle(_ count: String) async throws {
        let log = try folder.log()
        let records = [Sample().record, Sample().record]
        var talker = Talker(1, keeping: 50)
        talker.say(1)
        for record in records { log.record(record, transcript: talker.transcript) }
        await log.close()
        try folder.execute(
            """
            UPDATE entry SET line_count = \(count), lines = 'c1 1:x',
                earlier_lines = (SELECT max(support_id) + min(support_id) FROM entry) - support_id
            """)
        let lines = try await folder.reader().entry(records[0].supportID)?.transcript.count
        #expect(lines == (count.hasPrefix("9") ? ViolationEntry.maximumTranscriptLines : 0))
    }

    @Test("of more sessions than are remembered are whole, only written again")
    func manySessions() async throws {
        let log = try folder.log()
        var talkers = (1...UInt64(TranscriptChain.mostSessions + 10)).map { Talker($0, keeping: 3) }
        var last: [(ViolationRecord, SessionTranscript)] = []
        for round in 0..<2 {
            for index in talkers.indices {
                talkers[index].say(1)
                let record = talkers[index].offend()
                log.record(record, transcript: talkers[index].transcript)
                if round == 1, index % 500 == 0 { last.append((record, talkers[index].transcript)) }
            }
        }
        try await log.flush()
        for (record, transcript) in last { #expect(try await isWhole(record, transcript)) }
    }
}
#endif
