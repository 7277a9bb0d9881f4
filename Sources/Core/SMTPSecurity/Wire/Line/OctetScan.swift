/// Searches in borrowed octets, 64 at a time.
///
/// Every operand below is a named vector, and no expression mixes vectors with literals: only then do the compiler's
/// vector operators apply. The generic ones, which it prefers otherwise, take the lanes one by one.
enum OctetScan {
    typealias Block = SIMD64<UInt8>
    typealias Mask = SIMDMask<SIMD64<Int8>>

    /// Octets in a block.
    static let blockSize = 64

    /// The 64 octets at an offset.
    @inline(__always)
    static func block(_ octets: Span<UInt8>, at offset: Int) -> Block {
        // Proof: octets have no padding, the load checks its bounds itself, and every bit pattern is a valid vector.
        unsafe octets.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Block.self)
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
                let first = unsafe OctetBlock(octets, uncheckedAt: start).equals(wanted) & firstPlaces
                // Proof, here and below: as above.
                let second = unsafe OctetBlock(octets, uncheckedAt: start &+ 16).equals(wanted) & secondPlaces
                let third = unsafe OctetBlock(octets, uncheckedAt: start &+ 32).equals(wanted) & thirdPlaces
                let fourth = unsafe OctetBlock(octets, uncheckedAt: start &+ 48).equals(wanted) & fourthPlaces
                place = OctetBlock.larger(OctetBlock.larger(first, second), OctetBlock.larger(third, fourth)).max()
            } else if end >= OctetBlock.size {
                start = end - OctetBlock.size
                // Proof: the sixteen octets end at `end`, which is within the octets.
                place = unsafe (OctetBlock(octets, uncheckedAt: start).equals(wanted) & firstPlaces).max()
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
    private static var firstPlaces: OctetBlock.Vector { .init(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16) }
    @inline(__always)
    private static var secondPlaces: OctetBlock.Vector {
        .init(17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32)
    }
    @inline(__always)
    private static var thirdPlaces: OctetBlock.Vector {
        .init(33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48)
    }
    @inline(__always)
    private static var fourthPlaces: OctetBlock.Vector {
        .init(49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64)
    }
}
