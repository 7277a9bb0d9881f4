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

/// Harmless deviations from RFC 5321's grammar, which the canonical serialisation removes.
@frozen
public struct Leniencies: OptionSet, Sendable, Hashable, BitwiseCopyable {
    /// The bits.
    public let rawValue: UInt8

    /// The set with these bits.
    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// White space between `FROM:` or `TO:` and the path (RFC 5321 §3.3 forbids it).
    public static let spaceBeforePath = Leniencies(rawValue: 1 << 0)
    /// Spaces or tabs at the end of the line (RFC 5321 §4.1.1 asks to tolerate them).
    public static let trailingSpace = Leniencies(rawValue: 1 << 1)
    /// More than one space, or a tab, where one space belongs.
    public static let extraSpace = Leniencies(rawValue: 1 << 2)
    /// A source route, recognised and left out of the mailbox (RFC 5321 appendix C).
    public static let sourceRoute = Leniencies(rawValue: 1 << 3)
    /// A `HELO` or `EHLO` argument that is not a domain or an address literal, yet harmless text without spaces (underscores, say).
    public static let improperGreetingName = Leniencies(rawValue: 1 << 4)
}

/// Where a path stands in the line (RFC 5321 §4.1.2).
@frozen
public struct ParsedPath: Sendable, Hashable, BitwiseCopyable {
    /// Which of the forms a path has.
    @frozen
    public enum Kind: UInt8, Sendable, Hashable {
        /// The command has no path.
        case absent
        /// `<>`, the null reverse-path.
        case null
        /// `<Postmaster>` without a domain (RFC 5321 §4.1.1.3), any case.
        case postmaster
        /// `<local-part@domain>`.
        case mailbox
    }

    /// What stands right of the `@`.
    @frozen
    public enum DomainKind: UInt8, Sendable, Hashable {
        /// No domain.
        case absent
        /// A domain name; with non-ASCII octets (U-labels, RFC 6531) where ``ParsedPath/isInternationalized``.
        case name
        /// `[192.0.2.1]`.
        case ipv4Literal
        /// `[IPv6:2001:db8::1]`.
        case ipv6Literal
        /// `[tag:content]`.
        case generalLiteral
    }

    /// The form of the path.
    public var kind: Kind
    /// The form of the domain.
    public var domainKind: DomainKind
    /// Whether the local part is a quoted string.
    public var isQuoted: Bool
    /// Whether any octet of the mailbox is not ASCII (RFC 6531).
    public var isInternationalized: Bool
    /// The local part as written, quotes included.
    public var localPart: ByteRange
    /// The domain as written, brackets of a literal included.
    public var domain: ByteRange
    /// The source route as written, `@a,@b:`, colon included; empty where there is none.
    public var sourceRoute: ByteRange

    /// No path.
    @inlinable
    public init() {
        self.kind = .absent
        self.domainKind = .absent
        self.isQuoted = false
        self.isInternationalized = false
        self.localPart = ByteRange()
        self.domain = ByteRange()
        self.sourceRoute = ByteRange()
    }
}

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

/// The ESMTP parameters whose value grammar this library checks.
@frozen
public enum ParameterKeyword: UInt8, Sendable, Hashable, CaseIterable {
    /// `SIZE` (RFC 1870).
    case size
    /// `BODY` (RFC 6152, RFC 3030).
    case body
    /// `SMTPUTF8` (RFC 6531).
    case smtpUTF8
    /// `AUTH` (RFC 4954 §5).
    case auth
    /// `RET` (RFC 3461 §4.3).
    case ret
    /// `ENVID` (RFC 3461 §4.4).
    case envid
    /// `NOTIFY` (RFC 3461 §4.1).
    case notify
    /// `ORCPT` (RFC 3461 §4.2).
    case orcpt
    /// `REQUIRETLS` (RFC 8689).
    case requireTLS
    /// `MT-PRIORITY` (RFC 6710).
    case mtPriority
    /// `HOLDFOR` (RFC 4865).
    case holdFor
    /// `HOLDUNTIL` (RFC 4865).
    case holdUntil
    /// `BY` (RFC 2852).
    case by
    /// Any other well-formed keyword.
    case unknown
}

/// Typed values of the parameters with a small closed grammar.
@frozen
public struct ParameterValues: Sendable, Hashable, BitwiseCopyable {
    /// `BODY=` (RFC 6152, RFC 3030).
    @frozen
    public enum Body: UInt8, Sendable, Hashable {
        /// No parameter.
        case absent
        /// `7BIT`.
        case sevenBit
        /// `8BITMIME`.
        case eightBitMIME
        /// `BINARYMIME`.
        case binaryMIME
    }

    /// `RET=` (RFC 3461 §4.3).
    @frozen
    public enum Return: UInt8, Sendable, Hashable {
        /// No parameter.
        case absent
        /// `FULL`.
        case full
        /// `HDRS`.
        case headers
    }

    /// `NOTIFY=` (RFC 3461 §4.1).
    @frozen
    public struct Notify: OptionSet, Sendable, Hashable, BitwiseCopyable {
        /// The bits.
        public let rawValue: UInt8

        /// The set with these bits.
        @inlinable
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// `NEVER`, which stands alone.
        public static let never = Notify(rawValue: 1)
        /// `SUCCESS`.
        public static let success = Notify(rawValue: 2)
        /// `FAILURE`.
        public static let failure = Notify(rawValue: 4)
        /// `DELAY`.
        public static let delay = Notify(rawValue: 8)
    }

    /// `BODY=`.
    public var body: Body
    /// `RET=`.
    public var ret: Return
    /// `NOTIFY=`; empty where absent.
    public var notify: Notify
    /// `SMTPUTF8` is present.
    public var smtpUTF8: Bool
    /// `REQUIRETLS` is present.
    public var requireTLS: Bool
    /// `MT-PRIORITY=`, −9 to 9; 0 where absent, which is also its default (RFC 6710 §3).
    public var mtPriority: Int8

    /// Nothing given.
    @inlinable
    public init() {
        self.body = .absent
        self.ret = .absent
        self.notify = []
        self.smtpUTF8 = false
        self.requireTLS = false
        self.mtPriority = 0
    }
}
