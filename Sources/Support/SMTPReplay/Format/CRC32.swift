/// The checksum of a frame: CRC-32 as in ISO 3309 and RFC 1952 §8.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    /// The checksum of octets.
    static func checksum(_ octets: ArraySlice<UInt8>) -> UInt32 {
        var value = ~UInt32(0)
        for octet in octets { value = table[Int(UInt8(truncatingIfNeeded: value) ^ octet)] ^ (value >> 8) }
        return ~value
    }
}
