#if SQLite
import Foundation
import GRDB
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@testable import SMTPReporting

@Suite("Queries for violations")
struct ViolationQueryTests {
    private let folder: TransactionLogFolder

    init() throws { folder = try TransactionLogFolder() }

    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let change: @Sendable (inout ViolationQuery) -> Void
        let matches: @Sendable (ViolationEntry) -> Bool

        init(
            _ description: String, _ change: @escaping @Sendable (inout ViolationQuery) -> Void,
            _ matches: @escaping @Sendable (ViolationEntry) -> Bool
        ) {
            self.description = description
            self.change = change
            self.matches = matches
        }
    }

    /// One of each of what queries distinguish.
    private static let entries: [ViolationEntry] = {
        var entries: [ViolationEntry] = []
        // Others have later times, so their generator may be ahead.
        let generator = SupportIDGenerator(node: 8)
        for number in 0..<240 {
            var sample = Sample()
            sample.time = start.advanced(by: .milliseconds(number / 2 * 250))
            sample.id = generator.next(at: sample.time)
            sample.profile = ["inbound", "outbound", "in_ound", "%"][number % 4]
            sample.check = ["compliance", "method", "rate"][number % 3]
            sample.name = ["bare-line-feed", "line-length"][number % 2]
            sample.action = [.passed, .repaired, .refused, .closed][number / 3 % 4]
            sample.enforcement = Enforcement(alarm: number % 5 != 0, block: number % 7 != 0)
            sample.client = Endpoint(clients[number % clients.count], port: UInt16(number))
            sample.sender = [nil, "", "a@example.org", "A@example.org", "a%"][number / 2 % 5]
            sample.recipients = [[], ["b@example.org"], ["b@example.org", "c_@example.org"]][number / 5 % 3]
            entries.append(sample.entry)
        }
        return entries
    }()

    private static let clients: [IPAddress] = [
        .v4(0xC000_0201), .v4(0xC000_02FF), .v4(0xC000_0301), .v6(0xC000_0200_0000_0000, 0), .v6(0, 1),
        .v6(0x2001_0DB8_0000_0000, 1), .v6(0x2001_0DB8_0000_0000, .max), .v6(.max, .max), .v4(0), .v4(.max),
    ]

    private static func network(_ text: String) -> IPNetwork {
        (try? IPNetwork(text)) ?? IPNetwork(.v4(0), prefixLength: 32)
    }

    private static func client(_ text: String) -> Case {
        let network = network(text)
        return Case("the network \(text)", { $0.client = network }, { network.contains($0.client.address) })
    }

    static let cases: [Case] = [
        Case("everything", { _ in }, { _ in true }),
        Case("a kind", { $0.violation = "rate.line-length" }, { $0.violation == "rate.line-length" }),
        Case("a check", { $0.violation = "rate" }, { $0.check == "rate" }),
        Case("no check", { $0.violation = "rat" }, { _ in false }),
        Case("a profile", { $0.profile = "in_ound" }, { $0.profile == "in_ound" }),
        Case("a profile like a pattern", { $0.profile = "%" }, { $0.profile == "%" }),
        client("192.0.2.1"), client("192.0.2.0/24"), client("192.0.2.0/23"), client("0.0.0.0/0"), client("::/0"),
        client("::1"), client("2001:db8::/64"), client("2001:db8::/32"), client("::ffff:192.0.2.0/120"),
        client("255.255.255.255"), client("8000::/1"), client("c000:200::/32"),
        Case("a sender", { $0.sender = "a@example.org" }, { $0.reversePath == "a@example.org" }),
        Case("the null sender", { $0.sender = "" }, { $0.reversePath == "" }),
        Case("a sender like a pattern", { $0.sender = "a%" }, { $0.reversePath == "a%" }),
        Case("a recipient", { $0.recipient = "c_@example.org" }, { $0.recipients.contains("c_@example.org") }),
        Case("a recipient of many", { $0.recipient = "b@example.org" }, { $0.recipients.contains("b@example.org") }),
        Case(
            "from a moment", { $0.from = start.advanced(by: .seconds(3)) },
            { $0.time >= start.advanced(by: .seconds(3)) }),
        Case(
            "until a moment", { $0.until = start.advanced(by: .seconds(3)) },
            { $0.time < start.advanced(by: .seconds(3)) }),
        Case(
            "between", { ($0.from, $0.until) = (start.advanced(by: .seconds(3)), start.advanced(by: .seconds(9))) },
            { $0.time >= start.advanced(by: .seconds(3)) && $0.time < start.advanced(by: .seconds(9)) }),
        Case("an action", { $0.action = .repaired }, { $0.action == .repaired }),
        Case("reported", { $0.isAlarmed = true }, { $0.alarm }),
        Case("not reported", { $0.isAlarmed = false }, { !$0.alarm }),
        Case("refused", { $0.isBlocked = true }, { $0.action == .refused || $0.action == .closed }),
        Case("not refused", { $0.isBlocked = false }, { $0.action == .passed || $0.action == .repaired }),
        Case(
            "all at once",
            {
                $0.violation = "method"
                $0.profile = "inbound"
                $0.isBlocked = true
                $0.from = start
                $0.recipient = "b@example.org"
            },
            {
                $0.check == "method" && $0.profile == "inbound" && $0.isRefused
                    && $0.recipients.contains("b@example.org")
            }),
    ]

    private static func newestFirst(_ entries: [ViolationEntry]) -> [ViolationEntry] {
        entries.sorted { ($0.time, $0.supportID) > ($1.time, $1.supportID) }
    }

    @Test("find what a look at every entry finds", arguments: cases)
    func finds(_ example: Case) async throws {
        let reader = try await folder.reader(of: Self.entries)
        var query = ViolationQuery(example.change)
        query.limit = 1_000
        let expected = Self.newestFirst(Self.entries.filter(example.matches))
        #expect(try await reader.entries(query) == expected)
        // The same, page by page.
        query.limit = 7
        var found: [ViolationEntry] = []
        while true {
            let page = try await reader.entries(query)
            guard !page.isEmpty else { break }
            found += page
            query.before = page.last?.supportID
        }
        #expect(found == expected)
    }

    @Test("find one entry by its number, if the rest fits")
    func byNumber() async throws {
        let reader = try await folder.reader(of: Self.entries)
        let entry = try #require(Self.entries.first { $0.profile == "inbound" })
        var query = ViolationQuery { $0.supportID = entry.supportID }
        #expect(try await reader.entries(query) == [entry])
        query.profile = "outbound"
        #expect(try await reader.entries(query) == [])
        for number in [0, UInt64(Int64.max), .max] {
            query.supportID = SupportID(rawValue: number)
            #expect(try await reader.entries(query) == [])
        }
    }

    @Test("find no more than they may", arguments: [(-5, 1), (0, 1), (1, 1), (1_000, 1_000), (.max, 1_000)])
    func limits(asked: Int, given: Int) async throws {
        let entries = (0..<1_200).map { number in
            Sample.entry { $0.time = start.advanced(by: .milliseconds(number)) }
        }
        let reader = try await folder.reader(of: entries)
        let query = ViolationQuery { $0.limit = asked }
        #expect(try await reader.entries(query).count == given)
    }

    @Test("go on where an entry was that is gone")
    func pageAfterPruning() async throws {
        let reader = try await folder.reader(of: Self.entries)
        let log = try folder.log()
        let sorted = Self.newestFirst(Self.entries)
        let query = ViolationQuery { $0.before = sorted[49].supportID }
        let expected = Array(sorted[50..<150])
        #expect(try await reader.entries(query) == expected)
        try log.withDatabase {
            try $0.execute(
                sql: "DELETE FROM entry WHERE support_id = ?", arguments: [Int64(sorted[49].supportID.rawValue)])
        }
        #expect(try await reader.entries(query) == expected)
    }

    // MARK: Hostile text

    static let hostile: [String] = [
        "'", "\"", "''", "'; DROP TABLE entry; --", "\\", "%", "_", "a%_b", "*", "?", ":name", "$1", "\u{0}", "a\u{0}b",
        "a\u{0}c", "\r\n", "\u{1B}[2J", "\u{202E}", "é", "e\u{301}", "😀", "\u{FFFD}", "\u{FFFF}", "NULL", "1", "0x41",
        "",
        " ", "x'41'", "{\"a\":1}", "]]>", String(repeating: "a", count: 2_048), String(repeating: "'", count: 2_000),
    ]

    @Test("take hostile text as it is, and find it by exactly that")
    func hostileText() async throws {
        let entries = try Self.hostile.map { text in
            try Sample.entry().replacing([
                "profile": text, "check": text + "-check", "violation": ".\(text)", "evidence": text, "reply": text,
                "greetingName": text, "reversePath": text, "recipients": [text, "other"], "messageDigest": text,
                "transcript": [["time": "2027-01-15T08:00:00.000Z", "direction": "note", "text": text]],
            ])
        }
        let reader = try await folder.reader(of: entries)
        for (text, entry) in zip(Self.hostile, entries) {
            // Swift takes letters for the same that are composed in different ways; octets are compared in files.
            func isSame(_ other: String?) -> Bool { other.map { Array($0.utf8) == Array(text.utf8) } ?? false }
            let read = try await reader.entry(entry.supportID)
            #expect(read == entry)
            #expect(isSame(read?.profile) && isSame(read?.evidence) && isSame(read?.transcript.first?.text))
            let only = [try entry.withoutTranscript]
            let queries = [
                ViolationQuery { $0.profile = text }, ViolationQuery { $0.sender = text },
                ViolationQuery { $0.recipient = text }, ViolationQuery { $0.violation = ".\(text)" },
                ViolationQuery { $0.violation = text + "-check" },
            ]
            for query in queries {
                #expect(
                    try await reader.entries(query) == only || query.violation.map { $0.utf8.count > 2_048 } ?? false)
            }
        }
        let recipients = ViolationQuery { ($0.recipient, $0.limit) = ("other", 1_000) }
        #expect(try await reader.entries(recipients).count == Self.hostile.count)
        let counts = try await reader.counts(from: start, until: start.advanced(by: .seconds(1)))
        #expect(counts.count == Self.hostile.count)
        for text in Self.hostile {
            let one = try await reader.counts(from: start, until: start.advanced(by: .seconds(1)), profile: text)
            #expect(one.count == 1)
        }
    }

    // MARK: Any query

    private static func anyEntry(_ random: inout Generator) -> ViolationEntry {
        var sample = Sample()
        sample.time = start.advanced(by: .milliseconds(Int.random(in: 0..<120_000, using: &random)))
        // Numbers that say nothing about the time: neither machines nor clocks agree always.
        sample.id = SupportID(rawValue: UInt64.random(in: 1...UInt64(Int64.max), using: &random))
        sample.profile = ["a", "b", "a'"].randomElement(using: &random) ?? ""
        sample.check = ["c", "d"].randomElement(using: &random) ?? ""
        sample.name = ["e", "f", "g"].randomElement(using: &random) ?? ""
        sample.action = [.passed, .repaired, .refused, .closed].randomElement(using: &random) ?? .passed
        sample.enforcement = Enforcement(alarm: Bool.random(using: &random), block: Bool.random(using: &random))
        sample.client = Endpoint(anyAddress(&random), port: 25)
        sample.sender = [nil, "s", "t"].randomElement(using: &random) ?? nil
        sample.recipients = (0..<Int.random(in: 0..<3, using: &random)).map { "r\($0)" }
        return sample.entry
    }

    private static func anyAddress(_ random: inout Generator) -> IPAddress {
        Bool.random(using: &random)
            ? .v4(UInt32.random(in: 0..<16, using: &random) << 28 | UInt32.random(in: 0..<4, using: &random))
            : .v6(UInt64.random(in: 0..<4, using: &random) << 62, UInt64.random(in: 0..<4, using: &random))
    }

    private static func anyQuery(_ random: inout Generator, _ entries: [ViolationEntry]) -> ViolationQuery {
        var query = ViolationQuery()
        func sometimes(_ body: (inout ViolationQuery) -> Void) {
            if Int.random(in: 0..<5, using: &random) == 0 { body(&query) }
        }
        let example = entries.randomElement(using: &random) ?? Sample.entry()
        let other = entries.randomElement(using: &random) ?? Sample.entry()
        let bits = Int.random(in: 0...128, using: &random)
        sometimes { $0.violation = example.violation }
        sometimes { $0.violation = example.check }
        sometimes { $0.profile = example.profile }
        sometimes { $0.client = IPNetwork(example.client.address, prefixLength: bits) }
        sometimes { $0.sender = example.reversePath }
        sometimes { $0.recipient = example.recipients.last }
        sometimes { $0.from = example.time }
        sometimes { $0.until = other.time }
        sometimes { $0.action = example.action }
        sometimes { $0.isAlarmed = example.alarm }
        sometimes { $0.isBlocked = example.isRefused }
        sometimes { $0.before = other.supportID }
        query.limit = Int.random(in: 1...300, using: &random)
        return query
    }

    /// A look at every entry of a list with the newest first.
    private static func find(_ query: ViolationQuery, in entries: [ViolationEntry]) -> [ViolationEntry] {
        let before = query.before.flatMap { id in entries.first { $0.supportID == id } }
        let found = entries.filter { entry in
            (query.violation ?? entry.check) == entry.check || query.violation == entry.violation
        }.filter { entry in
            (query.profile ?? entry.profile) == entry.profile && query.client?.contains(entry.client.address) != false
                && (query.sender == nil || query.sender == entry.reversePath)
                && query.recipient.map { entry.recipients.contains($0) } != false
        }.filter { entry in
            (query.from ?? entry.time) <= entry.time && query.until.map { entry.time < $0 } != false
                && (query.action ?? entry.action) == entry.action && (query.isAlarmed ?? entry.alarm) == entry.alarm
                && (query.isBlocked ?? entry.isRefused) == entry.isRefused
                && before.map { (entry.time, entry.supportID) < ($0.time, $0.supportID) } != false
        }
        return Array(found.prefix(query.limit))
    }

    @Test("find what a look at every entry finds, whatever is asked")
    func generatedQueries() async throws {
        var random = Generator(seed: 41)
        var entries: [ViolationEntry] = []
        for _ in 0..<600 { entries.append(Self.anyEntry(&random)) }
        let reader = try await folder.reader(of: entries)
        entries = Self.newestFirst(entries)
        for _ in 0..<min(Generator.cases(300), 5_000) {
            let query = Self.anyQuery(&random, entries)
            let found = try await reader.entries(query)
            let expected = Self.find(query, in: entries)
            #expect(found == expected, "\(query)")
            if found != expected { return }
        }
    }

    // MARK: Speed

    private static let planned: [Case] = [
        Case("a number", { $0.supportID = SupportID(rawValue: 1) }, { _ in true }),
        Case("everything", { _ in }, { _ in true }),
        Case("a time", { ($0.from, $0.until) = (start, start) }, { _ in true }),
        Case("a kind", { $0.violation = "a.b" }, { _ in true }),
        Case("a check", { $0.violation = "a" }, { _ in true }),
        Case("a client", { $0.client = network("192.0.2.1") }, { _ in true }),
        Case("a client of a time", { ($0.client, $0.from) = (network("192.0.2.1"), start) }, { _ in true }),
        Case("a sender", { $0.sender = "a" }, { _ in true }),
        Case("a profile", { $0.profile = "a" }, { _ in true }),
        Case("refused", { $0.isBlocked = true }, { _ in true }),
    ]

    private static func plan(_ sql: String, _ values: [SQLValue], _ reader: TransactionLogReader) throws -> [String] {
        try reader.withDatabase { database in
            try SQLStatement("EXPLAIN QUERY PLAN \(sql)", database).rows(values) { $0.text(3) }
        }
    }

    @Test("neither read the whole table nor sort it", arguments: planned, [false, true])
    func plans(_ example: Case, isLaterPage: Bool) async throws {
        let reader = try await folder.reader(of: [])
        let position = ViolationQuery.Position(time: 1, supportID: SupportID(rawValue: 1))
        let (sql, values) = ViolationQuery(example.change).statement(after: isLaterPage ? position : nil)
        let plan = try Self.plan(sql, values, reader)
        #expect(plan.count == 1)
        #expect(plan.allSatisfy { !$0.hasSuffix("SCAN entry") && !$0.contains("TEMP B-TREE") }, "\(plan)")
    }

    @Test("use the indexes for networks and recipients", arguments: ["client", "recipient"])
    func sortedPlans(_ what: String) async throws {
        let reader = try await folder.reader(of: [])
        let query = ViolationQuery {
            if what == "client" { $0.client = Self.network("192.0.2.0/24") } else { $0.recipient = "a" }
        }
        let (sql, values) = query.statement(after: nil)
        let plan = try Self.plan(sql, values, reader)
        #expect(plan.allSatisfy { !$0.hasPrefix("SCAN") }, "\(plan)")
        #expect(plan.contains { $0.contains(what == "client" ? "entry_client" : "recipient_path") }, "\(plan)")
    }
}
#endif
