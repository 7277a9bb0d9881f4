#if SQLite
import Foundation
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@testable import SMTPReporting

@Suite("Sums of the transaction log")
struct SumsTests {
    private let folder: TransactionLogFolder

    init() throws { folder = try TransactionLogFolder() }

    private static func entry(
        _ seconds: Int, _ check: String = "compliance", _ name: String = "line-length", profile: String = "inbound",
        action: ViolationRecord.Action = .refused, alarm: Bool = true
    ) -> ViolationEntry {
        Sample.entry {
            $0.time = start.advanced(by: .seconds(seconds))
            ($0.check, $0.name, $0.profile, $0.action) = (check, name, profile, action)
            $0.enforcement = Enforcement(alarm: alarm, block: true)
        }
    }

    private static func after(_ seconds: Int) -> Timestamp { start.advanced(by: .seconds(seconds)) }

    @Test("count violations by kind, the most frequent first, with the first and the last time")
    func counts() async throws {
        let reader = try await folder.reader(of: [
            Self.entry(1, alarm: false), Self.entry(30, action: .passed), Self.entry(61, action: .closed),
            Self.entry(5, "rate", "too-many", action: .repaired), Self.entry(5, profile: "outbound"),
        ])
        let counts = try await reader.counts(from: Self.after(0), until: Self.after(120))
        #expect(counts.map(\.violation) == ["compliance.line-length", "rate.too-many"])
        #expect(counts.map(\.check) == ["compliance", "rate"])
        #expect(counts.map(\.occurrences) == [4, 1])
        #expect(counts.map(\.alarmed) == [3, 1])
        #expect(counts.map(\.blocked) == [3, 0])
        #expect(counts.map(\.first) == [Self.after(1), Self.after(5)])
        #expect(counts.map(\.last) == [Self.after(61), Self.after(5)])
        let inbound = try await reader.counts(from: Self.after(0), until: Self.after(120), profile: "outbound")
        #expect(inbound.map(\.occurrences) == [1])
        #expect(try await reader.counts(from: Self.after(0), until: Self.after(120), profile: "o%") == [])
    }

    @Test(
        "are those of all minutes that a time touches",
        arguments: [
            (0, 60, 2), (59, 60, 2), (0, 61, 3), (60, 120, 1), (61, 61, 1), (120, 600, 0), (0, 0, 0), (60, 0, 0),
            (-60, 0, 0),
        ])
    func minutes(from: Int, until: Int, occurrences: Int) async throws {
        let reader = try await folder.reader(of: [Self.entry(0), Self.entry(59), Self.entry(60)])
        let counts = try await reader.counts(from: Self.after(from), until: Self.after(until))
        #expect(counts.reduce(0) { $0 + $1.occurrences } == occurrences)
        let timeline = try await reader.timeline(from: Self.after(from), until: Self.after(until), bucket: 60)
        #expect(timeline.reduce(0) { $0 + $1.occurrences } == occurrences)
    }

    @Test("draw a timeline by check")
    func timeline() async throws {
        let reader = try await folder.reader(of: [
            Self.entry(0), Self.entry(299, action: .passed, alarm: false), Self.entry(300),
            Self.entry(300, "rate", "too-many"), Self.entry(3_600, profile: "outbound"),
        ])
        let timeline = try await reader.timeline(from: Self.after(0), until: Self.after(7_200), bucket: 300)
        #expect(timeline.map(\.start) == [0, 300, 300, 3_600].map(Self.after))
        #expect(timeline.map(\.check) == ["compliance", "compliance", "rate", "compliance"])
        #expect(timeline.map(\.occurrences) == [2, 1, 1, 1])
        #expect(timeline.map(\.alarmed) == [1, 1, 1, 1])
        #expect(timeline.map(\.blocked) == [1, 1, 1, 1])
        let hours = try await reader.timeline(
            from: Self.after(0), until: Self.after(7_200), bucket: 3_600, profile: "inbound")
        #expect(hours.map(\.occurrences) == [3, 1])
    }

    @Test(
        "round the parts of a timeline up to minutes", arguments: [(-5, 60), (0, 60), (61, 120), (90, 120), (120, 120)])
    func parts(asked: Int, given: Int) async throws {
        let reader = try await folder.reader(of: (0..<10).map { Self.entry($0 * 60) })
        let timeline = try await reader.timeline(from: Self.after(0), until: Self.after(600), bucket: asked)
        #expect(timeline.count == 600 / given)
    }

    @Test("have a bounded number of parts")
    func tooManyParts() async throws {
        let reader = try await folder.reader(of: [Self.entry(0)])
        await #expect(throws: ReportingError.self) {
            try await reader.timeline(from: Timestamp(seconds: 0), until: Self.after(0), bucket: 60)
        }
        let ends = (Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max))
        let all = try await reader.timeline(from: ends.0, until: ends.1, bucket: .max)
        #expect(all.map(\.occurrences) == [1])
        #expect(try await reader.counts(from: ends.0, until: ends.1).count == 1)
    }

    @Test("equal the sums of a look at every entry")
    func generatedSums() async throws {
        var random = Generator(seed: 3)
        var entries: [ViolationEntry] = []
        for _ in 0..<2_000 {
            entries.append(
                Self.entry(
                    Int.random(in: 0..<7_200, using: &random), ["a", "b"].randomElement(using: &random) ?? "",
                    ["c", "d"].randomElement(using: &random) ?? "",
                    profile: ["e", "f"].randomElement(using: &random) ?? "",
                    action: [.passed, .refused].randomElement(using: &random) ?? .passed,
                    alarm: Bool.random(using: &random)))
        }
        let reader = try await folder.reader(of: entries)
        for _ in 0..<min(Generator.cases(50), 2_000) {
            let from = Self.after(60 * Int.random(in: 0..<120, using: &random))
            let until = Self.after(60 * Int.random(in: 0..<120, using: &random))
            let profile = [nil, "e"].randomElement(using: &random) ?? nil
            let some = entries.filter { (profile ?? $0.profile) == $0.profile && from <= $0.time && $0.time < until }
            let kinds = Dictionary(grouping: some, by: \.violation)
            let counts = try await reader.counts(from: from, until: until, profile: profile)
            #expect(counts.count == kinds.count)
            for count in counts {
                let group = kinds[count.violation] ?? []
                #expect(count.occurrences == group.count)
                #expect(count.alarmed == group.count(where: \.alarm))
                #expect(count.blocked == group.count(where: \.isRefused))
                #expect(count.first == group.map(\.time).min() && count.last == group.map(\.time).max())
            }
            let parts = Dictionary(grouping: some) { "\($0.time.minute / 7 * 7) \($0.check)" }
            let timeline = try await reader.timeline(from: from, until: until, bucket: 420, profile: profile)
            #expect(timeline.count == parts.count)
            for point in timeline {
                #expect(point.occurrences == parts["\(point.start.minute) \(point.check)"]?.count)
            }
        }
    }

    @Test("say in JSON when something was, in words")
    func json() async throws {
        var limits = ReportLimits()
        limits.queuedEntries = 1
        let log = try folder.log(limits)
        log.record(Self.entry(0))
        log.record(Self.entry(0))
        try await log.flush()
        let reader = try folder.reader()
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        func text(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        let time = "2027-01-15T08:00:00.000Z"
        #expect(
            try text(await reader.counts(from: start, until: Self.after(60)))
                == #"[{"alarmed":1,"blocked":1,"check":"compliance","first":"\#(time)","last":"\#(time)","occurrences":1,"#
                + #""violation":"compliance.line-length"}]"#)
        #expect(
            try text(await reader.timeline(from: start, until: Self.after(60), bucket: 60))
                == #"[{"alarmed":1,"blocked":1,"check":"compliance","occurrences":1,"start":"\#(time)"}]"#)
        #expect(
            try text(await reader.dropped(from: start, until: Self.after(60)))
                == #"[{"entries":1,"minute":"\#(time)"}]"#)
    }

    @Test(
        "are found by the minute, without reading the whole table",
        arguments: [
            "rollup WHERE minute >= 1 AND minute < 2", "traffic WHERE minute >= 1 AND minute < 2",
            "dropped WHERE minute >= 1 AND minute < 2",
        ])
    func plans(_ rest: String) async throws {
        let reader = try await folder.reader(of: [])
        let plan = try reader.withDatabase { database in
            try SQLStatement("EXPLAIN QUERY PLAN SELECT * FROM \(rest)", database).rows([]) { $0.text(3) }
        }
        #expect(plan.count == 1 && plan[0].hasPrefix("SEARCH"), "\(plan)")
    }
}
#endif
