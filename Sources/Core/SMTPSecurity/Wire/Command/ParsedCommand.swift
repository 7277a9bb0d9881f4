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

    /// The verb.
    public var verb: Verb
    /// Deviations from the grammar that the parser understood all the same.
    public var leniencies: Leniencies
    /// `BDAT … LAST` (RFC 3030 §2).
    public var isLastChunk: Bool
    /// Whether the line has any octet above 127 (it is valid UTF-8 then, or parsing failed).
    public var containsNonASCII: Bool
    /// How many elements of ``parameters`` are in use.
    public var parameterCount: UInt8
    /// The verb as written.
    public var verbRange: ByteRange
    /// The argument: the domain or literal of `HELO`/`EHLO`/`LHLO`; the SASL mechanism of `AUTH`; the string of
    /// `VRFY`, `EXPN`, `HELP`, `NOOP`, `ETRN`, `ATRN`; everything after the verb for `XCLIENT`, `XFORWARD`, `BURL` and
    /// unknown verbs. Empty where there is none.
    public var argument: ByteRange
    /// The initial response of `AUTH` (base64 text or `=`, RFC 4954 §4); empty where there is none.
    public var initialResponse: ByteRange
    /// The path of `MAIL`, `RCPT`, `SEND`, `SOML`, `SAML`; for `HELO`, `EHLO` and `LHLO` only `path.domain` and
    /// `path.domainKind` are set, describing ``argument``.
    public var path: ParsedPath
    /// `SIZE=` in octets (RFC 1870), or the chunk size of `BDAT` in octets (RFC 3030); `UInt64.max` where absent.
    public var size: UInt64
    /// Typed values of the parameters that have a small closed grammar.
    public var values: ParameterValues
    /// Every ESMTP parameter in the order written; only the first ``parameterCount`` are meaningful.
    public var parameters: [16 of ParsedParameter]

    /// A command with nothing in it.
    @inlinable
    public init() {
        self.verb = .unknown
        self.leniencies = []
        self.isLastChunk = false
        self.containsNonASCII = false
        self.parameterCount = 0
        self.verbRange = ByteRange()
        self.argument = ByteRange()
        self.initialResponse = ByteRange()
        self.path = ParsedPath()
        self.size = .max
        self.values = ParameterValues()
        self.parameters = .init(repeating: ParsedParameter())
    }
}
