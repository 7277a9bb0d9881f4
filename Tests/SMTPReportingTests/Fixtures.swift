import Foundation
import SMTPReporting

@testable import SMTPSecurity

/// 2027-01-15T08:00:00Z.
let start = Timestamp(seconds: 1_800_000_000)
let generator = SupportIDGenerator(node: 7)

/// What a test says about a violation; the rest is the same for all.
struct Sample {
    var time = start
    var id: SupportID?
    var profile = "inbound"
    var check = "compliance"
    var name = "bare-line-feed"
    var action = ViolationRecord.Action.refused
    var enforcement = Enforcement.alarmAndBlock
    var evidence = Evidence("DATA\n")
    var reply: Reply?
    var client = Endpoint(.v4(0xC000_0201), port: 40_000)
    var sender: String? = "someone@example.org"
    var recipients: [String] = []

    var record: ViolationRecord {
        let reply = Reply(550, EnhancedStatusCode(5, 5, 2), "Refused")
        return ViolationRecord(
            supportID: id ?? generator.next(at: time), time: time, profile: profile,
            definition: ViolationDefinition(check: check, name: name, summary: "A sample.", reply: reply),
            enforcement: enforcement, action: action, evidence: evidence, reply: self.reply,
            session: SessionID(rawValue: .max), client: client, greetingName: Evidence("client.example"),
            reversePath: sender.map { Evidence($0) }, recipientCount: recipients.count, recipients: [],
            contentLength: 0,
            transaction: 2)
    }

    var entry: ViolationEntry { ViolationEntry(record, recipients: recipients) }

    static func entry(_ change: (inout Sample) -> Void = { _ in }) -> ViolationEntry {
        var sample = Sample()
        change(&sample)
        return sample.entry
    }
}

extension ViolationEntry {
    /// The entry as a query of many finds it.
    var withoutTranscript: ViolationEntry {
        get throws {
            var object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(self)) as? [String: Any] ?? [:]
            object["transcript"] = nil
            return try JSONDecoder().decode(
                ViolationEntry.self, from: JSONSerialization.data(withJSONObject: object))
        }
    }

    /// The entry with other texts, as a program that does not escape could make it.
    func replacing(_ changes: [String: Any]) throws -> ViolationEntry {
        var object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(self)) as? [String: Any] ?? [:]
        object.merge(changes) { $1 }
        return try JSONDecoder().decode(ViolationEntry.self, from: JSONSerialization.data(withJSONObject: object))
    }
}
