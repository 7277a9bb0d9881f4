import SMTPSecurity

/// What a table in memory knows of a key: 64 bits of SipHash-1-3 under a secret; never 0.
///
/// Tables keep fingerprints instead of keys, so that an entry has a fixed size. Nobody without the secret can make two keys with the same
/// fingerprint, or choose where in a table a key comes to stand. By chance a new key meets the fingerprint of one of a million others
/// once in 18 million million times, and is counted with it.
package typealias Fingerprint = UInt64

/// SipHash-1-3 (Aumasson and Bernstein, 2012), as hash tables use it.
struct SipHash: Sendable, Hashable {
    /// The secret.
    let key: (UInt64, UInt64)

    static func == (left: SipHash, right: SipHash) -> Bool { left.key == right.key }

    func hash(into hasher: inout Hasher) {
        hasher.combine(key.0)
        hasher.combine(key.1)
    }

    /// A hash under a secret drawn from the system's generator.
    static func withRandomKey() -> SipHash {
        SipHash(key: (.random(in: .min ... .max), .random(in: .min ... .max)))
    }

    /// The hash of octets.
    func callAsFunction(_ octets: Span<UInt8>) -> UInt64 {
        var state = SipState(key)
        let whole = octets.count & ~7
        var offset = 0
        while offset < whole {
            // Proof: the load checks its bounds, and every bit pattern is a valid number.
            state.take(
                UInt64(littleEndian: unsafe octets.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset += 8
        }
        var last = UInt64(truncatingIfNeeded: octets.count) << 56
        while offset < octets.count {
            last |= UInt64(octets[offset]) << UInt64(8 * (offset - whole))
            offset += 1
        }
        state.take(last)
        return state.finish()
    }
}

/// SipHash in the middle of its input, in words of eight octets.
struct SipState {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64

    init(_ key: (UInt64, UInt64)) {
        v0 = key.0 ^ 0x736F_6D65_7073_6575
        v1 = key.1 ^ 0x646F_7261_6E64_6F6D
        v2 = key.0 ^ 0x6C79_6765_6E65_7261
        v3 = key.1 ^ 0x7465_6462_7974_6573
    }

    @inline(__always)
    mutating func take(_ word: UInt64) {
        v3 ^= word
        round()
        v0 ^= word
    }

    @inline(__always)
    mutating func finish() -> UInt64 {
        v2 ^= 0xFF
        for _ in 0..<3 { round() }
        return v0 ^ v1 ^ v2 ^ v3
    }

    @inline(__always)
    private mutating func round() {
        v0 &+= v1
        v1 = Self.rotate(v1, 13) ^ v0
        v0 = Self.rotate(v0, 32)
        v2 &+= v3
        v3 = Self.rotate(v3, 16) ^ v2
        v0 &+= v3
        v3 = Self.rotate(v3, 21) ^ v0
        v2 &+= v1
        v1 = Self.rotate(v1, 17) ^ v2
        v2 = Self.rotate(v2, 32)
    }

    @inline(__always)
    private static func rotate(_ word: UInt64, _ bits: UInt64) -> UInt64 { word &<< bits | word &>> (64 &- bits) }
}
