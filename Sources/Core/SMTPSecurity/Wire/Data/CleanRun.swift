/// The longest stretch of message text, in whole blocks, that needs no repair and ends no data: it can be copied as it is.
///
/// In it every CR is followed by LF, every LF preceded by CR, there is no NUL, and, where dots matter, no dot stands
/// after a CRLF. It never ends in a CR.
struct CleanRun {
    private typealias Vector = OctetBlock.Vector

    /// Most octets of a run: each of 16 lanes counts in eight bits, four times in a block. And what was just looked at is
    /// still in the nearest cache when it is copied.
    private static let maximumLength = 63 * OctetScan.blockSize

    /// Offset one past the last octet.
    private(set) var end: Int
    /// Line feeds in the run.
    private(set) var lineCount = 0
    /// Octets above 127.
    private(set) var nonASCIICount = 0

    /// Finds the run at an offset.
    ///
    /// - Parameters:
    ///   - input: octets from the wire.
    ///   - start: where the run starts. The octet before it was no CR; the caller has looked at the octet there, if it
    ///     stands at the start of a line.
    ///   - hasDots: whether a dot after CRLF ends the run.
    ///   - expectsNonASCII: whether octets above 127 are likely: a different search is the faster one then.
    @inline(__always)
    init(_ input: Span<UInt8>, from start: Int, hasDots: Bool, expectsNonASCII: Bool) {
        end = start
        // A line feed at the start is a bare one.
        guard start < input.count, input[start] != 0x0A else { return }
        // Two octets after a block are looked at with it.
        let last = min(start + Self.maximumLength, input.count - 2)
        if !expectsNonASCII { extend(input, upTo: last, hasDots: hasDots, takesNonASCII: false) }
        if end == start { extend(input, upTo: last, hasDots: hasDots, takesNonASCII: true) }
        if end > start, input[end - 1] == 0x0D {
            end -= 1
            lineCount -= 1
        }
    }

    /// Moves the end over clean blocks.
    @inline(__always)
    private mutating func extend(_ input: Span<UInt8>, upTo last: Int, hasDots: Bool, takesNonASCII: Bool) {
        // Where dots mean nothing, a line feed here is a bare one, which ends the run in any case.
        let stuffing = Vector(repeating: hasDots ? 0x2E : 0x0A)
        let zero = Vector(repeating: 0)
        let one = Vector(repeating: 1)
        let loweredReturn = Vector(repeating: 0x0C)
        var returns = zero
        var nonASCII = zero
        let limit = last - OctetScan.blockSize
        var index = end
        while index <= limit {
            var highest = zero
            var returnsAfter = returns
            var nonASCIIAfter = nonASCII
            for part in 0..<4 {
                let offset = index &+ part &* OctetBlock.size
                // Proof: `last` is two octets before the end, and the block ends there at the latest.
                let here = unsafe OctetBlock(input, uncheckedAt: offset)
                // Proof: as above.
                let next = unsafe OctetBlock(input, uncheckedAt: offset &+ 1)
                // Proof: as above.
                let afterNext = unsafe OctetBlock(input, uncheckedAt: offset &+ 2)
                let lowered: Vector = here.octets &- one
                let isReturn = OctetBlock.equal(lowered, loweredReturn)
                let isFeedNext = next.equals(0x0A)
                let isStuffing = OctetBlock.equal(afterNext.octets, stuffing)
                let isBare: Vector = isReturn ^ isFeedNext
                let isStuffed: Vector = isReturn & isStuffing
                let isFault: Vector = isBare | isStuffed
                returnsAfter = returnsAfter &- isReturn
                if takesNonASCII { nonASCIIAfter = nonASCIIAfter &- here.isNonASCII }
                // One less, NUL is the largest of all, and what stands above 127 is next to it.
                highest = OctetBlock.larger(highest, lowered) | isFault
            }
            if OctetBlock.isAny(OctetBlock.isAbove(highest, takesNonASCII ? 0xFE : 0x7E)) { break }
            returns = returnsAfter
            nonASCII = nonASCIIAfter
            index &+= OctetScan.blockSize
        }
        end = index
        lineCount += OctetBlock.sum(returns)
        nonASCIICount += OctetBlock.sum(nonASCII)
    }
}
