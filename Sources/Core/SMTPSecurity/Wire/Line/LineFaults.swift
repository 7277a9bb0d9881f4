/// What is wrong with the octets of a command line.
@frozen
public struct LineFaults: OptionSet, Sendable, Hashable, BitwiseCopyable {
    /// The bits.
    public let rawValue: UInt8

    /// The set with these bits.
    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The line ended in a line feed that no carriage return precedes.
    public static let bareLF = LineFaults(rawValue: 1 << 0)
    /// The line holds a carriage return that no line feed follows.
    public static let bareCR = LineFaults(rawValue: 1 << 1)
    /// The line holds a NUL octet.
    public static let nul = LineFaults(rawValue: 1 << 2)
    /// The line exceeded the limit; what exceeded it was dropped.
    public static let tooLong = LineFaults(rawValue: 1 << 3)
    /// The line holds octets above 127: no fault by itself, see RFC 6531.
    public static let nonASCII = LineFaults(rawValue: 1 << 4)
}
