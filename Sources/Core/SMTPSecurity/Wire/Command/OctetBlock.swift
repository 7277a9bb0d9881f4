/// Sixteen octets of a line, and what can be told of all of them at once.
///
/// Answers are vectors of octets, not masks: a lane that is not zero says yes. The compiler keeps those in fewer instructions. Every
/// operand below is a named vector, and no expression mixes vectors with literals: only then do the compiler's vector operators apply.
/// The generic ones, which it prefers otherwise, take the lanes one by one.
struct OctetBlock {
    typealias Vector = SIMD16<UInt8>

    /// Octets in a block.
    static let size = 16

    /// The octets.
    let octets: Vector

    /// The block at an offset.
    @inline(always)
    init(_ line: Span<UInt8>, at offset: Int) {
        // Proof: octets have no padding, the load checks its bounds itself, and every bit pattern is a valid vector.
        octets = unsafe line.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Vector.self)
    }

    /// The block at an offset of which the caller knows that sixteen octets of the line follow it.
    @inline(always)
    @unsafe
    init(_ line: Span<UInt8>, uncheckedAt offset: Int) {
        // Octets have no padding, and every bit pattern is a valid vector.
        octets = unsafe line.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Vector.self)
    }

    /// The lanes that hold this octet.
    @inline(always)
    func equals(_ octet: UInt8) -> Vector {
        let wanted = Vector(repeating: octet)
        return Self.vector(octets .== wanted)
    }

    /// The lanes that hold another octet.
    @inline(always)
    func differs(from octet: UInt8) -> Vector {
        let wanted = Vector(repeating: octet)
        return octets ^ wanted
    }

    /// The lanes that hold no octet of a range.
    @inline(always)
    func isOutside(_ lowest: UInt8, _ highest: UInt8) -> Vector { Self.exceeds(octets, lowest, highest) }

    /// The lanes that hold an octet of a range.
    @inline(always)
    func isWithin(_ lowest: UInt8, _ highest: UInt8) -> Vector {
        let base = Vector(repeating: lowest)
        let width = Vector(repeating: highest &- lowest)
        let distance: Vector = octets &- base
        return Self.vector(distance .<= width)
    }

    /// The lanes that hold no ASCII letter and no digit.
    @inline(always)
    var isNotAlphanumeric: Vector {
        let bit = Vector(repeating: 0x20)
        let folded: Vector = octets | bit
        return Self.both(Self.exceeds(folded, 0x61, 0x7A), isOutside(0x30, 0x39))
    }

    /// The lanes that hold CR, LF, another control character below 14, or an octet above 127.
    @inline(always)
    var isLineEndOrNonASCII: Vector {
        // With a sign, octets above 127 are below 0: one comparison finds them all.
        // Proof: both have 16 octets and no padding, and every bit pattern is valid.
        let signed = unsafe unsafeBitCast(octets, to: SIMD16<Int8>.self)
        let limit = SIMD16<Int8>(repeating: 0x0E)
        return Self.vector(signed .< limit)
    }

    /// Whether any octet is above 127.
    @inline(always)
    var holdsNonASCII: Bool {
        let words = Self.words(octets)
        return (words.x | words.y) & 0x8080_8080_8080_8080 != 0
    }

    // MARK: Answers

    /// By how much lanes lie outside a range: 0 inside.
    @inline(always)
    private static func exceeds(_ lanes: Vector, _ lowest: UInt8, _ highest: UInt8) -> Vector {
        let base = Vector(repeating: lowest)
        let width = Vector(repeating: highest &- lowest)
        let distance: Vector = lanes &- base
        return distance &- smaller(distance, width)
    }

    @inline(always)
    private static func smaller(_ first: Vector, _ second: Vector) -> Vector {
        first.replacing(with: second, where: first .> second)
    }

    /// The lanes in which both answers are yes.
    @inline(always)
    static func both(_ first: Vector, _ second: Vector) -> Vector { smaller(first, second) }

    @inline(always)
    private static func vector(_ mask: SIMDMask<SIMD16<Int8>>) -> Vector {
        // Proof: both have 16 octets and no padding, and every bit pattern is valid.
        unsafe unsafeBitCast(mask, to: Vector.self)
    }

    @inline(always)
    private static func words(_ lanes: Vector) -> SIMD2<UInt64> {
        // Proof: both have 16 octets and no padding, and every bit pattern is valid.
        unsafe unsafeBitCast(lanes, to: SIMD2<UInt64>.self)
    }

    /// The first lane that says yes; 16 if there is none. No branch depends on where it is.
    @inline(always)
    static func first(_ answers: Vector) -> Int {
        let words = words(answers)
        return first(UInt64(littleEndian: words.x), UInt64(littleEndian: words.y))
    }

    /// The first lane from `start` on that says yes; 16 if there is none.
    ///
    /// - Parameter start: 0 to 16.
    @inline(always)
    static func first(_ answers: Vector, from start: Int) -> Int {
        let words = words(answers)
        return first(
            UInt64(littleEndian: words.x) & firstWord[start & 31],
            UInt64(littleEndian: words.y) & secondWord[start & 31])
    }

    @inline(always)
    private static func first(_ low: UInt64, _ high: UInt64) -> Int {
        let sooner = low.trailingZeroBitCount &>> 3
        let later = high.trailingZeroBitCount &>> 3
        // 8 and the second half, if the first half says no.
        return sooner &+ (later & (0 &- (sooner &>> 3)))
    }

    /// The lanes 0 to 7 from a lane on.
    private static let firstWord: [32 of UInt64] = [
        0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FF00, 0xFFFF_FFFF_FFFF_0000, 0xFFFF_FFFF_FF00_0000,
        0xFFFF_FFFF_0000_0000, 0xFFFF_FF00_0000_0000, 0xFFFF_0000_0000_0000, 0xFF00_0000_0000_0000,
        0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
        0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
        0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
        0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
        0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
        0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
    ]

    /// The lanes 8 to 15 from a lane on.
    private static let secondWord: [32 of UInt64] = [
        0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF,
        0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF,
        0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FF00, 0xFFFF_FFFF_FFFF_0000, 0xFFFF_FFFF_FF00_0000,
        0xFFFF_FFFF_0000_0000, 0xFFFF_FF00_0000_0000, 0xFFFF_0000_0000_0000, 0xFF00_0000_0000_0000,
        0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
        0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
        0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
        0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
    ]

    /// The lanes that say no, as sixteen bits, the first one lowest.
    @inline(always)
    static func negativeBits(_ answers: Vector) -> UInt64 {
        let zero = Vector(repeating: 0)
        // One bit of each octet is left, another one in each of the eight; the product adds them up in its highest octet.
        let weights = Vector(1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128)
        let words = words(vector(answers .== zero) & weights)
        let low = (UInt64(littleEndian: words.x) &* 0x0101_0101_0101_0101) &>> 56
        let high = (UInt64(littleEndian: words.y) &* 0x0101_0101_0101_0101) &>> 56
        return low | high &<< 8
    }

    /// The first lane of two blocks that says yes; 32 if there is none.
    @inline(always)
    static func first(_ answers: Vector, _ more: Vector) -> Int {
        let sooner = first(answers)
        return sooner &+ (first(more) & (0 &- (sooner &>> 4)))
    }

    /// The lanes in which either answer is yes.
    @inline(always)
    static func either(_ first: Vector, _ second: Vector) -> Vector { first | second }

    /// Whether every lane says yes.
    @inline(always)
    static func isAll(_ answers: Vector) -> Bool {
        let zero = Vector(repeating: 0)
        return !isAny(vector(answers .== zero))
    }

    /// Whether any lane says yes.
    @inline(always)
    static func isAny(_ answers: Vector) -> Bool {
        let words = words(answers)
        return (words.x | words.y) != 0
    }
}
