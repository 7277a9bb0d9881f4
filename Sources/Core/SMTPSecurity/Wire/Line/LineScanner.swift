/// Cuts a stream of octets into command lines (RFC 5321 §2.3.8), however it was split into reads.
///
/// A line ends in CRLF. A bare LF ends one as well, as a fault: what follows it must not become part of this command. A
/// bare CR does not. The scanner keeps one line, never more octets of it than its limit.
public struct LineScanner: Sendable {
    /// What a step came to.
    public enum Outcome: Sendable, Hashable {
        /// The input holds no line end; all of it was consumed.
        case needsMore
        /// A line is complete: ``LineScanner/line``.
        case line(LineFaults)
    }

    /// One step.
    public struct Step: Sendable, Hashable {
        /// Octets of the input that are done with.
        public var consumed: Int
        /// What it came to.
        public var outcome: Outcome
    }

    /// The most octets of a line, its CRLF included.
    public var limit: Int
    /// The octets of the line, without its line end.
    private(set) var octets: [UInt8] = []
    private var isComplete = false
    /// Octets of the line that went over the limit and were dropped, its line end not counted.
    public private(set) var discarded = 0
    /// What the line's octets so far have shown.
    private var seen: LineFaults = []
    /// Whether the last octet so far is a CR, kept or not: what follows decides about it.
    private var endsInReturn = false

    /// A scanner at the start of a line.
    ///
    /// - Parameter limit: the most octets of a line, its CRLF included.
    public init(limit: Int = 512) {
        self.limit = limit
    }

    /// Whether no octet of the next line has arrived.
    public var isAtLineStart: Bool { isComplete || (octets.isEmpty && discarded == 0) }

    /// The line that the last step completed, or the part of it that has arrived, without its line end.
    public var line: Span<UInt8> {
        @_lifetime(borrow self)
        get { octets.span }
    }

    /// Takes input up to the end of the first line in it.
    ///
    /// - Parameter input: octets from the wire.
    /// - Returns: how many of them are done with, and whether a line is complete.
    public mutating func consume(_ input: Span<UInt8>) -> Step {
        if isComplete { reset() }
        let end = OctetScan.first(0x0A, in: input, from: 0)
        take(input.extracting(first: end))
        guard end < input.count else { return Step(consumed: end, outcome: .needsMore) }
        isComplete = true
        return Step(consumed: end + 1, outcome: .line(finish()))
    }

    private mutating func reset() {
        octets.removeAll(keepingCapacity: true)
        isComplete = false
        discarded = 0
        seen = []
        endsInReturn = false
    }

    /// Looks at octets of a line, and keeps them up to the limit, with room for the LF of the line end.
    private mutating func take(_ piece: Span<UInt8>) {
        guard !piece.isEmpty else { return }
        if endsInReturn { seen.insert(.bareCR) }
        let last = piece.count - 1
        endsInReturn = piece[last] == 0x0D
        if piece[last] == 0 { seen.insert(.nul) }
        if piece[last] >= 0x80 { seen.insert(.nonASCII) }
        look(piece.extracting(first: last))
        let room = max(0, limit - 1 - octets.count)
        discarded += max(0, piece.count - room)
        octets.append(octetsOf: piece.extracting(first: room))
    }

    /// Looks at octets that are not the last ones so far. No branch depends on them.
    private mutating func look(_ piece: Span<UInt8>) {
        var returns: UInt8 = 0
        var nuls: UInt8 = 0
        var all: UInt8 = 0
        for index in piece.indices {
            let octet = piece[index]
            returns |= octet == 0x0D ? 1 : 0
            nuls |= octet == 0 ? 1 : 0
            all |= octet
        }
        if returns != 0 { seen.insert(.bareCR) }
        if nuls != 0 { seen.insert(.nul) }
        if all >= 0x80 { seen.insert(.nonASCII) }
    }

    private mutating func finish() -> LineFaults {
        if discarded > 0 { seen.insert(.tooLong) }
        if endsInReturn {
            if discarded == 0 { octets.removeLast() } else { discarded -= 1 }
        } else {
            seen.insert(.bareLF)
            // The limit counts a whole CRLF.
            if octets.count + 2 > limit { seen.insert(.tooLong) }
        }
        return seen
    }
}
