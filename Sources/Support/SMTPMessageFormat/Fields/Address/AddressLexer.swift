/// The words and signs of a field with addresses (RFC 5322 §3.2).
struct AddressLexer: ~Escapable {
    enum Kind: Hashable {
        case atom
        case quoted
        case literal
        /// One of `<>@,;:.`, or an octet that belongs nowhere.
        case sign(UInt8)
    }

    struct Token: Hashable {
        var kind: Kind
        /// The octets, without quotes and escapes; those of a literal with its brackets.
        var octets: [UInt8]
        var offset: Int
        /// Whether white space or a comment stands before it.
        var isApart: Bool
    }

    private let body: Span<UInt8>
    private let offset: Int
    private var index = 0
    private(set) var anomalies = Anomalies()

    @_lifetime(copy body)
    init(_ body: Span<UInt8>, at offset: Int) {
        self.body = body
        self.offset = offset
    }

    /// The next word or sign; `nil` at the end.
    mutating func next() -> Token? {
        let isApart = skipSpace()
        guard index < body.count else { return nil }
        let begin = index
        let octet = body[index]
        var token = Token(kind: .sign(octet), octets: [octet], offset: offset + begin, isApart: isApart)
        if octet == UInt8(ascii: "\"") {
            token.kind = .quoted
            token.octets = delimited(by: UInt8(ascii: "\""))
        } else if octet == UInt8(ascii: "[") {
            token.kind = .literal
            token.octets = [octet] + delimited(by: UInt8(ascii: "]")) + [UInt8(ascii: "]")]
        } else if Self.isAtom(octet) {
            token.kind = .atom
            while index < body.count, Self.isAtom(body[index]) { index += 1 }
            token.octets = (begin..<index).map { body[$0] }
        } else {
            if octet < 0x20 || octet == 0x7F { anomalies.add(.addressControl, at: offset + index) }
            index += 1
        }
        return token
    }

    /// An octet of an atom (RFC 5322 §3.2.3), those beyond ASCII included (RFC 6532 §3.2).
    static func isAtom(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"),
            UInt8(ascii: "="), UInt8(ascii: "?"), UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"),
            UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// What stands up to the octet that ends it.
    private mutating func delimited(by end: UInt8) -> [UInt8] {
        let begin = index
        var octets: [UInt8] = []
        index += 1
        while index < body.count {
            let octet = body[index]
            index += 1
            switch octet {
            case end: return octets
            case UInt8(ascii: "\\") where index < body.count:
                octets.append(body[index])
                index += 1
            case UInt8(ascii: "[") where end == UInt8(ascii: "]"):
                anomalies.add(.addressSyntax, at: offset + index - 1)
                octets.append(octet)
            case 0x0D, 0x0A: break
            default:
                if octet < 0x20 && octet != 0x09 || octet == 0x7F {
                    anomalies.add(.addressControl, at: offset + index - 1)
                }
                octets.append(octet)
            }
        }
        anomalies.add(.addressSyntax, at: offset + begin)
        return octets
    }

    /// White space and comments.
    private mutating func skipSpace() -> Bool {
        let begin = index
        var depth = 0
        var open = index
        while index < body.count {
            let octet = body[index]
            switch octet {
            case 0x20, 0x09, 0x0D, 0x0A: break
            case UInt8(ascii: "("):
                if depth == 0 { open = index }
                depth += 1
            case UInt8(ascii: ")") where depth > 0: depth -= 1
            case UInt8(ascii: "\\") where depth > 0: index += 1
            default:
                if depth == 0 { return index > begin }
                if octet < 0x20 || octet == 0x7F { anomalies.add(.addressControl, at: offset + index) }
            }
            index += 1
        }
        index = min(index, body.count)
        if depth > 0 { anomalies.add(.addressSyntax, at: offset + open) }
        return index > begin
    }
}
