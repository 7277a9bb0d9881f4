/// What the parser found in one command line: the verb, and where everything else stands.
///
/// It holds offsets only, so that parsing allocates nothing and one value can be reused for every command of a
/// session. Together with the line it becomes a ``CommandView``, which is how callers read it.
@frozen
public struct ParsedCommand: Sendable, BitwiseCopyable {
    /// The most ESMTP parameters one command may carry; more are a syntax error.
    ///
    /// All extensions that this library knows together give `MAIL` eleven.
    public static let maximumParameters = 16

    /// Everything but the parameters: what a view takes with it.
    @usableFromInline
    var fields: ParsedFields
    /// Every ESMTP parameter in the order written; only the first ``parameterCount`` are meaningful.
    @usableFromInline
    var parameters: [16 of ParsedParameter]

    /// A command with nothing in it.
    @inlinable
    public init() {
        self.fields = ParsedFields()
        self.parameters = .init(repeating: ParsedParameter())
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

    /// Whether the line has any octet above 127 (it is valid UTF-8 then, or parsing failed).
    @inlinable
    public var containsNonASCII: Bool { fields.containsNonASCII }

    /// How many ESMTP parameters there are.
    @inlinable
    public var parameterCount: UInt8 { fields.parameterCount }

    /// The ESMTP parameter at a position, from 0, in the order written.
    @inlinable
    public func parameter(at position: Int) -> ParsedParameter { parameters[position] }

    /// The verb as written.
    @inlinable
    public var verbRange: ByteRange { fields.verbRange }

    /// The argument: the domain or literal of `HELO`/`EHLO`/`LHLO`; the SASL mechanism of `AUTH`; the string of
    /// `VRFY`, `EXPN`, `HELP`, `NOOP`, `ETRN`, `ATRN`; everything after the verb for `XCLIENT`, `XFORWARD`, `BURL` and
    /// unknown verbs. Empty where there is none.
    @inlinable
    public var argument: ByteRange { fields.argument }

    /// The initial response of `AUTH` (base64 text or `=`, RFC 4954 §4); empty where there is none.
    @inlinable
    public var initialResponse: ByteRange { fields.initialResponse }

    /// The path of `MAIL`, `RCPT`, `SEND`, `SOML`, `SAML`; for `HELO`, `EHLO` and `LHLO` only `path.domain` and
    /// `path.domainKind` are set, describing ``argument``.
    @inlinable
    public var path: ParsedPath { fields.path }

    /// `SIZE=` in octets (RFC 1870), or the chunk size of `BDAT` in octets (RFC 3030); `UInt64.max` where absent.
    @inlinable
    public var size: UInt64 { fields.size }

    /// Typed values of the parameters that have a small closed grammar.
    @inlinable
    public var values: ParameterValues { fields.values }
}
