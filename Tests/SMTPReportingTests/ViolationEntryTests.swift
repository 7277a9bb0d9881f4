import Foundation
import SMTPSecurityTesting
import Testing

@testable import SMTPReporting
@testable import SMTPSecurity

@Suite("Entries of the transaction log")
struct ViolationEntryTests {
    private static func json(_ value: some Encodable) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? [String: Any] ?? [:]
    }

    private static var full: ViolationEntry {
        var sample = Sample()
        sample.reply = Reply(550, EnhancedStatusCode(5, 5, 2), lines: ["No\tbare", "line feeds"])
        sample.time = Timestamp(nanoseconds: start.nanoseconds + 123_456_789)
        return ViolationEntry(
            sample.record, recipients: ["a@example.org", "b@example.org"],
            transcript: [
                TranscriptLine(time: start, direction: .client, text: "EHLO client.example"),
                TranscriptLine(time: start, direction: .note, text: "…"),
            ], messageSize: .max, messageDigest: String(repeating: "a0", count: 32))
    }

    @Test("have what the record has, with times in milliseconds")
    func record() {
        let entry = Self.full
        #expect(entry.violation == "compliance.bare-line-feed")
        #expect(entry.check == "compliance")
        #expect(entry.time.nanoseconds == start.nanoseconds + 123_000_000)
        #expect(entry.reply == #"550-5.5.2 No\tbare\r\n550 5.5.2 line feeds"#)
        #expect(entry.evidence == #"DATA\n"#)
        #expect(entry.greetingName == "client.example")
        #expect(entry.reversePath == "someone@example.org")
        #expect(entry.isRefused)
    }

    @Test("say in JSON what stands in logs")
    func stableJSON() throws {
        let object = try Self.json(Self.full)
        #expect((object["supportID"] as? String)?.utf8.count == 19)
        #expect(object["time"] as? String == "2027-01-15T08:00:00.123Z")
        #expect(object["client"] as? String == "192.0.2.1:40000")
        #expect(object["session"] as? String == "ffffffffffffffff")
        #expect(object["action"] as? String == "refused")
        #expect(object["recipients"] as? [String] == ["a@example.org", "b@example.org"])
        #expect((object["transcript"] as? [[String: Any]])?.last?["direction"] as? String == "note")
        let empty = try Self.json(Sample.entry { $0.sender = nil })
        for key in ["transcript", "reply", "reversePath", "messageSize", "messageDigest"] { #expect(empty[key] == nil) }
    }

    @Test("are read as they were written")
    func roundTrip() throws {
        for entry in [Self.full, Sample.entry(), Sample.entry { $0.client = Endpoint(.v6(1 << 61, 1), port: 0) }] {
            let data = try JSONEncoder().encode(entry)
            #expect(try JSONDecoder().decode(ViolationEntry.self, from: data) == entry)
        }
    }

    @Test(
        "are not read where a text means nothing",
        arguments: [
            ("supportID", "12"), ("time", "2027-02-29T00:00:00.000Z"), ("action", "ignored"), ("session", "x"),
            ("client", "192.0.2.1"), ("client", "example.org:25"), ("client", "192.0.2.1:65536"),
            ("client", "[192.0.2.1]:1"),
        ])
    func nonsense(key: String, text: String) {
        #expect(throws: DecodingError.self) { try Self.full.replacing([key: text]) }
    }

    @Test("are bounded in every part")
    func bounds() throws {
        let long = String(repeating: "ü", count: 10_000)
        let line = TranscriptLine(time: start, direction: .server, text: long)
        #expect(line.text.utf8.count <= TranscriptLine.maximumOctets)
        var sample = Sample()
        sample.profile = long
        sample.name = long
        sample.reply = Reply(550, nil, lines: Array(repeating: long, count: 500))
        let entry = ViolationEntry(
            sample.record, recipients: Array(repeating: long, count: 50),
            transcript: Array(repeating: line, count: 2_000), messageDigest: long)
        #expect(entry.recipients.count == 10)
        #expect(entry.transcript.count == ViolationEntry.maximumTranscriptLines)
        let texts =
            [entry.profile, entry.violation, entry.reply ?? "", entry.messageDigest ?? ""] + entry.recipients
        for text in texts {
            #expect(text.utf8.count <= ViolationEntry.maximumTextOctets)
            #expect(text.hasSuffix("…"))
            #expect(!text.contains("\u{FFFD}"))
        }
        #expect(try entry.withoutTranscript.profile == entry.profile)
    }

    @Test("keep a client in IPv6 notation as IPv4")
    func canonicalClient() {
        let entry = Sample.entry { $0.client = Endpoint(.v6(0, 0xFFFF_C000_0201), port: 25) }
        #expect(entry.client == Endpoint(.v4(0xC000_0201), port: 25))
    }

    @Test(
        "have times as text",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_001, "2000-02-29T00:00:00.001Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (-2_203_891_200_000, "1900-03-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func times(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).iso8601 == text)
        #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test(
        "have no times of other text",
        arguments: [
            "", "2027-01-15T08:00:00Z", "2027-01-15 08:00:00.000Z", "2027-13-15T08:00:00.000Z",
            "2027-00-15T08:00:00.000Z",
            "2027-01-32T08:00:00.000Z", "2027-01-15T24:00:00.000Z", "2027-01-15T08:60:00.000Z",
            "2027-01-15T08:00:60.000Z",
            "2027-01-15T08:00:00.000z", "+027-01-15T08:00:00.000Z", "2027-02-29T08:00:00.000Z",
            "0000-00-00T00:00:00.000Z",
        ])
    func noTimes(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test("have times that are read as they were written, whenever")
    func generatedTimes() {
        var random = Generator(seed: 11)
        for _ in 0..<Generator.cases(5_000) {
            let time = Timestamp(nanoseconds: Int64.random(in: .min ... .max, using: &random)).wholeMilliseconds
            #expect(Timestamp(iso8601: time.iso8601) == time)
        }
        #expect(Timestamp(milliseconds: .max).nanoseconds == .max)
        #expect(Timestamp(minute: .min).nanoseconds == .min)
        #expect(Timestamp(nanoseconds: -1).minute == -1)
    }
}
