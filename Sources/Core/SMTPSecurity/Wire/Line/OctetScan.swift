/// Searches in borrowed octets, 64 at a time.
enum OctetScan {
    /// The 64 octets at an offset.
    @inline(__always)
    static func block(_ octets: Span<UInt8>, at offset: Int) -> SIMD64<UInt8> {
        // Proof: octets have no padding, the load checks its bounds itself, and every bit pattern is a valid vector.
        unsafe octets.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD64<UInt8>.self)
    }

    /// Whether any lane of a mask is set. Folding the lanes by hand takes less than half the time of `any`.
    @inline(__always)
    static func isAny(_ mask: SIMDMask<SIMD64<Int8>>) -> Bool {
        let lanes = unsafe unsafeBitCast(mask, to: SIMD8<UInt64>.self)
        // Proof: a mask of 64 lanes of 8 bits has the size of 8 lanes of 64 bits, and every bit pattern is valid.
        let half = lanes.lowHalf | lanes.highHalf
        let quarter = half.lowHalf | half.highHalf
        return (quarter.x | quarter.y) != 0
    }

    /// The offset of the first octet equal to `wanted` from `start`; `octets.count` if there is none.
    static func first(_ wanted: UInt8, in octets: Span<UInt8>, from start: Int) -> Int {
        var index = start
        let needle = SIMD64<UInt8>(repeating: wanted)
        while index + 64 <= octets.count {
            if isAny(block(octets, at: index) .== needle) { break }
            index += 64
        }
        while index < octets.count, octets[index] != wanted { index += 1 }
        return index
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
