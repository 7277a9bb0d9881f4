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
        var end = range.upperBound
        let needle = Block(repeating: wanted)
        while end - range.lowerBound >= blockSize {
            let here = block(octets, at: end - blockSize)
            let hit: Mask = here .== needle
            if isAny(hit) { break }
            end -= blockSize
        }
        while end > range.lowerBound {
            end -= 1
            if octets[end] == wanted { return end }
        }
        return nil
    }

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
