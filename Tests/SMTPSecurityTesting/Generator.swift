#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A small generator with a seed (SplitMix64), so that every run sees the same cases.
public struct Generator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// A generator of the numbers of this seed.
    public init(seed: UInt64) { state = seed }

    /// Whether tests run at full length: `FULL_TESTS`.
    public static var isFull: Bool { unsafe getenv("FULL_TESTS") != nil }

    /// How many cases to generate: as many as the environment asks for with `FUZZ_CASES`.
    public static func cases(_ usual: Int) -> Int {
        unsafe getenv("FUZZ_CASES").flatMap { unsafe Int(String(cString: $0)) } ?? usual
    }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// Cuts octets into pieces of 40 at most, empty ones among them.
    public mutating func pieces(of octets: [UInt8]) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = octets[...]
        while !rest.isEmpty {
            let count = Int.random(in: 0...min(rest.count, 40), using: &self)
            pieces.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}
