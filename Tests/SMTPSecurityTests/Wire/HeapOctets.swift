/// Octets in memory of their own, without anything before them or after them: what reads too far leaves the allocation, which
/// AddressSanitizer reports. An array has room in front, and what is cut out of it has neighbours.
@safe
struct HeapOctets: ~Copyable {
    private let buffer: UnsafeMutableBufferPointer<UInt8>

    /// A copy of some octets.
    init(_ octets: ArraySlice<UInt8>) {
        unsafe buffer = .allocate(capacity: octets.count)
        _ = unsafe buffer.initialize(from: octets)
    }

    deinit { unsafe buffer.deallocate() }

    /// The octets.
    var span: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            // Proof: the octets live as long as this value, and nobody writes them.
            let span = unsafe UnsafeBufferPointer(buffer).span
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }
}
