/// The grammar of base64 text (RFC 4648 §4): whole groups of four, padding at the end only.
enum Base64Grammar {
    static func isValid(_ text: Span<UInt8>) -> Bool {
        guard !text.isEmpty, text.count & 3 == 0 else { return false }
        var end = text.count
        if text[end - 1] == 0x3D { end -= 1 }
        if text[end - 1] == 0x3D { end -= 1 }
        for index in 0..<end where !OctetClass.contains(text[index], OctetClass.base64) { return false }
        return true
    }
}
