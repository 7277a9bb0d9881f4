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
    public var parameters: [16 of ParsedParameter]

    /// A command with nothing in it.
    @inlinable
    public init() {
        self.fields = ParsedFields()
        self.parameters = .init(repeating: ParsedParameter())
    }

    /// The verb.
    @inlinable
    public var verb: Verb {
        get { fields.verb }
        set { fields.verb = newValue }
    }

    /// Deviations from the grammar that the parser understood all the same.
    @inlinable
    public var leniencies: Leniencies {
        get { fields.leniencies }
        set { fields.leniencies = newValue }
    }

    /// `BDAT … LAST` (RFC 3030 §2).
    @inlinable
    public var isLastChunk: Bool {
        get { fields.isLastChunk }
        set { fields.isLastChunk = newValue }
    }

    /// Whether the line has any octet above 127 (it is valid UTF-8 then, or parsing failed).
    @inlinable
    public var containsNonASCII: Bool {
        get { fields.containsNonASCII }
        set { fields.containsNonASCII = newValue }
    }

    /// How many elements of ``parameters`` are in use.
    @inlinable
    public var parameterCount: UInt8 {
        get { fields.parameterCount }
        set { fields.parameterCount = newValue }
    }

    /// The verb as written.
    @inlinable
    public var verbRange: ByteRange {
        get { fields.verbRange }
        set { fields.verbRange = newValue }
    }

    /// The argument: the domain or literal of `HELO`/`EHLO`/`LHLO`; the SASL mechanism of `AUTH`; the string of
    /// `VRFY`, `EXPN`, `HELP`, `NOOP`, `ETRN`, `ATRN`; everything after the verb for `XCLIENT`, `XFORWARD`, `BURL` and
    /// unknown verbs. Empty where there is none.
    @inlinable
    public var argument: ByteRange {
        get { fields.argument }
        set { fields.argument = newValue }
    }

    /// The initial response of `AUTH` (base64 text or `=`, RFC 4954 §4); empty where there is none.
    @inlinable
    public var initialResponse: ByteRange {
        get { fields.initialResponse }
        set { fields.initialResponse = newValue }
    }

    /// The path of `MAIL`, `RCPT`, `SEND`, `SOML`, `SAML`; for `HELO`, `EHLO` and `LHLO` only `path.domain` and
    /// `path.domainKind` are set, describing ``argument``.
    @inlinable
    public var path: ParsedPath {
        get { fields.path }
        set { fields.path = newValue }
    }

    /// `SIZE=` in octets (RFC 1870), or the chunk size of `BDAT` in octets (RFC 3030); `UInt64.max` where absent.
    @inlinable
    public var size: UInt64 {
        get { fields.size }
        set { fields.size = newValue }
    }

    /// Typed values of the parameters that have a small closed grammar.
    @inlinable
    public var values: ParameterValues {
        get { fields.values }
        set { fields.values = newValue }
    }
}
