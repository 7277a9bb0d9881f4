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
