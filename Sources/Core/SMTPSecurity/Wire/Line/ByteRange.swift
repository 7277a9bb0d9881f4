/// A half-open range of octets inside one line, as two 16-bit offsets.
///
/// No line that this library accepts is longer than 65,535 octets, so a range takes four octets where
/// `Range<Int>` takes sixteen; a parsed command is made of a dozen of them.
@frozen
public struct ByteRange: Sendable, Hashable, BitwiseCopyable {
    /// Offset of the first octet.
    public var lowerBound: UInt16
    /// Offset one past the last octet.
    public var upperBound: UInt16

    /// The empty range at offset 0.
    @inlinable
    public init() {
        self.lowerBound = 0
        self.upperBound = 0
    }

    /// The range of the octets `lowerBound..<upperBound`.
    ///
    /// Bounds that do not fit are clamped, so that no input can trap here; the reader's own bounds check decides.
    @inlinable
    public init(_ lowerBound: Int, _ upperBound: Int) {
        self.lowerBound = UInt16(clamping: lowerBound)
        self.upperBound = UInt16(clamping: max(lowerBound, upperBound))
    }

    /// The range of the octets `lowerBound..<upperBound` of a line, which is no longer than 65,535 octets.
    @inline(__always)
    init(inLine lowerBound: Int, _ upperBound: Int) {
        self.lowerBound = UInt16(truncatingIfNeeded: lowerBound)
        self.upperBound = UInt16(truncatingIfNeeded: upperBound)
    }

    /// The range in the lower half of a word, as ``word`` has it.
    @inlinable
    @inline(__always)
    init(word: UInt64) {
        self.lowerBound = UInt16(truncatingIfNeeded: word)
        self.upperBound = UInt16(truncatingIfNeeded: word >> 16)
    }

    /// Both bounds in the lower half of a word.
    @inlinable
    @inline(__always)
    var word: UInt64 { UInt64(lowerBound) | UInt64(upperBound) << 16 }

    /// Number of octets.
    @inlinable
    public var count: Int { Int(upperBound) - Int(lowerBound) }

    /// Whether the range holds no octet.
    @inlinable
    public var isEmpty: Bool { lowerBound == upperBound }

    /// The same range as `Range<Int>`.
    @inlinable
    public var range: Range<Int> { Int(lowerBound)..<Int(upperBound) }
}
