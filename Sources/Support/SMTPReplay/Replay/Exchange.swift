import SMTPSecurity

/// Something that a client said in one piece, a line or message data, and what it was answered.
struct Exchange: Sendable {
    /// Octets that arrived together.
    struct Piece: Sendable {
        var time: Timestamp
        /// How many octets had arrived with it.
        var end: Int
    }

    /// What it is.
    var part: TapeEvent.Part
    /// What the client said.
    var octets: [UInt8] = []
    /// When that arrived; never empty.
    var pieces: [Piece] = []
    /// Whether its end was recorded.
    var isComplete = false
    /// What it was answered; `nil` if it was not.
    var reply: Reply?

    /// The verb of a line that is a command.
    var verb: Verb {
        guard part == .line else { return .unknown }
        let word = octets.prefix { (0x41...0x5A).contains($0 & 0xDF) }
        guard (4...8).contains(word.count) else { return .unknown }
        return Self.verbs[word.map { $0 & 0xDF }] ?? .unknown
    }

    /// Whether a `BDAT` line says that its chunk is the last one (RFC 3030 §2).
    var isLastChunk: Bool {
        let text = String(decoding: octets, as: UTF8.self).uppercased()
        return text.split { $0.isWhitespace || $0.isNewline }.last == "LAST"
    }

    /// What is between the first angle brackets, escaped; what follows the colon where there are none.
    var path: Evidence {
        let rest = octets.drop { $0 != UInt8(ascii: ":") }.dropFirst()
        let inner = rest.drop { $0 != UInt8(ascii: "<") }.dropFirst().prefix { $0 != UInt8(ascii: ">") }
        let bare = rest.drop { $0 == 0x20 }.prefix { $0 > 0x20 }
        return Evidence(Array(rest.contains(UInt8(ascii: "<")) ? inner : bare).span)
    }

    private static let verbs: [[UInt8]: Verb] = Dictionary(
        Verb.allCases.compactMap { verb in verb.keyword.map { (Array("\($0)".utf8), verb) } }
    ) { first, _ in first }
}
