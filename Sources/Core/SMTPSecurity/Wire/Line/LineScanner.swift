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
    private var isTooLong = false

    /// A scanner at the start of a line.
    ///
    /// - Parameter limit: the most octets of a line, its CRLF included.
    public init(limit: Int = 512) {
        self.limit = limit
    }

    /// Whether no octet of the next line has arrived.
    public var isAtLineStart: Bool { isComplete || (octets.isEmpty && !isTooLong) }

    /// The line that the last step completed, or the part of it that has arrived, without its line end.
    public var line: Span<UInt8> {
        @_lifetime(borrow self)
        get { octets.span }
    }

    /// Takes input up to the end of the first line in it.
    public mutating func consume(_ input: Span<UInt8>) -> Step {
        if isComplete {
            octets.removeAll(keepingCapacity: true)
            isComplete = false
            isTooLong = false
        }
        let end = OctetScan.first(0x0A, in: input, from: 0)
        keep(input.extracting(first: end))
        guard end < input.count else { return Step(consumed: end, outcome: .needsMore) }
        isComplete = true
        return Step(consumed: end + 1, outcome: .line(finish()))
    }

    /// Keeps octets up to the limit, with room for the CR of the line end.
    private mutating func keep(_ piece: Span<UInt8>) {
        let room = max(0, limit - 1 - octets.count)
        if piece.count > room { isTooLong = true }
        octets.append(octetsOf: piece.extracting(first: room))
    }

    private mutating func finish() -> LineFaults {
        var faults: LineFaults = []
        if isTooLong {
            faults.insert(.tooLong)
        } else if octets.last == 0x0D {
            octets.removeLast()
        } else {
            faults.insert(.bareLF)
            if octets.count + 2 > limit { faults.insert(.tooLong) }
        }
        for octet in octets {
            if octet == 0x0D { faults.insert(.bareCR) }
            if octet == 0 { faults.insert(.nul) }
        }
        return faults
    }
}
