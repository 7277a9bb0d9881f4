/// The length in octets of the UTF-8 character that begins at an index (RFC 3629 §4); `nil` if none does.
func utf8Length(_ octets: Span<UInt8>, at index: Int) -> Int? {
    let second: ClosedRange<UInt8>
    let length: Int
    switch octets[index] {
    case 0...0x7F: return 1
    case 0xC2...0xDF: (second, length) = (0x80...0xBF, 2)
    // No overlong forms, no surrogates.
    case 0xE0: (second, length) = (0xA0...0xBF, 3)
    case 0xED: (second, length) = (0x80...0x9F, 3)
    case 0xE1...0xEF: (second, length) = (0x80...0xBF, 3)
    // Nothing above U+10FFFF.
    case 0xF0: (second, length) = (0x90...0xBF, 4)
    case 0xF1...0xF3: (second, length) = (0x80...0xBF, 4)
    case 0xF4: (second, length) = (0x80...0x8F, 4)
    default: return nil
    }
    guard octets.count - index >= length, second.contains(octets[index + 1]) else { return nil }
    for tail in (index + 2)..<max(index + 2, index + length) where octets[tail] & 0xC0 != 0x80 { return nil }
    return length
}
