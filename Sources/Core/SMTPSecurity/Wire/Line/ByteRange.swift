/// A half-open range of octets inside one line, as two 16-bit offsets.
///
/// No line that this library accepts is longer than 65,535 octets, so a range takes four octets where
/// `Range<Int>` takes sixteen; a parsed command is made of a dozen of them.
@frozen
public struct ByteRange: Sendable, Hashable, BitwiseCopyable {
    /// The first offset in the lower half, the last one in the upper half: a range is written and read at once.
    @usableFromInline var bits: UInt32

    /// Offset of the first octet.
    @inlinable
    public var lowerBound: UInt16 {
        get { UInt16(truncatingIfNeeded: bits) }
        set { bits = bits & 0xFFFF_0000 | UInt32(newValue) }
    }

    /// Offset one past the last octet.
    @inlinable
    public var upperBound: UInt16 {
        get { UInt16(truncatingIfNeeded: bits >> 16) }
        set { bits = bits & 0xFFFF | UInt32(newValue) << 16 }
    }

    /// The empty range at offset 0.
    @inlinable
    public init() { bits = 0 }

    /// The range of the octets `lowerBound..<upperBound`.
    ///
    /// Bounds that do not fit are clamped, so that no input can trap here; the reader's own bounds check decides.
    @inlinable
    public init(_ lowerBound: Int, _ upperBound: Int) {
        bits = UInt32(UInt16(clamping: lowerBound)) | UInt32(UInt16(clamping: max(lowerBound, upperBound))) << 16
    }

    /// The range of the octets `lowerBound..<upperBound` of a line, which is no longer than 65,535 octets.
    @inline(__always)
    init(inLine lowerBound: Int, _ upperBound: Int) {
        bits = UInt32(truncatingIfNeeded: lowerBound) & 0xFFFF | UInt32(truncatingIfNeeded: upperBound) &<< 16
    }

    /// The range in the lower half of a word, as ``word`` has it.
    @inlinable
    @inline(__always)
    init(word: UInt64) { bits = UInt32(truncatingIfNeeded: word) }

    /// Both bounds in the lower half of a word.
    @inlinable
    @inline(__always)
    var word: UInt64 { UInt64(bits) }

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
