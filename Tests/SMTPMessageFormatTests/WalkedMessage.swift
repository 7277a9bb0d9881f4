import SMTPMessageFormat

/// What a walker says of a message, gathered.
struct WalkedMessage: Hashable {
    struct Part: Hashable {
        var part: MessagePart
        var fields: [String] = []
        /// Octets by encoding.
        var content: [TransferEncoding: [UInt8]] = [:]
        var anomalies: [Anomaly] = []
        var hasEnded = false
    }

    /// In the order in which they began.
    var parts: [Part] = []
    /// Events as lines, with the content of a part in one piece.
    var events: [String] = []
    var count = 0

    private var current: [Int] = []
    private var pendingFields: [String] = []
    private var pendingAnomalies: [Anomaly] = []

    init(_ pieces: [[UInt8]], limits: WalkerLimits = WalkerLimits()) {
        var walker = MessageWalker(limits: limits)
        for piece in pieces { walker.walk(piece.span) { add($0) } }
        walker.finish { add($0) }
    }

    init(_ octets: [UInt8], limits: WalkerLimits = WalkerLimits()) { self.init([octets], limits: limits) }

    init(_ text: String, limits: WalkerLimits = WalkerLimits()) { self.init([Array(text.utf8)], limits: limits) }

    private mutating func add(_ event: MessageEvent) {
        switch event {
        case .field(let field):
            let name = String(decoding: field.lowercasedName, as: UTF8.self)
            let body = String(decoding: field.unfolded, as: UTF8.self)
            pendingFields.append("\(name): \(body)")
            events.append("field \(field.part) \(field.offset) \(field.bodyOffset) \(name): \(body)")
        case .begin(let part):
            current.append(parts.count)
            parts.append(Part(part: part, fields: pendingFields, anomalies: pendingAnomalies))
            pendingFields = []
            pendingAnomalies = []
            let values = (part.contentTypes + part.dispositions).map { value in
                "\(value.value) \(value.parameters) \(value.anomalies.first)"
            }
            events.append(
                "begin \(part.path) \(part.kind) \(part.offset) \(part.mediaTypes) \(part.encodings) \(part.fileNames) \(values)"
            )
        case .content(let octets, let encoding):
            guard let top = current.last else { return events.append("content of nothing") }
            let copy = (0..<octets.count).map { octets[$0] }
            parts[top].content[encoding, default: []] += copy
            let label = "content \(parts[top].part.path)"
            if events.last != label { events.append(label) }
        case .anomaly(let anomaly, let path):
            events.append("anomaly \(path) \(anomaly.kind.rawValue) \(anomaly.offset)")
            if let index = parts.lastIndex(where: { $0.part.path == path && !$0.hasEnded }) {
                parts[index].anomalies.append(anomaly)
            } else {
                pendingAnomalies.append(anomaly)
            }
        case .end(let path):
            if let top = current.popLast() {
                if parts[top].part.path != path { events.append("end of another part") }
                parts[top].hasEnded = true
                for (encoding, octets) in parts[top].content.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                    events.append("had \(encoding) \(octets.count) \(octets.hashValue)")
                }
            }
            events.append("end \(path)")
        case .messageEnd(let count):
            self.count = count
            events.append("message end \(count)")
        }
    }

    /// The kinds of all anomalies.
    var anomalies: Set<Anomaly.Kind> { Set(parts.flatMap { $0.anomalies.map(\.kind) }) }

    /// Whether these octets are the content, or a part of it, of any part in any reading.
    func contains(_ octets: [UInt8]) -> Bool {
        parts.contains { $0.content.values.contains { $0.firstRange(of: octets) != nil } }
    }

    /// A part.
    subscript(_ path: String) -> Part? { parts.first { $0.part.path.description == path } }

    /// The tree: one line for each part.
    var tree: [String] {
        parts.map { part in
            let encodings = part.part.encodings.map(\.rawValue).joined(separator: ",")
            let names = part.part.fileNames.map(\.decoded).joined(separator: ",")
            let kinds = part.anomalies.map(\.kind.rawValue).joined(separator: " ")
            return "\(part.part.path) \(part.part.kind) \(part.part.mediaTypes.joined(separator: ",")) \(encodings)"
                + (names.isEmpty ? "" : " name=\(names)") + (kinds.isEmpty ? "" : " [\(kinds)]")
        }
    }
}
