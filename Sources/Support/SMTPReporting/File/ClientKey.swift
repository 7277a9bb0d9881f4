#if SQLite
import SMTPSecurity

extension IPAddress {
    /// The octets that an address is kept as: 4 or 6, then the address. Networks are ranges of them.
    var key: [UInt8] {
        switch self {
        case .v4(let value):
            [4] + (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * $0)) }
        case .v6(let high, let low):
            [6]
                + (0..<16).map {
                    UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> UInt64(56 - 8 * ($0 & 7)))
                }
        }
    }

    /// The address of octets; `nil` if there is none.
    init?(key: [UInt8]) {
        func word(_ range: Range<Int>) -> UInt64 { key[range].reduce(0) { $0 << 8 | UInt64($1) } }
        switch (key.first, key.count) {
        case (4, 5): self = .v4(UInt32(truncatingIfNeeded: word(1..<5)))
        case (6, 17): self = .v6(word(1..<9), word(9..<17))
        default: return nil
        }
    }
}

extension IPNetwork {
    /// The octets of the first and of the last address.
    var keys: (first: [UInt8], last: [UInt8]) {
        let network = canonical
        let first = network.address.key
        var last = first
        for bit in network.prefixLength..<(first.count - 1) * 8 {
            last[1 + bit / 8] |= 0x80 >> UInt8(bit % 8)
        }
        return (first, last)
    }
}
#endif
