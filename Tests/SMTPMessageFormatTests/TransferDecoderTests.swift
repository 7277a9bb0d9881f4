import SMTPMessageFormat
import SMTPSecurityTesting
import Testing

/// What a body was decoded to.
private struct Decoded: Hashable {
    var octets: [UInt8]
    var anomalies: [Anomaly]

    init(octets: [UInt8], anomalies: [Anomaly]) {
        self.octets = octets
        self.anomalies = anomalies
    }

    /// Decodes pieces of a body that begins at an offset.
    init(_ pieces: [ArraySlice<UInt8>], by type: (some TransferDecoder).Type, at begin: Int = 0) {
        var decoder = type.init()
        var output = DecodedOctets()
        var offset = begin
        for piece in pieces {
            decoder.decode(piece.span, at: offset, into: &output)
            offset += piece.count
        }
        decoder.finish(at: offset, into: &output)
        octets = output.octets
        anomalies = decoder.anomalies.first
    }
}

private func base64(_ pieces: [ArraySlice<UInt8>]) -> Decoded { Decoded(pieces, by: Base64Decoder.self) }

private func quotedPrintable(_ pieces: [ArraySlice<UInt8>]) -> Decoded {
    Decoded(pieces, by: QuotedPrintableDecoder.self)
}

/// A body, what it is decoded to, and what is unusual about it.
struct Body: Sendable {
    var text: String
    var decoded: String
    var anomalies: [Anomaly]

    init(_ text: String, _ decoded: String, _ anomalies: [(Anomaly.Kind, Int)] = []) {
        self.text = text
        self.decoded = decoded
        self.anomalies = anomalies.map { Anomaly($0.0, at: $0.1) }
    }

    /// Decodes it at once, cut in two at every offset, and further on in a message.
    func check(_ type: (some TransferDecoder).Type) {
        let text = Array(text.utf8)
        let expected = Decoded(octets: Array(decoded.utf8), anomalies: anomalies)
        #expect(Decoded([text[...]], by: type) == expected)
        for split in text.indices {
            #expect(Decoded([text[..<split], text[split...]], by: type) == expected, "at \(split)")
        }
        let later = Decoded([text[...]], by: type, at: 1_000)
        #expect(later.anomalies.map(\.offset) == anomalies.map { $0.offset + 1_000 })
    }
}

/// Bodies of any octets, most of them these.
private func generated(_ usual: [UInt8], upTo most: Int, _ random: inout Generator) -> [UInt8] {
    (0..<Int.random(in: 0...most, using: &random)).map { _ in
        Int.random(in: 0..<50, using: &random) == 0
            ? UInt8.random(in: .min ... .max, using: &random) : usual.randomElement(using: &random) ?? 0
    }
}

@Suite("Base64 bodies")
struct Base64DecoderTests {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func encode(_ octets: [UInt8], lineLength: Int = 76) -> [UInt8] {
        var letters: [UInt8] = []
        for begin in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[begin..<min(begin + 3, octets.count)]
            let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for index in 0..<4 {
                letters.append(index <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * index)) & 63] : 0x3D)
            }
        }
        var text: [UInt8] = []
        for begin in stride(from: 0, to: letters.count, by: lineLength) {
            text += letters[begin..<min(begin + lineLength, letters.count)] + [0x0D, 0x0A]
        }
        return text
    }

    @Test("come back as they were, of every length, in lines of every length, in pieces of every length")
    func roundTrip() {
        var random = Generator(seed: 2_045)
        for length in 0..<300 {
            let octets = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            let text = Self.encode(octets, lineLength: 1 + length % 90)
            let expected = Decoded(octets: octets, anomalies: [])
            #expect(base64([text[...]]) == expected)
            #expect(base64(text.indices.map { text[$0...$0] }) == expected)
            #expect(base64(random.pieces(of: text)) == expected)
        }
    }

    @Test("have each of the 256 octets in each place")
    func allOctets() {
        let alphabet = Set(Self.alphabet)
        for place in 0..<16 {
            for octet in UInt8.min ... .max where octet != UInt8(ascii: "=") {
                var text = Array(repeating: UInt8(ascii: "A"), count: 16)
                text[place] = octet
                let decoded = base64([text[...]])
                guard !alphabet.contains(octet) else {
                    #expect(Self.encode(decoded.octets, lineLength: 16) == text + [0x0D, 0x0A])
                    #expect(decoded.anomalies.isEmpty)
                    continue
                }
                #expect(decoded.octets.allSatisfy { $0 == 0 }, "\(place) \(octet)")
                #expect(decoded.octets.count == 11, "\(place) \(octet)")
                let isSpace = [0x09, 0x0A, 0x0D, 0x20].contains(octet)
                #expect(decoded.anomalies.map(\.kind) == (isSpace ? [] : [.base64Junk]) + [.base64Truncated])
            }
        }
    }

    @Test(
        "are decoded on behind each fault, which is told",
        arguments: [
            Body("", ""), Body("QUJD", "ABC"), Body("QUI=", "AB"), Body("QQ==", "A"), Body("QQ=\r\n=", "A"),
            Body(" Q\tU J\r\nD\n", "ABC"), Body("QUJD\r\n\r\nREVG", "ABCDEF"),
            Body("QUI", "AB", [(.base64Truncated, 3)]), Body("QQ", "A", [(.base64Truncated, 2)]),
            Body("Q", "", [(.base64Truncated, 1)]), Body("QUJDQ", "ABC", [(.base64Truncated, 5)]),
            Body("QQ=", "A", [(.base64Truncated, 3)]),
            Body("QQ==REVG", "ADEF", [(.base64AfterPadding, 4)]),
            Body("QUI=REVG", "ABDEF", [(.base64AfterPadding, 4)]),
            Body("QQ=REVG", "ADEF", [(.base64Truncated, 3), (.base64AfterPadding, 3)]),
            Body("QUJD=REVG", "ABCDEF", [(.base64Padding, 4), (.base64AfterPadding, 5)]),
            Body("QUJDQ=REVG", "ABCDEF", [(.base64Padding, 5), (.base64AfterPadding, 6)]),
            Body("=QUJD", "ABC", [(.base64Padding, 0), (.base64AfterPadding, 1)]),
            Body("QQ===", "A", [(.base64Padding, 4)]), Body("====", "", [(.base64Padding, 0)]),
            Body("QU!JD", "ABC", [(.base64Junk, 2)]), Body("QUJD\u{0}", "ABC", [(.base64Junk, 4)]),
            Body("QU-J_D", "ABC", [(.base64Junk, 2)]), Body("QUJD!!QUJD!", "ABCABC", [(.base64Junk, 4)]),
            Body("QUJDREVGR0hJSktMTU5P!UFFS", "ABCDEFGHIJKLMNOPQR", [(.base64Junk, 20)]),
        ])
    func faults(_ item: Body) { item.check(Base64Decoder.self) }

    @Test("generated ones decode the same however they are cut, and as a decoder that takes one letter at a time")
    func generated() {
        var random = Generator(seed: 7)
        let usual = Self.alphabet + Self.alphabet + Array("\r\n\r\n==".utf8)
        for _ in 0..<Generator.cases(2_000) {
            let text = SMTPMessageFormatTests.generated(usual, upTo: 120, &random)
            let whole = base64([text[...]])
            #expect(whole == base64(text.indices.map { text[$0...$0] }), "\(text)")
            #expect(whole == base64(random.pieces(of: text)), "\(text)")
            #expect(whole.octets == Self.simple(text), "\(text)")
        }
    }

    /// Decodes letter by letter, ends a group at each padding, and skips all else.
    private static func simple(_ text: [UInt8]) -> [UInt8] {
        var octets: [UInt8] = []
        var group: [UInt32] = []
        func flush() {
            let bits = group.reduce(0) { $0 << 6 | $1 } << UInt32(6 * (4 - group.count))
            octets += [16, 8, 0].prefix(max(0, group.count - 1)).map { UInt8(truncatingIfNeeded: bits >> UInt32($0)) }
            group = []
        }
        for octet in text {
            if let value = alphabet.firstIndex(of: octet) { group.append(UInt32(value)) }
            if octet == 0x3D || group.count == 4 { flush() }
        }
        flush()
        return octets
    }
}

@Suite("Quoted-printable bodies")
struct QuotedPrintableDecoderTests {
    @Test(
        "are decoded as the standard has it, and stay as they are where it does not",
        arguments: [
            Body("", ""), Body("abc\r\ndef\r\n", "abc\r\ndef\r\n"), Body("a=3Db", "a=b"), Body("=41=42", "AB"),
            Body("=c3=A9", "é"), Body("long=\r\nline", "longline"), Body("long=\nline", "longline"),
            Body("end=", "end"),
            Body("end=\r\n", "end"), Body("a b\tc", "a b\tc"), Body("a=20\r\n", "a \r\n"), Body("=3D3D", "=3D"),
            Body("a \r\nb", "a \r\nb", [(.quotedPrintableTrailingSpace, 2)]),
            Body("a\t\nb", "a\t\nb", [(.quotedPrintableTrailingSpace, 2)]),
            Body("a ", "a ", [(.quotedPrintableTrailingSpace, 2)]),
            Body("a= \t\r\nb", "ab", [(.quotedPrintableSoftBreak, 4)]),
            Body("a= \nb", "ab", [(.quotedPrintableSoftBreak, 3)]),
            Body("a=  ", "a", [(.quotedPrintableSoftBreak, 4)]),
            Body("a= b", "a= b", [(.quotedPrintableEscape, 3)]),
            Body("a= =41", "a= A", [(.quotedPrintableEscape, 3)]),
            Body("=4", "=4", [(.quotedPrintableEscape, 2)]), Body("=4g", "=4g", [(.quotedPrintableEscape, 2)]),
            Body("=4=41", "=4A", [(.quotedPrintableEscape, 2)]), Body("==41", "=A", [(.quotedPrintableEscape, 1)]),
            Body("=xy", "=xy", [(.quotedPrintableEscape, 1)]), Body("=\rx", "x", [(.quotedPrintableEscape, 2)]),
            Body("=\r=41", "A", [(.quotedPrintableEscape, 2)]),
            Body("é", "é", [(.quotedPrintableOctet, 0)]), Body("a\u{0}", "a\u{0}", [(.quotedPrintableOctet, 1)]),
            Body("=\u{0}", "=\u{0}", [(.quotedPrintableEscape, 1), (.quotedPrintableOctet, 1)]),
        ])
    func table(_ item: Body) { item.check(QuotedPrintableDecoder.self) }

    @Test("come back as they were, in pieces of every length")
    func roundTrip() {
        var random = Generator(seed: 2_046)
        for length in 0..<300 {
            let octets = (0..<length).map { _ in
                Bool.random(using: &random) ? UInt8.random(in: .min ... .max, using: &random) : UInt8(ascii: "a")
            }
            var text: [UInt8] = []
            for (index, octet) in octets.enumerated() {
                if index % 20 == 19 { text += Array("=\r\n".utf8) }
                if (0x21...0x7E).contains(octet), octet != 0x3D {
                    text.append(octet)
                } else {
                    let digits = String(octet, radix: 16, uppercase: true)
                    text += Array(("=" + (digits.count == 1 ? "0" : "") + digits).utf8)
                }
            }
            let expected = Decoded(octets: octets, anomalies: [])
            #expect(quotedPrintable([text[...]]) == expected)
            #expect(quotedPrintable(text.indices.map { text[$0...$0] }) == expected)
            #expect(quotedPrintable(random.pieces(of: text)) == expected)
        }
    }

    @Test("generated ones decode the same however they are cut, and never to more than they have")
    func generated() {
        var random = Generator(seed: 8)
        let usual = Array("abcdefghij 0123456789ABCDEF====  \t\r\n\r\n".utf8)
        for _ in 0..<Generator.cases(2_000) {
            let text = SMTPMessageFormatTests.generated(usual, upTo: 80, &random)
            let whole = quotedPrintable([text[...]])
            #expect(whole == quotedPrintable(text.indices.map { text[$0...$0] }), "\(text)")
            #expect(whole == quotedPrintable(random.pieces(of: text)), "\(text)")
            #expect(whole.octets.count <= text.count)
        }
    }

    @Test("keep no more than a line's white space")
    func bounded() {
        let spaces = Array(repeating: UInt8(0x20), count: 100_000)
        let text = Array("a=".utf8) + spaces + Array("\r\nb".utf8)
        let decoded = quotedPrintable([text[...]])
        #expect(decoded.octets == text)
        #expect(
            decoded.anomalies == [
                Anomaly(.quotedPrintableEscape, at: 2 + QuotedPrintableDecoder.longestSoftBreak),
                Anomaly(.quotedPrintableTrailingSpace, at: 100_002),
            ])
    }
}
