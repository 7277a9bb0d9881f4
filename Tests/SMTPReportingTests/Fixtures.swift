import Foundation
import Logging
import SMTPReporting
import Synchronization

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

/// A time that stands still until a test moves it.
final class TestTime: Sendable {
    private let time = Mutex(start)

    var now: Timestamp { time.withLock { $0 } }
    func advance(by duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
}

/// What was logged.
final class LoggedLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }
    func count(_ text: String) -> Int { all.filter { $0.contains(text) }.count }
    func append(_ line: String) { lines.withLock { $0.append(line) } }

    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: LoggedLines
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            lines.append("\(event.level) \(event.message) \(metadata.joined(separator: " "))")
        }
    }
}
