/// Reads the octets that base64 text stands for (RFC 4648 §4), one after the other, without keeping any.
///
/// The text has to be valid under ``Base64Grammar``; the octets end where it is not.
struct Base64Reader: ~Escapable {
    private let text: Span<UInt8>
    private var index = 0
    private var bits: UInt32 = 0
    private var bitCount: UInt32 = 0

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) { self.text = text }

    /// The next octet; `nil` at the end.
    mutating func next() -> UInt8? {
        while bitCount < 8 {
            guard index < text.count, let sextet = Base64Grammar.sextet(text[index]) else { return nil }
            index += 1
            // At most 6 bits are left from before, so nothing is lost above.
            bits = bits << 6 | UInt32(sextet)
            bitCount += 6
        }
        bitCount -= 8
        let octet = UInt8(truncatingIfNeeded: bits >> bitCount)
        bits &= 1 << bitCount - 1
        return octet
    }

    /// Goes on after the next octet of this value.
    ///
    /// - Returns: whether there was one.
    mutating func skip(past end: UInt8) -> Bool {
        while let octet = next() { if octet == end { return true } }
        return false
    }

    /// Goes on after this text.
    ///
    /// - Returns: whether it stands here.
    mutating func skip(_ expected: StaticString) -> Bool {
        for position in 0..<expected.utf8CodeUnitCount {
            // Proof: the position is within the literal, whose storage lives as long as the process.
            guard let octet = next(), unsafe octet == expected.utf8Start[position] else { return false }
        }
        return true
    }

    /// The octets before the next one of this value, which is skipped; `nil` if there is none, or if they are more than
    /// `limit`.
    mutating func octets(before end: UInt8, limit: Int) -> [UInt8]? {
        var octets: [UInt8] = []
        while let octet = next() {
            if octet == end { return octets }
            guard octets.count < limit else { return nil }
            octets.append(octet)
        }
        return nil
    }

    /// All octets that are left; `nil` if they are more than `limit`.
    mutating func rest(limit: Int) -> [UInt8]? {
        var octets: [UInt8] = []
        while let octet = next() {
            guard octets.count < limit else { return nil }
            octets.append(octet)
        }
        return octets
    }
}
