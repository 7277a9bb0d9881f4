import SMTPMessageFormat
import Testing

/// What a body was decoded to.
private struct Decoded: Hashable {
    var octets: [UInt8]
    var anomalies: [Anomaly]

    var text: String { String(decoding: octets, as: UTF8.self) }
}

private func base64(_ pieces: [ArraySlice<UInt8>], at begin: Int = 0) -> Decoded {
    var decoder = Base64Decoder()
    var output = DecodedOctets()
    var offset = begin
    for piece in pieces {
        decoder.decode(piece.span, at: offset, into: &output)
        offset += piece.count
    }
    decoder.finish(at: offset, into: &output)
    return Decoded(octets: output.octets, anomalies: decoder.anomalies.first)
}

private func quotedPrintable(_ pieces: [ArraySlice<UInt8>], at begin: Int = 0) -> Decoded {
    var decoder = QuotedPrintableDecoder()
    var output = DecodedOctets()
    var offset = begin
    for piece in pieces {
        decoder.decode(piece.span, at: offset, into: &output)
        offset += piece.count
    }
    decoder.finish(at: offset, into: &output)
    return Decoded(octets: output.octets, anomalies: decoder.anomalies.first)
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
        var random = Numbers(state: 2_045)
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

    struct Case: Sendable {
        var text: String
        var decoded: String
        var anomalies: [Anomaly]

        init(_ text: String, _ decoded: String, _ anomalies: [(Anomaly.Kind, Int)] = []) {
            self.text = text
            self.decoded = decoded
            self.anomalies = anomalies.map { Anomaly($0.0, at: $0.1) }
        }
    }

    @Test(
        "are decoded on behind each fault, which is told",
        arguments: [
            Case("", ""), Case("QUJD", "ABC"), Case("QUI=", "AB"), Case("QQ==", "A"), Case("QQ=\r\n=", "A"),
            Case(" Q\tU J\r\nD\n", "ABC"), Case("QUJD\r\n\r\nREVG", "ABCDEF"),
            Case("QUI", "AB", [(.base64Truncated, 3)]), Case("QQ", "A", [(.base64Truncated, 2)]),
            Case("Q", "", [(.base64Truncated, 1)]), Case("QUJDQ", "ABC", [(.base64Truncated, 5)]),
            Case("QQ=", "A", [(.base64Truncated, 3)]),
            Case("QQ==REVG", "ADEF", [(.base64AfterPadding, 4)]),
            Case("QUI=REVG", "ABDEF", [(.base64AfterPadding, 4)]),
            Case("QQ=REVG", "ADEF", [(.base64Truncated, 3), (.base64AfterPadding, 3)]),
            Case("QUJD=REVG", "ABCDEF", [(.base64Padding, 4), (.base64AfterPadding, 5)]),
            Case("QUJDQ=REVG", "ABCDEF", [(.base64Padding, 5), (.base64AfterPadding, 6)]),
            Case("=QUJD", "ABC", [(.base64Padding, 0), (.base64AfterPadding, 1)]),
            Case("QQ===", "A", [(.base64Padding, 4)]), Case("====", "", [(.base64Padding, 0)]),
            Case("QU!JD", "ABC", [(.base64Junk, 2)]), Case("QUJD\u{0}", "ABC", [(.base64Junk, 4)]),
            Case("QU-J_D", "ABC", [(.base64Junk, 2)]), Case("QUJD!!QUJD!", "ABCABC", [(.base64Junk, 4)]),
            Case("QUJDREVGR0hJSktMTU5P!UFFS", "ABCDEFGHIJKLMNOPQR", [(.base64Junk, 20)]),
        ])
    func faults(_ item: Case) {
        let text = Array(item.text.utf8)
        let expected = Decoded(octets: Array(item.decoded.utf8), anomalies: item.anomalies)
        #expect(base64([text[...]]) == expected)
        for split in text.indices { #expect(base64([text[..<split], text[split...]]) == expected, "at \(split)") }
        let later = base64([text[...]], at: 1_000)
        #expect(later.anomalies.map(\.offset) == item.anomalies.map { $0.offset + 1_000 })
    }

    @Test("generated ones decode the same however they are cut, and as a decoder that takes one letter at a time")
    func generated() {
        var random = Numbers(state: 7)
        let usual = Self.alphabet + Self.alphabet + Array("\r\n\r\n==".utf8)
        for _ in 0..<generatedCount {
            let text = (0..<Int.random(in: 0...120, using: &random)).map { _ in
                Int.random(in: 0..<60, using: &random) == 0
                    ? UInt8.random(in: .min ... .max, using: &random) : usual.randomElement(using: &random) ?? 0
            }
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
    struct Case: Sendable {
        var text: String
        var decoded: String
        var anomalies: [Anomaly]

        init(_ text: String, _ decoded: String, _ anomalies: [(Anomaly.Kind, Int)] = []) {
            self.text = text
            self.decoded = decoded
            self.anomalies = anomalies.map { Anomaly($0.0, at: $0.1) }
        }
    }

    @Test(
        "are decoded as the standard has it, and stay as they are where it does not",
        arguments: [
            Case("", ""), Case("abc\r\ndef\r\n", "abc\r\ndef\r\n"), Case("a=3Db", "a=b"), Case("=41=42", "AB"),
            Case("=c3=A9", "é"), Case("long=\r\nline", "longline"), Case("long=\nline", "longline"),
            Case("end=", "end"),
            Case("end=\r\n", "end"), Case("a b\tc", "a b\tc"), Case("a=20\r\n", "a \r\n"), Case("=3D3D", "=3D"),
            Case("a \r\nb", "a \r\nb", [(.quotedPrintableTrailingSpace, 2)]),
            Case("a\t\nb", "a\t\nb", [(.quotedPrintableTrailingSpace, 2)]),
            Case("a ", "a ", [(.quotedPrintableTrailingSpace, 2)]),
            Case("a= \t\r\nb", "ab", [(.quotedPrintableSoftBreak, 4)]),
            Case("a= \nb", "ab", [(.quotedPrintableSoftBreak, 3)]),
            Case("a=  ", "a", [(.quotedPrintableSoftBreak, 4)]),
            Case("a= b", "a= b", [(.quotedPrintableEscape, 3)]),
            Case("a= =41", "a= A", [(.quotedPrintableEscape, 3)]),
            Case("=4", "=4", [(.quotedPrintableEscape, 2)]), Case("=4g", "=4g", [(.quotedPrintableEscape, 2)]),
            Case("=4=41", "=4A", [(.quotedPrintableEscape, 2)]), Case("==41", "=A", [(.quotedPrintableEscape, 1)]),
            Case("=xy", "=xy", [(.quotedPrintableEscape, 1)]), Case("=\rx", "x", [(.quotedPrintableEscape, 2)]),
            Case("=\r=41", "A", [(.quotedPrintableEscape, 2)]),
            Case("é", "é", [(.quotedPrintableOctet, 0)]), Case("a\u{0}", "a\u{0}", [(.quotedPrintableOctet, 1)]),
            Case("=\u{0}", "=\u{0}", [(.quotedPrintableEscape, 1), (.quotedPrintableOctet, 1)]),
        ])
    func table(_ item: Case) {
        let text = Array(item.text.utf8)
        let expected = Decoded(octets: Array(item.decoded.utf8), anomalies: item.anomalies)
        #expect(quotedPrintable([text[...]]) == expected)
        for split in text.indices {
            #expect(quotedPrintable([text[..<split], text[split...]]) == expected, "at \(split)")
        }
    }

    @Test("come back as they were, in pieces of every length")
    func roundTrip() {
        var random = Numbers(state: 2_046)
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
        var random = Numbers(state: 8)
        let usual = Array("abcdefghij 0123456789ABCDEF====  \t\r\n\r\n".utf8)
        for _ in 0..<generatedCount {
            let text = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                Int.random(in: 0..<40, using: &random) == 0
                    ? UInt8.random(in: .min ... .max, using: &random) : usual.randomElement(using: &random) ?? 0
            }
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
        #expect(decoded.text == "a=" + String(repeating: " ", count: 100_000) + "\r\nb")
        #expect(
            decoded.anomalies == [
                Anomaly(.quotedPrintableEscape, at: 2 + QuotedPrintableDecoder.longestSoftBreak),
                Anomaly(.quotedPrintableTrailingSpace, at: 100_002),
            ])
    }
}
