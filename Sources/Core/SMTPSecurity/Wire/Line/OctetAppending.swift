extension [UInt8] {
    /// Appends borrowed octets.
    @inline(__always)
    package mutating func append(octetsOf span: Span<UInt8>) {
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
