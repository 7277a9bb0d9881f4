extension SessionEngine {
    /// The verbs of HTTP and of an HTTP/2 preface; none is an SMTP command, and what follows one is not SMTP either.
    private static var foreignVerbs: [StaticString] {
        ["GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "DELETE", "PATCH", "TRACE", "PRI"]
    }

    static func foreignProtocol(_ evidence: Evidence) -> ProtocolFault {
        ProtocolFault(
            .foreignProtocol, evidence: evidence, reply: Reply(554, .init(5, 5, 1), "This is an SMTP service"),
            closesSession: true)
    }

    /// A TLS record that holds a handshake (RFC 8446 §5.1): no SMTP command starts with this octet.
    static func isTLSHandshake(_ input: Span<UInt8>) -> Bool {
        !input.isEmpty && input[0] == 0x16
    }

    static func isForeignVerb(_ line: Span<UInt8>) -> Bool {
        for verb in foreignVerbs where starts(line, with: verb) {
            return line.count > verb.utf8CodeUnitCount && line[verb.utf8CodeUnitCount] == 0x20
        }
        return false
    }

    /// Whether the line starts with this word, in any case, and no further letter.
    static func starts(_ line: Span<UInt8>, with word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard line.count >= count else { return false }
        if line.count > count, (0x41...0x5A).contains(line[count] & 0xDF) { return false }
        return word.withUTF8Buffer { text in
            for index in 0..<count where unsafe text[index] != line[index] & 0xDF { return false }
            return true
        }
    }

    /// `Name:` with only letters, digits and hyphens before the colon.
    static func looksLikeHeader(_ line: Span<UInt8>) -> Bool {
        for index in 0..<line.count {
            switch line[index] {
            case UInt8(ascii: ":"): return index > 0
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"): continue
            default: return false
            }
        }
        return false
    }
}
