import Foundation
import SMTPReplay
import SMTPSecurity

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
