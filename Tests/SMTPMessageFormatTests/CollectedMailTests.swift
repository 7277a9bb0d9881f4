import Foundation
import SMTPMessageFormat
import Testing

/// Mail that others collected (`make suites` fetches it), and what Python's email package makes of it.
@Suite("Collected mail")
struct CollectedMailTests {
    private struct Expected: Decodable {
        struct Leaf: Decodable {
            var path: String
            var type: String
            var octets: Data
        }

        var file: String
        var parts: [Leaf]?
    }

    private struct Leaf: Hashable, CustomStringConvertible {
        var path: String
        var type: String
        var octets: [UInt8]

        var description: String {
            "\(path) \(type) \(octets.count) \(String(decoding: octets.prefix(300), as: UTF8.self).debugDescription)"
        }
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: ".build-suites/mail")
    private static var isThere: Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: "expected.jsonl").path)
    }

    /// Differences that are none of ours, with the reason.
    private static let reasons = [
        "mail-parser/tests_mails_mail_malformed_2":
            "message/delivery-status and message/rfc822-headers are no messages (RFC 3464 §2.1, RFC 6522 §4), but Python makes messages of them",
        "python/msg_16.txt":
            "message/delivery-status is no message (RFC 3464 §2.1), but Python makes messages of its groups of fields",
    ]

    @Test(
        "has the leaf parts and the octets that Python's email package finds, or an anomaly",
        .enabled(if: isThere, "SKIPPED: there is no collected mail; `make suites` fetches it"))
    func agrees() throws {
        let lines = try String(contentsOf: Self.folder.appending(path: "expected.jsonl"), encoding: .utf8)
            .split(separator: "\n")
        var agreeing = 0
        var unusual: [String: Set<Anomaly.Kind>] = [:]
        for line in lines {
            let expected = try JSONDecoder().decode(Expected.self, from: Data(line.utf8))
            let octets = [UInt8](try Data(contentsOf: Self.folder.appending(path: expected.file)))
            let message = WalkedMessage(octets)
            #expect(message.count == octets.count)
            let haveEnded = message.parts.allSatisfy { $0.hasEnded }
            #expect(haveEnded)
            let leaves = message.parts.filter { $0.part.kind == .leaf }
            let mine = leaves.map { leaf in
                Leaf(path: "\(leaf.part.path)", type: leaf.part.mediaType, octets: leaf.content.values.first ?? [])
            }
            let theirs = (expected.parts ?? []).map { Leaf(path: $0.path, type: $0.type, octets: [UInt8]($0.octets)) }
            if mine == theirs {
                agreeing += 1
                continue
            }
            if !message.anomalies.isEmpty {
                unusual[expected.file] = message.anomalies
                continue
            }
            #expect(Self.reasons[expected.file] != nil, "\(expected.file): \(mine) is not \(theirs)")
        }
        print("collected mail: \(lines.count) messages, \(agreeing) agree, \(unusual.count) differ and have anomalies")
        for (file, kinds) in unusual.sorted(by: { $0.key < $1.key }) {
            print("  \(file): \(kinds.map(\.rawValue).sorted().joined(separator: " "))")
        }
        #expect(agreeing > lines.count / 2)
    }
}
