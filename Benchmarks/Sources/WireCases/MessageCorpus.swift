/// Message data as it comes over the wire, without the end of data, the same for the same seed.
public struct MessageCorpus: Sendable {
    /// What it looks like.
    public enum Kind: String, Sendable, CaseIterable {
        /// Lines of words, 1 to 78 octets.
        case text
        /// Lines of base64, 76 octets.
        case base64
        /// Lines of 998 octets.
        case longLines
        /// Text in UTF-8, one octet in ten above 127.
        case utf8
        /// One line in four starts with a stuffed dot.
        case dotted
        /// One line without end.
        case oneLine
        /// Rows of stuffed dots, each with its CRLF.
        case dotRows
        /// Rows of one carriage return and a dot: every one of them bare.
        case bareReturns
        /// Rows of bare line feeds.
        case bareFeeds
        /// NUL octets only.
        case nuls
        /// Every octet value, at random.
        case random

        /// Whether it holds no line end that needs repair, no NUL and no dot at the start of a line.
        public var isClean: Bool {
            switch self {
            case .text, .base64, .longLines, .utf8, .oneLine: true
            case .dotted, .dotRows, .bareReturns, .bareFeeds, .nuls, .random: false
            }
        }
    }

    private var generator: SeededGenerator

    /// A corpus of a seed.
    public init(seed: UInt64 = 1) { generator = SeededGenerator(seed: seed) }

    /// At least `count` octets, whole lines of them.
    public mutating func octets(_ count: Int, _ kind: Kind) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(count + 1_024)
        while octets.count < count { append(kind, count, to: &octets) }
        return octets
    }

    private mutating func append(_ kind: Kind, _ count: Int, to octets: inout [UInt8]) {
        switch kind {
        case .text: line(1 + generator.below(78), Self.words, to: &octets)
        case .base64: line(76, Self.base64, to: &octets)
        case .longLines: line(998, Self.words, to: &octets)
        case .utf8: line(1 + generator.below(70), Self.umlauts, to: &octets)
        case .dotted:
            if generator.below(4) == 0 { octets.append(0x2E) }
            line(1 + generator.below(78), Self.words, to: &octets)
        case .oneLine: octets.append(contentsOf: repeatElement(0x61, count: count))
        case .dotRows: octets.append(contentsOf: [0x2E, 0x2E, 0x0D, 0x0A])
        case .bareReturns: octets.append(contentsOf: [0x0D, 0x2E])
        case .bareFeeds: octets.append(0x0A)
        case .nuls: octets.append(0)
        case .random: octets.append(UInt8(truncatingIfNeeded: generator.next()))
        }
    }

    private static let words = characters("etaoinshrdlu  ,ETAOIN01234;:-")
    private static let umlauts = characters("etaoinshrdlu  ,ETAOIN01234;:-öß")
    private static let base64 = characters("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

    private static func characters(_ text: String) -> [[UInt8]] { text.map { Array($0.utf8) } }

    /// A line of about `count` octets.
    private mutating func line(_ count: Int, _ characters: [[UInt8]], to octets: inout [UInt8]) {
        for _ in 0..<count { octets.append(contentsOf: generator.pick(characters)) }
        octets.append(0x0D)
        octets.append(0x0A)
    }
}
