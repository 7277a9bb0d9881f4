/// Reads `addr-spec` with all its forms, and nothing else (RFC 5322 §3.4.1, §4.4, RFC 6532 §3.2).
struct AddressSpecificationReader: ~Escapable {
    /// Whether it is written as §4 has it, or has white space beside the `@`.
    private(set) var isObsolete = false
    /// Whether all of it could stand in a command of SMTP: no comments, no white space but spaces in quotes.
    private(set) var isPlain = true
    /// Where its parts stand, if it is plain.
    private(set) var localPart = 0..<0
    private(set) var domain = 0..<0
    private let octets: Span<UInt8>
    private let allowsUTF8: Bool
    private var index = 0

    @_lifetime(copy octets)
    init(_ octets: Span<UInt8>, allowsUTF8: Bool) {
        self.octets = octets
        self.allowsUTF8 = allowsUTF8
    }

    private var next: UInt8? { index < octets.count ? octets[index] : nil }

    /// Whether all octets are one.
    mutating func read() -> Bool {
        guard localPartIsRead(), next == UInt8(ascii: "@") else { return false }
        localPart = 0..<index
        index += 1
        let begin = index
        guard domainIsRead() else { return false }
        domain = begin..<index
        return next == nil
    }

    // MARK: Parts

    /// `local-part = dot-atom / quoted-string / obs-local-part`.
    private mutating func localPartIsRead() -> Bool {
        guard space() != nil else { return false }
        var count = 0
        var hasQuotes = false
        while true {
            if next == UInt8(ascii: "\"") {
                hasQuotes = true
                guard quotedString() else { return false }
            } else {
                guard atom() else { return false }
            }
            count += 1
            guard let isSpace = space() else { return false }
            guard next == UInt8(ascii: ".") else {
                if isSpace || hasQuotes && count > 1 { isObsolete = true }
                return true
            }
            index += 1
            guard let isSpaceBehind = space() else { return false }
            if isSpace || isSpaceBehind { isObsolete = true }
        }
    }

    /// `domain = dot-atom / domain-literal / obs-domain`.
    private mutating func domainIsRead() -> Bool {
        guard let isSpaceBefore = space() else { return false }
        if isSpaceBefore { isObsolete = true }
        if next == UInt8(ascii: "[") { return literal() && space() != nil }
        while true {
            guard atom(), let isSpace = space() else { return false }
            guard next == UInt8(ascii: ".") else { return true }
            index += 1
            guard let isSpaceBehind = space() else { return false }
            if isSpace || isSpaceBehind { isObsolete = true }
        }
    }

    private mutating func atom() -> Bool {
        let begin = index
        while let octet = next, AddressOctet.isAtomText(octet) { guard character() else { return false } }
        return index > begin
    }

    /// `quoted-string`, whose comments and white space outside are read elsewhere.
    private mutating func quotedString() -> Bool {
        index += 1
        while let octet = next {
            switch octet {
            case UInt8(ascii: "\""):
                index += 1
                return true
            case UInt8(ascii: "\\"): guard quotedPair() else { return false }
            case 0x20: index += 1
            case 0x09, 0x0D: guard whiteSpace() else { return false }
            default: guard text(octet) else { return false }
            }
        }
        return false
    }

    /// `domain-literal`, whose comments and white space outside are read elsewhere.
    private mutating func literal() -> Bool {
        index += 1
        while let octet = next {
            switch octet {
            case UInt8(ascii: "]"):
                index += 1
                return true
            case UInt8(ascii: "["): return false
            case UInt8(ascii: "\\"):
                // obs-dtext (RFC 5322 §4.4).
                isObsolete = true
                guard quotedPair() else { return false }
            case 0x20, 0x09, 0x0D: guard whiteSpace() else { return false }
            default: guard text(octet) else { return false }
            }
        }
        return false
    }

    // MARK: White space

    /// `[CFWS]`; says whether there was any, `nil` if it is wrong.
    private mutating func space() -> Bool? {
        let begin = index
        while let octet = next {
            switch octet {
            case UInt8(ascii: "("): guard comment() else { return nil }
            case 0x20, 0x09, 0x0D: guard whiteSpace() else { return nil }
            default: return index > begin
            }
        }
        return index > begin
    }

    private mutating func comment() -> Bool {
        isPlain = false
        var depth = 0
        while let octet = next {
            switch octet {
            case UInt8(ascii: "("):
                depth += 1
                index += 1
            case UInt8(ascii: ")"):
                depth -= 1
                index += 1
                if depth == 0 { return true }
            case UInt8(ascii: "\\"): guard quotedPair() else { return false }
            case 0x20, 0x09, 0x0D: guard whiteSpace() else { return false }
            default: guard text(octet) else { return false }
            }
        }
        return false
    }

    /// `FWS`, `obs-FWS`: white space, and line ends with white space behind them (RFC 5322 §3.2.2, §4.2).
    private mutating func whiteSpace() -> Bool {
        isPlain = false
        var lineCount = 0
        while let octet = next {
            switch octet {
            case 0x20, 0x09: index += 1
            case 0x0D:
                guard octets.count - index >= 3, octets[index + 1] == 0x0A,
                    octets[index + 2] == 0x20 || octets[index + 2] == 0x09
                else { return false }
                lineCount += 1
                index += 3
            default:
                if lineCount > 1 { isObsolete = true }
                return true
            }
        }
        if lineCount > 1 { isObsolete = true }
        return true
    }

    // MARK: Characters

    /// `quoted-pair`, `obs-qp` (RFC 5322 §3.2.1, §4.1).
    private mutating func quotedPair() -> Bool {
        index += 1
        guard let octet = next else { return false }
        if octet >= 0x80 || octet == 0x09 { isPlain = false }
        if octet < 0x20 && octet != 0x09 || octet == 0x7F { isObsolete = true }
        return character()
    }

    /// `qtext`, `ctext` or `dtext`, the obsolete control characters included (RFC 5322 §4.1).
    private mutating func text(_ octet: UInt8) -> Bool {
        guard octet != 0, octet != 0x0A else { return false }
        if octet < 0x20 || octet == 0x7F { isObsolete = true }
        return character()
    }

    /// A character of ASCII or UTF-8.
    private mutating func character() -> Bool {
        let octet = octets[index]
        guard octet < 0x80 || allowsUTF8, let length = utf8Length(octets, at: index) else { return false }
        // Control characters of C1 are allowed here, and not for SMTP (RFC 5198 §2).
        if octet == 0xC2, octets[index + 1] < 0xA0 { isPlain = false }
        index += length
        return true
    }
}
