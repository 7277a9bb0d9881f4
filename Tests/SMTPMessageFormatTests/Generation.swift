import Glibc

/// How many generated cases there are: `FUZZ_CASES`, or few.
var generatedCount: Int {
    // Proof: the string is read before anything else could change the environment.
    unsafe getenv("FUZZ_CASES").flatMap { unsafe Int(String(cString: $0)) } ?? 2_000
}

/// Random numbers that come again.
struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Cuts octets into pieces, empty ones among them.
    mutating func pieces(of octets: [UInt8]) -> [ArraySlice<UInt8>] {
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
