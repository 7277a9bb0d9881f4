/// Searches in borrowed octets, 64 at a time.
///
/// Every operand below is a named vector, and no expression mixes vectors with literals: only then do the compiler's
/// vector operators apply. The generic ones, which it prefers otherwise, take the lanes one by one.
enum OctetScan {
    typealias Block = SIMD64<UInt8>
    typealias Mask = SIMDMask<SIMD64<Int8>>

    /// Octets in a block.
    static let blockSize = 64

    typealias Vector = SIMD16<UInt8>

    /// Sixteen octets at an offset of which the caller knows that as many follow it.
    @inline(__always)
    @unsafe
    static func vector(_ octets: Span<UInt8>, uncheckedAt offset: Int) -> Vector {
        // Octets have no padding, and every bit pattern is a valid vector.
        unsafe octets.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Vector.self)
    }

    /// The lanes that hold an octet: 255 there, 0 elsewhere.
    @inline(__always)
    static func equal(_ lanes: Vector, _ octet: UInt8) -> Vector {
        let wanted = Vector(repeating: octet)
        return equal(lanes, wanted)
    }

    /// The lanes that are equal: 255 there, 0 elsewhere.
    @inline(__always)
    static func equal(_ lanes: Vector, _ others: Vector) -> Vector { vector(lanes .== others) }

    /// The lanes above 127: 255 there, 0 elsewhere.
    @inline(__always)
    static func isNonASCII(_ lanes: Vector) -> Vector {
        // Proof: both have 16 octets and no padding, and every bit pattern is valid.
        let signed = unsafe unsafeBitCast(lanes, to: SIMD16<Int8>.self)
        let zero = SIMD16<Int8>(repeating: 0)
        return vector(signed .< zero)
    }

    /// The larger one of each two lanes.
    @inline(__always)
    static func larger(_ lanes: Vector, _ others: Vector) -> Vector {
        lanes.replacing(with: others, where: lanes .< others)
    }

    /// The lanes above a value: 255 there, 0 elsewhere.
    @inline(__always)
    static func isAbove(_ lanes: Vector, _ value: UInt8) -> Vector {
        let limit = Vector(repeating: value)
        return vector(lanes .> limit)
    }

    @inline(__always)
    private static func vector(_ mask: SIMDMask<SIMD16<Int8>>) -> Vector {
        // Proof: both have 16 octets and no padding, and every bit pattern is valid.
        unsafe unsafeBitCast(mask, to: Vector.self)
    }

    /// The lanes in two words, the way they lie in memory.
    @inline(__always)
    static func words(_ lanes: Vector) -> SIMD2<UInt64> {
        // Proof: both have 16 octets and no padding, and every bit pattern is valid.
        unsafe unsafeBitCast(lanes, to: SIMD2<UInt64>.self)
    }

    /// Whether any lane is not 0.
    @inline(__always)
    static func isAny(_ lanes: Vector) -> Bool {
        // Proof: both have 16 octets and no padding, and every bit pattern is valid.
        unsafe unsafeBitCast(lanes, to: UInt128.self) != 0
    }

    /// The sum of all lanes.
    @inline(__always)
    static func sum(_ lanes: Vector) -> Int {
        let words = words(lanes)
        let mask: UInt64 = 0x00FF_00FF_00FF_00FF
        let pairs = (words.x & mask) &+ ((words.x >> 8) & mask) &+ (words.y & mask) &+ ((words.y >> 8) & mask)
        return Int((pairs &* 0x0001_0001_0001_0001) >> 48)
    }

    /// The 64 octets at an offset.
    @inline(__always)
    static func block(_ octets: Span<UInt8>, at offset: Int) -> Block {
        // Proof: octets have no padding, the load checks its bounds itself, and every bit pattern is a valid vector.
        unsafe octets.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Block.self)
    }

    /// The octets of a block in eight words, the way they lie in memory.
    @inline(__always)
    static func words(_ block: Block) -> SIMD8<UInt64> {
        // Proof: both have 64 octets and no padding, and every bit pattern is valid.
        unsafe unsafeBitCast(block, to: SIMD8<UInt64>.self)
    }

    /// The lanes of a mask in eight words, the way they lie in memory: all bits of a lane are set or none.
    @inline(__always)
    static func words(_ mask: Mask) -> SIMD8<UInt64> {
        // Proof: a mask of 64 lanes of 8 bits has the size of 8 lanes of 64 bits, and every bit pattern is valid.
        unsafe unsafeBitCast(mask, to: SIMD8<UInt64>.self)
    }

    /// Whether any lane of a mask is set. Folding the lanes by hand takes less than half the time of `any`.
    @inline(__always)
    static func isAny(_ mask: Mask) -> Bool {
        let lanes = words(mask)
        let half: SIMD4<UInt64> = lanes.lowHalf | lanes.highHalf
        let quarter: SIMD2<UInt64> = half.lowHalf | half.highHalf
        return (quarter.x | quarter.y) != 0
    }

    /// How many lanes of a mask are set.
    @inline(__always)
    static func count(_ mask: Mask) -> Int {
        let lanes = words(mask)
        var bits = 0
        for index in 0..<8 { bits &+= lanes[index].nonzeroBitCount }
        return bits >> 3
    }

    /// Whether any octet of a block is above 127.
    @inline(__always)
    static func holdsNonASCII(_ words: SIMD8<UInt64>) -> Bool {
        let half: SIMD4<UInt64> = words.lowHalf | words.highHalf
        let quarter: SIMD2<UInt64> = half.lowHalf | half.highHalf
        return (quarter.x | quarter.y) & 0x8080_8080_8080_8080 != 0
    }

    /// The offset of the first octet equal to `wanted` from `start`; `octets.count` if there is none.
    static func first(_ wanted: UInt8, in octets: Span<UInt8>, from start: Int) -> Int {
        var index = start
        let needle = Block(repeating: wanted)
        while octets.count - index >= blockSize {
            let here = block(octets, at: index)
            let hit: Mask = here .== needle
            if isAny(hit) { break }
            index += blockSize
        }
        let last = octets.count - OctetBlock.size
        guard last >= 0 else {
            while index < octets.count, octets[index] != wanted { index += 1 }
            return index
        }
        while index < octets.count {
            let base = min(index, last)
            // What comes twice was not it the first time, unless it lies before the start.
            index = base + OctetBlock.first(OctetBlock(octets, at: base).equals(wanted), from: index - base)
            if index < base + OctetBlock.size { break }
        }
        return index
    }

    /// The offset of the last octet equal to `wanted` in `range`; `nil` if there is none.
    static func last(_ wanted: UInt8, in octets: Span<UInt8>, range: Range<Int>) -> Int? {
        // What is read lies before the end of the range, and may begin before its start.
        var end = min(range.upperBound, octets.count)
        while end > range.lowerBound {
            let start: Int
            let place: UInt8
            if end >= blockSize {
                start = end - blockSize
                // Proof: the block ends at `end`, which is within the octets.
                place = unsafe largest(
                    larger(
                        larger(
                            equal(vector(octets, uncheckedAt: start), wanted) & firstPlaces,
                            equal(vector(octets, uncheckedAt: start &+ 16), wanted) & secondPlaces),
                        larger(
                            equal(vector(octets, uncheckedAt: start &+ 32), wanted) & thirdPlaces,
                            equal(vector(octets, uncheckedAt: start &+ 48), wanted) & fourthPlaces)))
            } else if end >= 16 {
                start = end - 16
                // Proof: the sixteen octets end at `end`, which is within the octets.
                place = unsafe largest(equal(vector(octets, uncheckedAt: start), wanted) & firstPlaces)
            } else {
                start = end - 1
                place = octets[start] == wanted ? 1 : 0
            }
            if place > 0 {
                let found = start + Int(place) - 1
                return found >= range.lowerBound ? found : nil
            }
            end = start
        }
        return nil
    }

    /// What each lane of a block adds to the offset before it.
    @inline(__always)
    private static var firstPlaces: Vector { Vector(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16) }
    @inline(__always)
    private static var secondPlaces: Vector { Vector(17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32) }
    @inline(__always)
    private static var thirdPlaces: Vector { Vector(33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48) }
    @inline(__always)
    private static var fourthPlaces: Vector { Vector(49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64) }

    /// The largest lane.
    @inline(__always)
    private static func largest(_ lanes: Vector) -> UInt8 { lanes.max() }

    /// How many octets are above 127.
    static func countNonASCII(_ octets: Span<UInt8>) -> Int {
        var count = 0
        var start = 0
        // A sum of 128 bits in eight bits cannot overflow, and lets the compiler take sixteen octets at a time.
        while start < octets.count {
            let piece = octets.extracting(start..<min(start + 128, octets.count))
            var sum: UInt8 = 0
            for index in piece.indices { sum &+= piece[index] >> 7 }
            count += Int(sum)
            start += piece.count
        }
        return count
    }
}

extension [UInt8] {
    /// Appends borrowed octets.
    @inline(__always)
    mutating func append(octetsOf span: Span<UInt8>) {
        // Proof: the buffer is only read inside the call, while the span keeps it alive.
        unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}

extension OutputSpan<UInt8> {
    /// Appends borrowed octets, for which there has to be room.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func append(octetsOf span: Span<UInt8>) {
        precondition(span.count <= freeCapacity)
        // Proof: there is room for them, they are initialised from octets that the span keeps alive, and counted.
        unsafe withUnsafeMutableBufferPointer { buffer, count in
            unsafe span.withUnsafeBufferPointer { source in
                _ = unsafe buffer.extracting(count...).update(fromContentsOf: source)
            }
            count += span.count
        }
    }

    /// Appends a literal, for which there has to be room.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func append(_ text: StaticString) {
        // Proof: the literal's storage lives as long as the process.
        let octets = unsafe UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        unsafe append(octetsOf: octets.span)
    }

    /// Appends a number without leading zeros: up to 20 octets.
    @_lifetime(self: copy self)
    mutating func append(decimal value: UInt64) {
        var divisor: UInt64 = 1
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(truncatingIfNeeded: value / divisor % 10) + 0x30)
            divisor /= 10
        }
    }
}
