import Foundation
import SMTPFileInspection
import SMTPMessageFormat
import SMTPSecurity

/// What a message is made of.
struct Report: Encodable {
    struct Part: Encodable {
        var path: String
        var kind: String
        var types: [String]
        var encodings: [String]
        var disposition: String?
        var fileNames: [String]
        /// Octets of decoded content, by encoding.
        var octets: [String: Int] = [:]
        var detected: String?
    }

    struct Anomaly: Encodable {
        var part: String
        var kind: String
        var offset: Int
    }

    struct Violation: Encodable {
        var violation: String
        var blocks: Bool
        var evidence: String
        var summary: String
    }

    var octets = 0
    var parts: [Part] = []
    var anomalies: [Anomaly] = []
    var violations: [Violation] = []

    /// The parts that have begun and not ended, and the beginnings of their content.
    private var open: [(index: Int, beginning: [UInt8])] = []

    private enum CodingKeys: String, CodingKey { case octets, parts, anomalies, violations }

    mutating func add(_ event: MessageEvent, _ detector: some FileTypeDetector) {
        switch event {
        case .field: break
        case .begin(let part):
            open.append((parts.count, []))
            parts.append(
                Part(
                    path: "\(part.path)", kind: part.kind.rawValue, types: part.mediaTypes.map { Self.shown($0) },
                    encodings: part.encodings.map(\.rawValue), disposition: part.disposition.map { Self.shown($0) },
                    fileNames: part.fileNames.map { Self.shown($0.decoded) }))
        case .content(let content, let encoding):
            guard let top = open.last else { return }
            parts[top.index].octets[encoding.rawValue, default: 0] += content.count
            let room = DetectedFileType.beginning - top.beginning.count
            for index in 0..<min(room, content.count) { open[open.count - 1].beginning.append(content[index]) }
        case .anomaly(let anomaly, let path):
            anomalies.append(Anomaly(part: "\(path)", kind: anomaly.kind.rawValue, offset: anomaly.offset))
        case .end:
            guard let top = open.popLast() else { return }
            parts[top.index].detected = detector.type(of: top.beginning.span).map { "\($0)" }
        case .messageEnd(let count): octets = count
        }
    }

    /// Text from the message, safe to look at: letters of all scripts stay, what controls terminals or turns writing round does not.
    private static func shown(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(200) {
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
                shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: shown += scalar == "\\" ? "\\\\" : String(scalar)
            }
        }
        return shown
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    var text: String {
        var lines = parts.map { part in
            let depth = part.path == "0" ? 0 : part.path.split(separator: ".").count
            var line = String(repeating: "  ", count: depth) + part.path + "  " + part.types.joined(separator: " or ")
            if part.kind == "uuencoded" || part.kind == "yencoded" { line += " (\(part.kind))" }
            if part.encodings != ["7bit"] { line += "  " + part.encodings.joined(separator: " or ") }
            for name in part.fileNames { line += "  \"\(name)\"" }
            let counts = Set(part.octets.values).sorted().map { "\($0)" }
            if !counts.isEmpty { line += "  \(counts.joined(separator: " or ")) octets" }
            if let detected = part.detected { line += "  looks like \(detected)" }
            return line
        }
        if !anomalies.isEmpty {
            lines += ["", "Unusual:"]
            lines += anomalies.map { "  part \($0.part): \($0.kind) at octet \($0.offset)" }
        }
        if !violations.isEmpty {
            lines += ["", "Violations:"]
            lines += violations.map { "  \($0.blocks ? "block" : "alarm")  \($0.violation): \($0.evidence)" }
        }
        if anomalies.isEmpty, violations.isEmpty { lines += ["", "Nothing is wrong with it."] }
        return lines.joined(separator: "\n")
    }
}
