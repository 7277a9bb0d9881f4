/// Octets at a place that tell a file's type.
struct Signature: Sendable {
    /// What is at an offset; `nil` stands for any octet.
    struct Part: Sendable {
        var offset: Int
        var octets: [UInt8?]

        func matches(_ beginning: Span<UInt8>) -> Bool {
            guard beginning.count - offset >= octets.count else { return false }
            for index in octets.indices {
                if let octet = octets[index], octet != beginning[offset + index] { return false }
            }
            return true
        }
    }

    var mediaType: String
    var parts: [Part]

    /// Octets at the beginning, or behind it.
    init(_ mediaType: String, _ octets: [UInt8?], at offset: Int = 0) {
        self.mediaType = mediaType
        parts = [Part(offset: offset, octets: octets)]
    }

    /// A text at the beginning, or behind it.
    init(_ mediaType: String, _ text: StaticString, at offset: Int = 0) {
        self.init(mediaType, Array("\(text)".utf8), at: offset)
    }

    /// The same, with further octets.
    func and(_ octets: [UInt8?], at offset: Int) -> Signature {
        var signature = self
        signature.parts.append(Part(offset: offset, octets: octets))
        return signature
    }

    /// The same, with a further text.
    func and(_ text: StaticString, at offset: Int) -> Signature { and(Array("\(text)".utf8), at: offset) }

    func matches(_ beginning: Span<UInt8>) -> Bool {
        for part in parts where !part.matches(beginning) { return false }
        return true
    }
}
