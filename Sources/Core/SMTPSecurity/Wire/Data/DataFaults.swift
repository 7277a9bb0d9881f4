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
        /// How often.
        public var count: UInt64 = 0
        /// The offset in the content, in octets, of the first one; of a line that is too long, of its first octet beyond the
        /// limit. The content is the repaired one: a bare CR or LF takes two octets in it.
        public var firstOffset: UInt64 = 0

        mutating func note(at offset: UInt64, count more: UInt64) {
            if count == 0 { firstOffset = offset }
            count &+= more
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

    @inline(__always)
    mutating func note(_ kind: Kinds, at offset: UInt64, count: UInt64 = 1) {
        kinds.formUnion(kind)
        switch kind {
        case .bareCR: bareCR.note(at: offset, count: count)
        case .bareLF: bareLF.note(at: offset, count: count)
        case .nul: nul.note(at: offset, count: count)
        case .lineTooLong: lineTooLong.note(at: offset, count: count)
        default: nonASCII.note(at: offset, count: count)
        }
    }
}
