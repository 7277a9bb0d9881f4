/// A parsed command together with the line it stands in.
///
/// A view borrows the line: it cannot outlive it, and nothing is copied. ``OwnedCommand`` is for keeping.
public struct CommandView: ~Escapable, BitwiseCopyable {
    /// The line without its line end.
    public let line: Span<UInt8>
    @usableFromInline let fields: ParsedFields
    @usableFromInline let parameters: Span<ParsedParameter>

    /// The command that `parsed` describes. Both have to come from the same call of ``CommandParser``.
    @inlinable
    @_lifetime(copy line, borrow parsed)
    public init(line: Span<UInt8>, parsed: borrowing ParsedCommand) {
        self.line = line
        self.fields = parsed.fields
        self.parameters = parsed.parameters.span
    }

    /// The verb.
    @inlinable
    public var verb: Verb { fields.verb }

    /// Deviations from the grammar that the parser understood all the same.
    @inlinable
    public var leniencies: Leniencies { fields.leniencies }

    /// `BDAT … LAST` (RFC 3030 §2).
    @inlinable
    public var isLastChunk: Bool { fields.isLastChunk }

    /// Whether the line has any octet above 127.
    @inlinable
    public var containsNonASCII: Bool { fields.containsNonASCII }

    /// `SIZE=` in octets (RFC 1870), or the chunk size of `BDAT` in octets (RFC 3030); `UInt64.max` where absent.
    @inlinable
    public var size: UInt64 { fields.size }

    /// Typed values of the parameters that have a small closed grammar.
    @inlinable
    public var values: ParameterValues { fields.values }

    /// The verb as written.
    @inlinable
    public var verbText: Span<UInt8> {
        @_lifetime(copy self)
        get { text(fields.verbRange) }
    }

    /// The argument, see ``ParsedCommand/argument``.
    @inlinable
    public var argument: Span<UInt8> {
        @_lifetime(copy self)
        get { text(fields.argument) }
    }

    /// The initial response of `AUTH`, still encoded; empty where there is none.
    @inlinable
    public var initialResponse: Span<UInt8> {
        @_lifetime(copy self)
        get { text(fields.initialResponse) }
    }

    /// The path of `MAIL`, `RCPT`, `SEND`, `SOML` and `SAML`; for greetings only its domain is set.
    @inlinable
    public var path: PathView {
        @_lifetime(copy self)
        get { PathView(line: line, parsed: fields.path) }
    }

    /// How many ESMTP parameters there are.
    @inlinable
    public var parameterCount: Int { min(Int(fields.parameterCount), parameters.count) }

    /// Which parameter stands at a position, from 0.
    @inlinable
    public func parameterKeyword(at position: Int) -> ParameterKeyword { parameters[position].keyword }

    /// The keyword, as written, of the parameter at a position.
    @inlinable
    @_lifetime(copy self)
    public func parameterName(at position: Int) -> Span<UInt8> { text(parameters[position].keywordRange) }

    /// The value, as written, of the parameter at a position; empty where there is none.
    @inlinable
    @_lifetime(copy self)
    public func parameterValue(at position: Int) -> Span<UInt8> { text(parameters[position].valueRange) }

    /// Where a known parameter stands; `nil` if the command does not have it.
    public func position(of keyword: ParameterKeyword) -> Int? {
        for position in 0..<parameterCount where parameters[position].keyword == keyword { return position }
        return nil
    }

    /// The octets of a range, empty if they come from another line and point outside the line.
    @inlinable
    @inline(__always)
    @_lifetime(copy self)
    func text(_ range: ByteRange) -> Span<UInt8> {
        Int(range.upperBound) <= line.count ? line.extracting(range.range) : line.extracting(first: 0)
    }
}
