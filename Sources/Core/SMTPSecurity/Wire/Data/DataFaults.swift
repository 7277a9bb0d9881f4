/// What is wrong with message data, each kind with its count and where it showed first.
public struct DataFaults: Sendable, Hashable {
    /// The kinds that occurred.
    @frozen
    public struct Kinds: OptionSet, Sendable, Hashable, BitwiseCopyable {
        /// The bits.
        public let rawValue: UInt8

        /// The set with these bits.
        @inlinable
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Carriage returns that no line feed follows.
        public static let bareCR = Kinds(rawValue: 1 << 0)
        /// Line feeds that no carriage return precedes.
        public static let bareLF = Kinds(rawValue: 1 << 1)
        /// NUL octets.
        public static let nul = Kinds(rawValue: 1 << 2)
        /// Lines over the limit.
        public static let lineTooLong = Kinds(rawValue: 1 << 3)
        /// Octets above 127: no fault by itself, see RFC 6152.
        public static let nonASCII = Kinds(rawValue: 1 << 4)
    }

    /// How often, and where first.
    public struct Occurrences: Sendable, Hashable {
        /// How often. For ``DataFaults/nonASCII`` this counts stretches of input rather than octets.
        public var count: UInt64 = 0
        /// The offset in the content, in octets, of the first one; for long lines and 8-bit octets an offset at or shortly
        /// before it.
        public var firstOffset: UInt64 = 0

        mutating func note(at offset: UInt64) {
            if count == 0 { firstOffset = offset }
            count &+= 1
        }
    }

    /// The kinds that occurred.
    public private(set) var kinds: Kinds = []
    /// Carriage returns that no line feed follows.
    public private(set) var bareCR = Occurrences()
    /// Line feeds that no carriage return precedes.
    public private(set) var bareLF = Occurrences()
    /// NUL octets.
    public private(set) var nul = Occurrences()
    /// Lines over the limit.
    public private(set) var lineTooLong = Occurrences()
    /// Octets above 127.
    public private(set) var nonASCII = Occurrences()

    /// Nothing wrong.
    public init() {}

    mutating func note(_ kind: Kinds, at offset: UInt64) {
        kinds.formUnion(kind)
        switch kind {
        case .bareCR: bareCR.note(at: offset)
        case .bareLF: bareLF.note(at: offset)
        case .nul: nul.note(at: offset)
        case .lineTooLong: lineTooLong.note(at: offset)
        default: nonASCII.note(at: offset)
        }
    }
}
