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
