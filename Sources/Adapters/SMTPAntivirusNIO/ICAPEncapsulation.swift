/// What an answer encapsulates (RFC 3507 §4.4.1): a header section of HTTP, and a body or none.
struct ICAPEncapsulation: Sendable, Hashable {
    /// Which header section there is.
    enum Header: String, Sendable, Hashable {
        /// That of a request.
        case request = "req-hdr"
        /// That of a response.
        case response = "res-hdr"
    }

    /// Which header section there is; `nil` for none.
    let header: Header?
    /// How many octets it has.
    let headerCount: Int
    /// Whether a body follows.
    let hasBody: Bool

    /// Reads the field of an answer.
    init(_ fields: ICAPFields) throws(ICAPProblem) {
        let values = fields.values("encapsulated")
        guard values.count == 1 else { throw ICAPProblem("the answer has not one Encapsulated field") }
        let shown = String(printable: values[0].utf8)
        let wrong = ICAPProblem("the Encapsulated field of the answer is wrong: \(shown)")
        var parts: [(name: String, offset: Int)] = []
        for part in values[0].split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count < 2, sides.count == 2, let offset = Self.number(sides[1].trimmed) else { throw wrong }
            parts.append((String(sides[0].trimmed), offset))
        }
        guard let last = parts.last, parts[0].offset == 0 else { throw wrong }
        switch last.name {
        case "null-body": hasBody = false
        case "req-body", "res-body", "opt-body": hasBody = true
        default: throw wrong
        }
        if parts.count == 1 {
            header = nil
            headerCount = 0
        } else {
            guard let found = Header(rawValue: parts[0].name), last.offset > 0 else { throw wrong }
            let body = found == .request ? "req-body" : "res-body"
            guard last.name == body || last.name == "null-body" else { throw wrong }
            guard last.offset <= ICAPFieldReader.mostOctets else {
                throw ICAPProblem("the encapsulated header is too large")
            }
            header = found
            headerCount = last.offset
        }
    }

    /// At most nine digits.
    private static func number(_ text: Substring) -> Int? {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}
