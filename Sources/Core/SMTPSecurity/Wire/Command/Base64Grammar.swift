/// The grammar of base64 text (RFC 4648 §4): whole groups of four, padding at the end only.
enum Base64Grammar {
    static func isValid(_ text: Span<UInt8>) -> Bool {
        guard !text.isEmpty, text.count & 3 == 0 else { return false }
        var end = text.count
        // Bits that padding leaves over have to be zero (RFC 4648 §3.5): some readers refuse them, others do not see them.
        if text[end - 1] == 0x3D {
            end -= 1
            var unused: UInt8 = 0x03
            if text[end - 1] == 0x3D {
                end -= 1
                unused = 0x0F
            }
            guard let last = sextet(text[end - 1]), last & unused == 0 else { return false }
        }
        return TokenScan.end(of: Base64Set.self, text, from: 0) == end
    }

    /// The six bits that a character stands for; `nil` for what is not in the alphabet.
    static func sextet(_ octet: UInt8) -> UInt8? {
        switch octet {
        case 0x41...0x5A: octet - 0x41
        case 0x61...0x7A: octet - 0x61 + 26
        case 0x30...0x39: octet - 0x30 + 52
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }
}
