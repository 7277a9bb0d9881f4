/// A parsed command together with the line it stands in.
///
/// A view borrows the line: it cannot outlive it, and nothing is copied. ``OwnedCommand`` is for keeping.
public struct CommandView: ~Escapable {
    /// The line without its line end.
    public let line: Span<UInt8>
    /// What the parser found.
    public let parsed: ParsedCommand

    /// The command that `parsed` describes. Both have to come from the same call of ``CommandParser``.
    @inlinable
    @_lifetime(copy line)
    public init(line: Span<UInt8>, parsed: ParsedCommand) {
        self.line = line
        self.parsed = parsed
    }

    /// The verb.
    @inlinable
    public var verb: Verb { parsed.verb }

    /// The verb as written.
    public var verbText: Span<UInt8> {
        @_lifetime(copy self)
        get { text(parsed.verbRange) }
    }

    /// The argument, see ``ParsedCommand/argument``.
    public var argument: Span<UInt8> {
        @_lifetime(copy self)
        get { text(parsed.argument) }
    }

    /// The initial response of `AUTH`, still encoded; empty where there is none.
    public var initialResponse: Span<UInt8> {
        @_lifetime(copy self)
        get { text(parsed.initialResponse) }
    }

    /// The path of `MAIL`, `RCPT`, `SEND`, `SOML` and `SAML`; for greetings only its domain is set.
    public var path: PathView {
        @_lifetime(copy self)
        get { PathView(line: line, parsed: parsed.path) }
    }

    /// How many ESMTP parameters there are.
    public var parameterCount: Int { min(Int(parsed.parameterCount), ParsedCommand.maximumParameters) }

    /// Which parameter stands at a position, from 0.
    public func parameterKeyword(at position: Int) -> ParameterKeyword { parsed.parameters[position].keyword }

    /// The keyword, as written, of the parameter at a position.
    @_lifetime(copy self)
    public func parameterName(at position: Int) -> Span<UInt8> { text(parsed.parameters[position].keywordRange) }

    /// The value, as written, of the parameter at a position; empty where there is none.
    @_lifetime(copy self)
    public func parameterValue(at position: Int) -> Span<UInt8> { text(parsed.parameters[position].valueRange) }

    /// Where a known parameter stands; `nil` if the command does not have it.
    public func position(of keyword: ParameterKeyword) -> Int? {
        for position in 0..<parameterCount where parsed.parameters[position].keyword == keyword { return position }
        return nil
    }

    /// The octets of a range, empty if a foreign `parsed` points outside the line.
    @_lifetime(copy self)
    func text(_ range: ByteRange) -> Span<UInt8> {
        Int(range.upperBound) <= line.count ? line.extracting(range.range) : line.extracting(first: 0)
    }
}
