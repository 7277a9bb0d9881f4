import Foundation
import Logging
import SMTPReplay
import SMTPSecurity
import Synchronization

/// 2027-01-15T08:00:00Z.
let start = Timestamp(seconds: 1_800_000_000)

/// A folder for recordings that goes away with the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("smtp-record-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The recordings in it, in order.
    var files: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".smtprec") }.sorted()
                .map { "\(path)/\($0)" }
        }
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

    func count(_ text: String) -> Int { lines.withLock { $0.count { $0.contains(text) } } }

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
            let line = "\(event.level) \(event.message) \(metadata.joined(separator: " "))"
            lines.lines.withLock { $0.append(line) }
        }
    }
}

func connection(_ number: UInt64, at time: Timestamp = start) -> ConnectionInfo {
    ConnectionInfo(
        session: SessionID(rawValue: number), client: Endpoint(.v4(0xC000_0207), port: 40_000),
        local: Endpoint(.v4(0xC000_0219), port: 25), time: time)
}

/// Everything in a file.
func frames(_ path: String) throws -> [RecordedFrame] {
    var reader = try RecordingReader(path: path)
    var frames: [RecordedFrame] = []
    while let frame = try reader.next() { frames.append(frame) }
    return frames
}
