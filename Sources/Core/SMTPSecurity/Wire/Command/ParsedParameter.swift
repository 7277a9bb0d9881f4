/// Where one ESMTP parameter stands in the line.
@frozen
public struct ParsedParameter: Sendable, Hashable, BitwiseCopyable {
    @usableFromInline let lowerBound: UInt16
    @usableFromInline let keywordEnd: UInt16
    @usableFromInline let upperBound: UInt16
    /// Which parameter it is.
    public let keyword: ParameterKeyword
    /// Whether a `=` and a value follow the keyword.
    public let hasValue: Bool

    /// An empty parameter.
    @inlinable
    public init() {
        self.lowerBound = 0
        self.keywordEnd = 0
        self.upperBound = 0
        self.keyword = .unknown
        self.hasValue = false
    }

    /// A parameter of a line, which is no longer than 65,535 octets. One with a value ends after it, any other after the keyword.
    @inline(__always)
    init(_ keyword: ParameterKeyword, at start: Int, keywordEnd: Int, end: Int) {
        self.lowerBound = UInt16(truncatingIfNeeded: start)
        self.keywordEnd = UInt16(truncatingIfNeeded: keywordEnd)
        self.upperBound = UInt16(truncatingIfNeeded: end)
        self.keyword = keyword
        self.hasValue = end > keywordEnd
    }

    /// The keyword as written.
    @inlinable
    public var keywordRange: ByteRange { ByteRange(Int(lowerBound), Int(keywordEnd)) }

    /// The value as written, still encoded where it is xtext; empty where there is none.
    @inlinable
    public var valueRange: ByteRange { hasValue ? ByteRange(Int(keywordEnd) + 1, Int(upperBound)) : ByteRange() }
}
