/// The grammar of UTF-8 (RFC 3629 §4): no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Grammar {
    /// The length in octets of the character that starts at an offset; `nil` if none does.
    static func length(_ octets: Span<UInt8>, at index: Int) -> Int? {
        func tail(_ offset: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
            index + offset < octets.count && octets[index + offset] >= low && octets[index + offset] <= high
        }
        switch octets[index] {
        case 0...0x7F: return 1
        case 0xC2...0xDF: return tail(1) ? 2 : nil
        case 0xE0: return tail(1, 0xA0) && tail(2) ? 3 : nil
        case 0xED: return tail(1, 0x80, 0x9F) && tail(2) ? 3 : nil
        case 0xE1...0xEF: return tail(1) && tail(2) ? 3 : nil
        case 0xF0: return tail(1, 0x90) && tail(2) && tail(3) ? 4 : nil
        case 0xF1...0xF3: return tail(1) && tail(2) && tail(3) ? 4 : nil
        case 0xF4: return tail(1, 0x80, 0x8F) && tail(2) && tail(3) ? 4 : nil
        default: return nil
        }
    }
}
