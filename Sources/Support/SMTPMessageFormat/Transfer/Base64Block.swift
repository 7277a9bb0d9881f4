/// Sixteen letters of base64, or what might be some.
///
/// Every operand is a named vector: with literals the compiler takes the lanes one by one.
struct Base64Block {
    private typealias Lanes = SIMD16<UInt8>

    /// How many at the beginning are letters.
    let validCount: Int
    private let values: SIMD16<UInt8>

    @inline(__always)
    init(_ octets: SIMD16<UInt8>) {
        let upper = Self.shift(octets, from: 65, count: 26, by: 191)
        let lower = Self.shift(octets, from: 97, count: 26, by: 185)
        let digit = Self.shift(octets, from: 48, count: 10, by: 4)
        let plus = Self.shift(octets, of: 43, by: 19)
        let slash = Self.shift(octets, of: 47, by: 16)
        let letters: Lanes = upper | lower
        let signs: Lanes = plus | slash
        let shift: Lanes = letters | digit | signs
        values = octets &+ shift
        let none = Lanes(repeating: 0)
        let yes = Lanes(repeating: 0xFF)
        let invalid = none.replacing(with: yes, where: shift .== none)
        // Proof: both are sixteen octets without padding.
        let words = unsafe unsafeBitCast(invalid, to: SIMD2<UInt64>.self)
        let low = UInt64(littleEndian: words.x)
        let high = UInt64(littleEndian: words.y)
        validCount = low != 0 ? low.trailingZeroBitCount / 8 : 8 &+ high.trailingZeroBitCount / 8
    }

    /// The shift where octets are in a range, else 0.
    @inline(__always)
    private static func shift(_ octets: Lanes, from first: UInt8, count: UInt8, by shift: UInt8) -> Lanes {
        let begin = Lanes(repeating: first)
        let end = Lanes(repeating: count)
        let distance = octets &- begin
        let none = Lanes(repeating: 0)
        let some = Lanes(repeating: shift)
        return none.replacing(with: some, where: distance .< end)
    }

    /// The shift where octets are this one, else 0.
    @inline(__always)
    private static func shift(_ octets: Lanes, of octet: UInt8, by shift: UInt8) -> Lanes {
        let wanted = Lanes(repeating: octet)
        let none = Lanes(repeating: 0)
        let some = Lanes(repeating: shift)
        return none.replacing(with: some, where: octets .== wanted)
    }

    /// Writes fourteen octets, of which twelve count if all are letters.
    @unsafe @inline(__always)
    func store(to place: UnsafeMutableRawPointer) {
        // Proof: both are sixteen octets without padding.
        let words = unsafe unsafeBitCast(values, to: SIMD2<UInt64>.self)
        unsafe place.storeBytes(of: Self.joined(UInt64(littleEndian: words.x)).littleEndian, as: UInt64.self)
        unsafe place.storeBytes(
            of: Self.joined(UInt64(littleEndian: words.y)).littleEndian, toByteOffset: 6, as: UInt64.self)
    }

    /// Eight values of six bits as six octets, the first one lowest.
    @inline(__always)
    private static func joined(_ values: UInt64) -> UInt64 {
        let turned = values.byteSwapped
        // Pairs, then fours, then all.
        let pairs = (turned & 0x003F_003F_003F_003F) | (turned & 0x3F00_3F00_3F00_3F00) &>> 2
        let fours = (pairs & 0x0000_0FFF_0000_0FFF) | (pairs & 0x0FFF_0000_0FFF_0000) &>> 4
        let all = (fours & 0x00FF_FFFF) | (fours & 0x00FF_FFFF_0000_0000) &>> 8
        return all.byteSwapped &>> 16
    }
}
