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

    /// The ranges of local part and domain. Everything is in two words, so that a path is passed in registers.
    @usableFromInline var names: UInt64
    /// The range of the source route, then an octet each for the two forms and the two flags.
    @usableFromInline var rest: UInt64

    /// No path.
    @inlinable
    public init() {
        self.names = 0
        self.rest = 0
    }

    /// The form of the path.
    @inlinable
    public var kind: Kind {
        // Proof: only the setter writes this octet, and zero is a case.
        get { unsafe unsafeBitCast(UInt8(truncatingIfNeeded: rest >> 32), to: Kind.self) }
        set { setOctet(32, newValue.rawValue) }
    }

    /// The form of the domain.
    @inlinable
    public var domainKind: DomainKind {
        // Proof: as above.
        get { unsafe unsafeBitCast(UInt8(truncatingIfNeeded: rest >> 40), to: DomainKind.self) }
        set { setOctet(40, newValue.rawValue) }
    }

    /// Whether the local part is a quoted string.
    @inlinable
    public var isQuoted: Bool {
        get { rest >> 48 & 1 != 0 }
        set { setOctet(48, newValue ? 1 : 0) }
    }

    /// Whether any octet of the mailbox is not ASCII (RFC 6531).
    @inlinable
    public var isInternationalized: Bool {
        get { rest >> 56 & 1 != 0 }
        set { setOctet(56, newValue ? 1 : 0) }
    }

    /// The local part as written, quotes included.
    @inlinable
    public var localPart: ByteRange {
        get { ByteRange(word: names) }
        set { names = names & ~0xFFFF_FFFF | newValue.word }
    }

    /// The domain as written, brackets of a literal included.
    @inlinable
    public var domain: ByteRange {
        get { ByteRange(word: names >> 32) }
        set { names = names & 0xFFFF_FFFF | newValue.word << 32 }
    }

    /// The source route as written, `@a,@b:`, colon included; empty where there is none.
    @inlinable
    public var sourceRoute: ByteRange {
        get { ByteRange(word: rest) }
        set { rest = rest & ~0xFFFF_FFFF | newValue.word }
    }

    @inlinable
    mutating func setOctet(_ place: UInt64, _ octet: UInt8) {
        rest = rest & ~(0xFF &<< place) | UInt64(octet) &<< place
    }

    /// Makes this a mailbox with a domain name and nothing else to say.
    @inline(__always)
    mutating func setMailbox(localPart: ByteRange, domain: ByteRange) {
        names = localPart.word | domain.word << 32
        rest = UInt64(Kind.mailbox.rawValue) << 32 | UInt64(DomainKind.name.rawValue) << 40
    }
}
