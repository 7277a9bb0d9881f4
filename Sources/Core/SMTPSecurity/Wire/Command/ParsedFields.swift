/// What a ``ParsedCommand`` holds besides its parameters.
@frozen
@usableFromInline
struct ParsedFields: Sendable, BitwiseCopyable {
    @usableFromInline var verb: Verb
    @usableFromInline var leniencies: Leniencies
    @usableFromInline var isLastChunk: Bool
    @usableFromInline var containsNonASCII: Bool
    @usableFromInline var parameterCount: UInt8
    /// Whether the line is known to be in canonical form as it is.
    @usableFromInline var isCanonical: Bool
    @usableFromInline var verbRange: ByteRange
    @usableFromInline var argument: ByteRange
    @usableFromInline var initialResponse: ByteRange
    @usableFromInline var path: ParsedPath
    @usableFromInline var size: UInt64
    @usableFromInline var values: ParameterValues

    @inlinable
    init() {
        self.verb = .unknown
        self.leniencies = []
        self.isLastChunk = false
        self.containsNonASCII = false
        self.parameterCount = 0
        self.isCanonical = false
        self.verbRange = ByteRange()
        self.argument = ByteRange()
        self.initialResponse = ByteRange()
        self.path = ParsedPath()
        self.size = .max
        self.values = ParameterValues()
    }
}
