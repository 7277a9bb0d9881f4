/// The status and the header fields of an answer (RFC 3507 §4.3.3).
struct ICAPHead: Sendable, Hashable {
    /// From 100 to 599.
    let status: Int
    /// What it is said to mean: printable ASCII.
    let reason: String
    /// The header fields.
    var fields = ICAPFields()

    /// Reads a status line.
    init(statusLine line: [UInt8]) throws(ICAPProblem) {
        let version = Array("ICAP/1.0 ".utf8)
        let digits = line.dropFirst(version.count).prefix(3)
        let rest = line.dropFirst(version.count + 3)
        guard line.starts(with: version), digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let status = Int(String(decoding: digits, as: UTF8.self)), (100..<600).contains(status),
            rest.isEmpty || rest.first == 0x20
        else { throw ICAPProblem("the answer is not one of ICAP: \(String(printable: line))") }
        self.status = status
        reason = String(printable: rest.dropFirst())
    }

    /// `500 Server error`.
    var statusText: String { reason.isEmpty ? "\(status)" : "\(status) \(reason)" }

    /// Whether the server closes the connection after this answer.
    var closesConnection: Bool { fields.list("connection").contains { $0.lowercased() == "close" } }

    /// The tag of the service (RFC 3507 §4.7), without its quotation marks.
    var serviceTag: String? {
        guard let value = fields.values("istag").first else { return nil }
        let isQuoted = value.utf8.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
        let tag = String(printable: (isQuoted ? value.dropFirst().dropLast() : value[...]).utf8)
        return tag.isEmpty ? nil : tag
    }
}
