/// Where one ESMTP parameter stands in the line.
@frozen
public struct ParsedParameter: Sendable, Hashable, BitwiseCopyable {
    /// Which parameter it is.
    public var keyword: ParameterKeyword
    /// Whether a `=` and a value follow the keyword.
    public var hasValue: Bool
    /// The keyword as written.
    public var keywordRange: ByteRange
    /// The value as written, still encoded where it is xtext; empty where there is none.
    public var valueRange: ByteRange

    /// An empty parameter.
    @inlinable
    public init() {
        self.keyword = .unknown
        self.hasValue = false
        self.keywordRange = ByteRange()
        self.valueRange = ByteRange()
    }
}
