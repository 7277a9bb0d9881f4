/// Cuts a stream of octets into command lines (RFC 5321 §2.3.8), however it was split into reads.
///
/// A line ends in CRLF. A bare LF ends one as well, as a fault: what follows it must not become part of this command. A
/// bare CR does not. A line that comes whole and clean is not copied: it stays where it is in the input. Otherwise the scanner keeps
/// the line, never more octets of it than its limit.
///
/// ```swift
/// let step = scanner.consume(input)
/// if case .line(let faults) = step.outcome {
///     try CommandParser.parse(scanner.line(in: input), into: &command)
/// }
/// ```
public struct LineScanner: Sendable {
    /// What a step came to.
    public enum Outcome: Sendable, Hashable {
        /// The input holds no line end; all of it was consumed.
        case needsMore
        /// A line is complete: ``LineScanner/line(in:)``.
        case line(LineFaults)
    }

    /// One step.
    public struct Step: Sendable, Hashable {
        /// Octets of the input that are done with.
        public var consumed: Int
        /// What it came to.
        public var outcome: Outcome
    }

    private enum Kept: Sendable {
        /// Nothing, or a line that is whole and clean in the input.
        case nothing
        /// A part of a line.
        case part
        /// Any other line.
        case line
    }

    /// The most octets of a line, its CRLF included.
    public var limit: Int
    /// The octets of the line, without its line end, unless it is whole in the input.
    @usableFromInline var octets: [UInt8] = []
    /// The length of a line that is whole in the input of the last step; −1 if there is none.
    @usableFromInline var wholeLength = -1
    /// What the last step left here.
    private var kept = Kept.nothing
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
    public var isAtLineStart: Bool { kept != .part }

    /// The line that the last step completed, or the part of it that has arrived, without its line end.
    ///
    /// - Parameter input: what the last step was given.
    @inlinable
    @_lifetime(borrow self, copy input)
    public func line(in input: Span<UInt8>) -> Span<UInt8> {
        wholeLength >= 0 ? input.extracting(first: wholeLength) : octets.span
    }

    /// The line that the last step completed, if it is whole in the input: then it depends on the input alone.
    @_lifetime(copy input)
    func wholeLine(in input: Span<UInt8>) -> Span<UInt8>? {
        wholeLength >= 0 ? input.extracting(first: wholeLength) : nil
    }

    /// Takes input up to the end of the first line in it.
    ///
    /// - Parameter input: octets from the wire.
    /// - Returns: how many of them are done with, and whether a line is complete.
    public mutating func consume(_ input: Span<UInt8>) -> Step {
        if kept == .nothing {
            let length = Self.lengthOfCleanLine(input)
            if length >= 0, length < limit &- 1 {
                wholeLength = length
                return Step(consumed: length &+ 2, outcome: .line([]))
            }
        }
        return consumeAnyLine(input)
    }

    @inline(never)
    private mutating func consumeAnyLine(_ input: Span<UInt8>) -> Step {
        wholeLength = -1
        if kept == .line {
            reset()
            return consume(input)
        }
        guard !input.isEmpty else { return Step(consumed: 0, outcome: .needsMore) }
        kept = .part
        let end = OctetScan.first(0x0A, in: input, from: 0)
        take(input.extracting(first: end))
        guard end < input.count else { return Step(consumed: end, outcome: .needsMore) }
        kept = .line
        return Step(consumed: end + 1, outcome: .line(finish()))
    }

    /// The octets before the first CRLF, if there is one in the input and nothing above 127 and no control character below 14 before it;
    /// −1 otherwise.
    @inline(__always)
    private static func lengthOfCleanLine(_ input: Span<UInt8>) -> Int {
        var index = 0
        // Two blocks at a time.
        while input.count &- index >= 2 * OctetBlock.size {
            // Proof: 0 ≤ index ≤ input.count − 32.
            let first = unsafe OctetBlock(input, uncheckedAt: index).isLineEndOrNonASCII
            // Proof: as above.
            let second = unsafe OctetBlock(input, uncheckedAt: index &+ OctetBlock.size).isLineEndOrNonASCII
            if OctetBlock.isAny(first | second) {
                index = index &+ OctetBlock.first(first, second)
                return isCRLF(input, at: index) ? index : -1
            }
            index = index &+ 2 &* OctetBlock.size
        }
        let last = input.count &- OctetBlock.size
        if last >= 0 {
            while index < input.count {
                // Near the end of the input the block starts earlier: what comes twice held no line end the first time.
                let base = min(index, last)
                index = base &+ OctetBlock.first(OctetBlock(input, at: base).isLineEndOrNonASCII)
                guard index == base &+ OctetBlock.size else { break }
            }
        } else {
            while index < input.count, input[index] > 0x0D, input[index] < 0x80 { index = index &+ 1 }
        }
        return isCRLF(input, at: index) ? index : -1
    }

    @inline(always)
    private static func isCRLF(_ input: Span<UInt8>, at index: Int) -> Bool {
        guard index &+ 2 <= input.count else { return false }
        // Proof: 0 ≤ index ≤ input.count − 2, and every bit pattern is a valid number.
        let pair = unsafe input.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt16.self)
        return pair == UInt16(bigEndian: 0x0D0A)
    }

    @inline(never)
    private mutating func reset() {
        kept = .nothing
        octets.removeAll(keepingCapacity: true)
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

    /// Looks at octets that are not the last ones so far.
    private mutating func look(_ piece: Span<UInt8>) {
        let last = piece.count - OctetBlock.size
        guard last >= 0 else {
            for index in piece.indices {
                let octet = piece[index]
                if octet == 0x0D { seen.insert(.bareCR) }
                if octet == 0 { seen.insert(.nul) }
                if octet >= 0x80 { seen.insert(.nonASCII) }
            }
            return
        }
        var index = 0
        while index < piece.count {
            let block = OctetBlock(piece, at: min(index, last))
            if OctetBlock.isAny(block.equals(0x0D)) { seen.insert(.bareCR) }
            if OctetBlock.isAny(block.equals(0)) { seen.insert(.nul) }
            if OctetBlock.isAny(block.isNonASCII) { seen.insert(.nonASCII) }
            index += OctetBlock.size
        }
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
