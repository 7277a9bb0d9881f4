#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A small generator with a seed (SplitMix64), so that every run sees the same cases.
struct Generator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    /// Whether tests run at full length.
    static var isFull: Bool { unsafe getenv("FULL_TESTS") != nil }

    /// How many cases to generate: as many as the environment asks for.
    static func cases(_ usual: Int) -> Int {
        unsafe getenv("FUZZ_CASES").flatMap { unsafe Int(String(cString: $0)) } ?? usual
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// CR and LF only as pairs, no NUL.
func isCanonical(_ octets: [UInt8]) -> Bool {
    for (index, octet) in octets.enumerated() {
        switch octet {
        case 0: return false
        case 13: if index + 1 == octets.count || octets[index + 1] != 10 { return false }
        case 10: if index == 0 || octets[index - 1] != 13 { return false }
        default: continue
        }
    }
    return true
}
