/// Passes over what addresses are made of, from left to right (RFC 5322 §3.2).
///
/// A quote, a parenthesis or a bracket that does not end is found out once; from there on its kind has no meaning, so that all
/// of it takes time that grows with the length only.
struct AddressScanner: ~Escapable {
    let body: Span<UInt8>
    private let offset: Int
    private(set) var index = 0
    private(set) var anomalies = Anomalies()
    private var hasOpenQuote = false
    private var hasOpenComment = false
    private var hasOpenLiteral = false

    @_lifetime(copy body)
    init(_ body: Span<UInt8>, at offset: Int) {
        self.body = body
        self.offset = offset
    }

    var next: UInt8? { index < body.count ? body[index] : nil }

    /// Where the next octet stands in the message.
    var position: Int { offset + index }

    mutating func skip() { index += 1 }

    /// Adds an anomaly at the next octet.
    mutating func add(_ kind: Anomaly.Kind) { anomalies.add(kind, at: position) }

    /// Looks for what no part of an address can have.
    mutating func checkOctets() {
        var place = 0
        while place < body.count {
            let octet = body[place]
            guard octet >= 0x80 else {
                let isBareReturn = octet == 0x0D && (place + 1 == body.count || body[place + 1] != 0x0A)
                // A line end that folds nothing; the last one ends the field.
                let isBareEnd =
                    octet == 0x0A && place + 1 < body.count && body[place + 1] != 0x20 && body[place + 1] != 0x09
                if AddressOctet.isControl(octet) || isBareReturn || isBareEnd {
                    anomalies.add(.addressControl, at: offset + place)
                }
                place += 1
                continue
            }
            let length = utf8Length(body, at: place)
            if length == nil { anomalies.add(.addressUTF8, at: offset + place) }
            // C1.
            if length == 2, octet == 0xC2, body[place + 1] < 0xA0 { anomalies.add(.addressControl, at: offset + place) }
            place += length ?? 1
        }
    }

    /// Passes white space and comments; says whether there were any.
    mutating func skipSpace() -> Bool {
        let begin = index
        var lineCount = 0
        while let octet = next {
            if AddressOctet.isSpace(octet) {
                if octet == 0x0A { lineCount += 1 }
                // A folded line of white space alone (RFC 5322 §4.2).
                if lineCount == 2 { add(.addressObsolete) }
                index += 1
            } else if octet == UInt8(ascii: "("), comment() {
                lineCount = 0
            } else {
                break
            }
        }
        return index > begin
    }

    private mutating func comment() -> Bool {
        guard !hasOpenComment else { return false }
        var place = index
        var depth = 0
        while place < body.count {
            switch body[place] {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            case UInt8(ascii: "\\"): place += 1
            default: break
            }
            place += 1
            guard depth > 0 else {
                // An escape may be the last octet.
                index = min(place, body.count)
                return true
            }
        }
        hasOpenComment = true
        return false
    }

    /// Reads up to the next octet that cannot be in an atom, one at least.
    mutating func atom(into text: inout [UInt8]) {
        let begin = index
        while let octet = next, index == begin || !AddressOctet.isDelimiter(octet) {
            if index > begin {
                if octet == UInt8(ascii: "("), !hasOpenComment { return }
                if octet == UInt8(ascii: "\""), !hasOpenQuote { return }
            }
            if AddressOctet.isSpecial(octet) { add(.addressSyntax) }
            text.append(octet)
            index += 1
        }
    }

    /// Reads a quoted string without its quotes and escapes; nothing if it does not end (RFC 5322 §3.2.4).
    mutating func quotedString(into text: inout [UInt8]) -> Bool {
        guard !hasOpenQuote else { return false }
        let kept = text.count
        var place = index + 1
        while place < body.count {
            let octet = body[place]
            place += 1
            switch octet {
            case UInt8(ascii: "\""):
                index = place
                return true
            case UInt8(ascii: "\\") where place < body.count:
                // obs-qp (RFC 5322 §4.1).
                if body[place] < 0x20 && body[place] != 0x09 || body[place] == 0x7F { add(.addressObsolete) }
                text.append(body[place])
                place += 1
            // Folding leaves the white space.
            case 0x0D, 0x0A: break
            default: text.append(octet)
            }
        }
        text.removeLast(text.count - kept)
        hasOpenQuote = true
        return false
    }

    /// Reads a domain literal with its brackets, without white space; nothing if it does not end (RFC 5322 §3.4.1).
    mutating func literal(into text: inout [UInt8]) -> Bool {
        guard !hasOpenLiteral else { return false }
        let kept = text.count
        var place = index
        while place < body.count {
            let octet = body[place]
            if octet == UInt8(ascii: "["), place > index { anomalies.add(.addressSyntax, at: offset + place) }
            place += 1
            if octet == UInt8(ascii: "\\"), place < body.count {
                // obs-dtext (RFC 5322 §4.4).
                anomalies.add(.addressObsolete, at: offset + place - 1)
                text.append(body[place])
                place += 1
                continue
            }
            if !AddressOctet.isSpace(octet) { text.append(octet) }
            if octet == UInt8(ascii: "]") {
                index = place
                return true
            }
        }
        text.removeLast(text.count - kept)
        hasOpenLiteral = true
        return false
    }
}
