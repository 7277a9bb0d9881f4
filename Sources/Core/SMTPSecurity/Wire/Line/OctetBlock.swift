/// Sixteen octets, and what can be told of all of them at once.
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

    @inline(always)
    private init(_ octets: Vector) { self.octets = octets }

    /// The block at an offset.
    @inline(always)
    init(_ octets: Span<UInt8>, at offset: Int) {
        // Proof: octets have no padding, the load checks its bounds itself, and every bit pattern is a valid vector.
        self.octets = unsafe octets.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Vector.self)
    }

    /// The block at an offset of which the caller knows that sixteen octets follow it.
    @inline(always)
    @unsafe
    init(_ octets: Span<UInt8>, uncheckedAt offset: Int) {
        // Proof: the caller's; octets have no padding, and every bit pattern is a valid vector.
        self.octets = unsafe octets.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Vector.self)
    }

    /// A line of eight to fifteen octets, with zeros after it.
    @inline(always)
    init(line: Span<UInt8>) {
        // Proof, here and below: the loads check their bounds themselves, and every bit pattern is a valid number.
        let low = unsafe line.bytes.unsafeLoadUnaligned(as: UInt64.self)
        let high = unsafe line.bytes.unsafeLoadUnaligned(fromByteOffset: line.count &- 8, as: UInt64.self)
        // What stands in both halves goes. In two steps: no shift goes as far as 64 bits.
        let rest = (UInt64(littleEndian: high) &>> 8) &>> UInt64(truncatingIfNeeded: 8 &* (15 &- line.count))
        // Proof: both have 16 octets and no padding, and every bit pattern is valid.
        self.octets = unsafe unsafeBitCast(SIMD2(low, rest.littleEndian), to: Vector.self)
    }

    /// The lanes that hold this octet.
    @inline(always)
    func equals(_ octet: UInt8) -> Vector {
        let wanted = Vector(repeating: octet)
        return Self.equal(octets, wanted)
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
        // The range is moved to the lowest numbers with a sign: one comparison is enough there.
        let distance = Vector(repeating: 0x80 &- lowest)
        let moved: Vector = octets &+ distance
        return Self.isBelow(moved, Int8(bitPattern: highest &- lowest &+ 0x81))
    }

    /// The lanes that hold no ASCII letter and no digit.
    @inline(always)
    var isNotAlphanumeric: Vector {
        let bit = Vector(repeating: 0x20)
        let folded: Vector = octets | bit
        return Self.both(Self.exceeds(folded, 0x61, 0x7A), isOutside(0x30, 0x39))
    }

    /// The lanes that hold an ASCII letter or a digit.
    @inline(always)
    var isAlphanumeric: Vector {
        let bit = Vector(repeating: 0x20)
        let folded: Vector = octets | bit
        return OctetBlock(folded).isWithin(0x61, 0x7A) | isWithin(0x30, 0x39)
    }

    /// The lanes that hold CR, LF, another control character below 14, or an octet above 127.
    @inline(always)
    var isLineEndOrNonASCII: Vector {
        // With a sign, octets above 127 are below 0: one comparison finds them all.
        Self.isBelow(octets, 14)
    }

    /// The lanes that hold an octet above 127.
    @inline(always)
    var isNonASCII: Vector { Self.isBelow(octets, 0) }

    // MARK: Answers: 255 in lanes of which it is true, unless another number is said, and 0 elsewhere

    /// The lanes that are equal.
    @inline(always)
    static func equal(_ first: Vector, _ second: Vector) -> Vector { vector(first .== second) }

    /// The lanes above a value.
    @inline(always)
    static func isAbove(_ lanes: Vector, _ value: UInt8) -> Vector {
        let limit = Vector(repeating: value)
        return vector(lanes .> limit)
    }

    /// The lanes that, with a sign, are below a value.
    @inline(always)
    private static func isBelow(_ lanes: Vector, _ value: Int8) -> Vector {
        // Proof: both have 16 octets and no padding, and every bit pattern is valid.
        let signed = unsafe unsafeBitCast(lanes, to: SIMD16<Int8>.self)
        let limit = SIMD16<Int8>(repeating: value)
        return vector(signed .< limit)
    }

    /// By how much lanes lie outside a range: 0 inside.
    @inline(always)
    private static func exceeds(_ lanes: Vector, _ lowest: UInt8, _ highest: UInt8) -> Vector {
        let base = Vector(repeating: lowest)
        let width = Vector(repeating: highest &- lowest)
        let distance: Vector = lanes &- base
        return distance &- smaller(distance, width)
    }

    /// The larger one of each two lanes.
    @inline(always)
    static func larger(_ first: Vector, _ second: Vector) -> Vector {
        first.replacing(with: second, where: first .< second)
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

    /// The lanes in two words, the way they lie in memory.
    @inline(always)
    static func words(_ lanes: Vector) -> SIMD2<UInt64> {
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
            UInt64(littleEndian: words.x) & laneWords[(start &+ 8) & 31],
            UInt64(littleEndian: words.y) & laneWords[start & 31])
    }

    @inline(always)
    private static func first(_ low: UInt64, _ high: UInt64) -> Int {
        let sooner = low.trailingZeroBitCount &>> 3
        let later = high.trailingZeroBitCount &>> 3
        // 8 and the second half, if the first half says no.
        return sooner &+ (later & (0 &- (sooner &>> 3)))
    }

    /// The lanes 8 to 15 from a lane on; those of 0 to 7 stand eight places further.
    private static let laneWords: [32 of UInt64] = [
        0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF,
        0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF,
        0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FF00, 0xFFFF_FFFF_FFFF_0000, 0xFFFF_FFFF_FF00_0000,
        0xFFFF_FFFF_0000_0000, 0xFFFF_FF00_0000_0000, 0xFFFF_0000_0000_0000, 0xFF00_0000_0000_0000,
        0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
        0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
        0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
        0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
    ]

    /// The two lowest bits of each lane of two blocks, in which no other bits may be set: those of the first lane lowest.
    ///
    /// One copy: where there are many, the compiler leaves the conversions as calls.
    @inline(never)
    static func bitPairs(_ first: Vector, _ second: Vector) -> UInt64 {
        let six = SIMD8<UInt16>(repeating: 6)
        let four = SIMD8<UInt16>(repeating: 4)
        // Neighbours move together and every second octet is dropped, twice: four bits in each octet, then eight.
        let low = neighbours(first)
        let high = neighbours(second)
        let lowFours: SIMD8<UInt16> = low | low &>> six
        let highFours: SIMD8<UInt16> = high | high &>> six
        let fours = neighbours(everySecond(lowFours, highFours))
        let eights: SIMD8<UInt16> = fours | fours &>> four
        let octets = SIMD8<UInt8>(truncatingIfNeeded: eights)
        // Proof: both have 8 octets and no padding, and every bit pattern is valid.
        return UInt64(littleEndian: unsafe unsafeBitCast(octets, to: UInt64.self))
    }

    /// The lower octets of numbers of sixteen bits, those of the first ones lowest.
    @inline(always)
    private static func everySecond(_ first: SIMD8<UInt16>, _ second: SIMD8<UInt16>) -> Vector {
        Vector(truncatingIfNeeded: SIMD16(lowHalf: first, highHalf: second))
    }

    /// Neighbours as one number of sixteen bits, the first one lowest.
    @inline(always)
    private static func neighbours(_ lanes: Vector) -> SIMD8<UInt16> {
        // Proof: both have 16 octets and no padding, and every bit pattern is valid.
        unsafe unsafeBitCast(lanes, to: SIMD8<UInt16>.self)
    }

    /// The first lane of two blocks that says 255, where the others say 0; 32 if there is none.
    @inline(__always)
    static func first(_ answers: Vector, _ more: Vector) -> Int {
        // Four bits of each lane are left: 64 of each block.
        let four = SIMD8<UInt16>(repeating: 4)
        let words = words(everySecond(neighbours(answers) &>> four, neighbours(more) &>> four))
        let sooner = UInt64(littleEndian: words.x).trailingZeroBitCount &>> 2
        let later = UInt64(littleEndian: words.y).trailingZeroBitCount &>> 2
        // Both, if the first block says no: then it counts 16.
        return sooner &+ (later & (0 &- (sooner &>> 4)))
    }

    /// Whether every lane says yes.
    @inline(always)
    static func isAll(_ answers: Vector) -> Bool {
        let zero = Vector(repeating: 0)
        return !isAny(equal(answers, zero))
    }

    /// Whether any lane says yes.
    @inline(always)
    static func isAny(_ answers: Vector) -> Bool {
        // Proof: both have 16 octets and no padding, and every bit pattern is valid.
        unsafe unsafeBitCast(answers, to: UInt128.self) != 0
    }

    /// The sum of all lanes.
    @inline(always)
    static func sum(_ lanes: Vector) -> Int {
        let words = words(lanes)
        let mask: UInt64 = 0x00FF_00FF_00FF_00FF
        let pairs = (words.x & mask) &+ ((words.x >> 8) & mask) &+ (words.y & mask) &+ ((words.y >> 8) & mask)
        return Int((pairs &* 0x0001_0001_0001_0001) >> 48)
    }
}
