/// Text of fields with encoded words (RFC 2047), as readers of mail show it.
public enum EncodedWords {
    /// The text, with every encoded word decoded. What is none stays as it is; octets are taken for UTF-8 (RFC 6532).
    ///
    /// White space between two encoded words is not shown (RFC 2047 §6.2).
    ///
    /// - Parameters:
    ///   - octets: the body of a field, or a piece of it; line ends are passed over.
    ///   - inQuotes: whether encoded words count that touch other text, as in quoted strings, where the standard has none and many readers
    ///     decode them all the same.
    public static func decoded(_ octets: Span<UInt8>, inQuotes: Bool = false) -> String {
        var text = ""
        var plain: [UInt8] = []
        /// Octets of encoded words that follow each other: a character may be cut in two.
        var word: (octets: [UInt8], charset: String)?
        func flushWord() {
            if let done = word { text += CharacterSet.text(done.octets, in: done.charset) }
            word = nil
        }
        func flushPlain() {
            text += String(decoding: plain, as: UTF8.self)
            plain.removeAll(keepingCapacity: true)
        }
        var index = 0
        while index < octets.count {
            let octet = octets[index]
            if octet == UInt8(ascii: "="), inQuotes || isAtWord(octets, index),
                let found = encodedWord(octets, at: index)
            {
                let isGap = plain.allSatisfy { $0 == 0x20 || $0 == 0x09 }
                if let last = word, isGap, last.charset == found.charset {
                    word?.octets += found.octets
                    plain.removeAll(keepingCapacity: true)
                } else {
                    let follows = word != nil
                    flushWord()
                    if follows, isGap { plain.removeAll(keepingCapacity: true) }
                    flushPlain()
                    word = (found.octets, found.charset)
                }
                index = found.end
                continue
            }
            if octet != 0x0D, octet != 0x0A {
                if word != nil, octet != 0x20, octet != 0x09 { flushWord() }
                plain.append(octet)
            }
            index += 1
        }
        flushWord()
        flushPlain()
        return text
    }

    /// Whether a word may begin here (RFC 2047 §5).
    private static func isAtWord(_ octets: Span<UInt8>, _ index: Int) -> Bool {
        guard index > 0 else { return true }
        switch octets[index - 1] {
        case 0x20, 0x09, 0x0D, 0x0A, UInt8(ascii: "("), UInt8(ascii: "\""), UInt8(ascii: "="): return true
        // Behind another one: broken writers leave the space out.
        case UInt8(ascii: "?"): return false
        default: return false
        }
    }

    /// `=?charset?encoding?text?=` (RFC 2047 §2).
    private static func encodedWord(
        _ octets: Span<UInt8>, at begin: Int
    ) -> (octets: [UInt8], charset: String, end: Int)? {
        // The standard has 75; longer ones are read by many.
        let limit = min(octets.count, begin + 1_000)
        guard begin + 6 < limit, octets[begin + 1] == UInt8(ascii: "?") else { return nil }
        var index = begin + 2
        var charset: [UInt8] = []
        while index < limit, octets[index] != UInt8(ascii: "?") {
            guard octets[index] > 0x20, octets[index] < 0x7F else { return nil }
            charset.append(lowercased(octets[index]))
            index += 1
        }
        guard index + 2 < limit, octets[index + 2] == UInt8(ascii: "?"), !charset.isEmpty else { return nil }
        let encoding = lowercased(octets[index + 1])
        index += 3
        var content: [UInt8] = []
        while index + 1 < limit {
            if octets[index] == UInt8(ascii: "?"), octets[index + 1] == UInt8(ascii: "=") {
                // The language behind a star (RFC 2231 §5) is of no use here.
                let name = String(decoding: charset.prefix { $0 != UInt8(ascii: "*") }, as: UTF8.self)
                switch encoding {
                case UInt8(ascii: "b"): return (base64(content), name, index + 2)
                case UInt8(ascii: "q"): return (quoted(content), name, index + 2)
                default: return nil
                }
            }
            guard octets[index] != 0x0D, octets[index] != 0x0A else { return nil }
            content.append(octets[index])
            index += 1
        }
        return nil
    }

    private static func base64(_ content: [UInt8]) -> [UInt8] {
        var decoder = Base64Decoder()
        var output = DecodedOctets()
        decoder.decode(content.span, at: 0, into: &output)
        decoder.finish(at: content.count, into: &output)
        return output.octets
    }

    /// The encoding Q (RFC 2047 §4.2).
    private static func quoted(_ content: [UInt8]) -> [UInt8] {
        var octets: [UInt8] = []
        var rest = content[...]
        while let octet = rest.popFirst() {
            if octet == UInt8(ascii: "="), rest.count >= 2, let high = hexadecimalValue(rest[rest.startIndex]),
                let low = hexadecimalValue(rest[rest.startIndex + 1])
            {
                octets.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                octets.append(octet == UInt8(ascii: "_") ? 0x20 : octet)
            }
        }
        return octets
    }
}
