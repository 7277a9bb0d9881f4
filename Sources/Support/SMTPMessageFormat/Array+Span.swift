extension [UInt8] {
    /// Adds octets.
    package mutating func append(copying octets: Span<UInt8>) {
        // Proof: the buffer lives as long as the call.
        unsafe octets.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
