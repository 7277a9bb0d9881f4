/// The longest stretch of message text, in whole blocks, that needs no repair and ends no data: it can be copied as it is.
///
/// In it every CR is followed by LF, every LF preceded by CR, there is no NUL, and, where dots matter, no dot stands
/// after a CRLF. It never ends in a CR.
struct CleanRun {
    private typealias Vector = OctetBlock.Vector

    /// Most octets of a run: each of 16 lanes counts in eight bits, four times in a block. And what was just looked at is
    /// still in the nearest cache when it is copied: runs of four times the length are copied a fifth slower.
    static let maximumLength = 63 * OctetScan.blockSize

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
    ///   - takesNonASCII: whether octets above 127 are let through, which takes longer, or end the run.
    @inline(__always)
    init(_ input: Span<UInt8>, from start: Int, hasDots: Bool, takesNonASCII: Bool) {
        end = start
        // A line feed at the start is a bare one.
        guard start < input.count, input[start] != 0x0A else { return }
        let last = min(start + Self.maximumLength, input.count - 2)
        if takesNonASCII {
            extend(input, upTo: last, hasDots: hasDots)
        } else {
            extendASCII(input, upTo: last, hasDots: hasDots)
        }
        if end > start, input[end - 1] == 0x0D {
            end -= 1
            lineCount -= 1
        }
    }

    // Two functions, so that the compiler makes two loops of one.

    /// Moves the end over clean blocks.
    @inline(never)
    private mutating func extend(_ input: Span<UInt8>, upTo last: Int, hasDots: Bool) {
        extend(input, upTo: last, hasDots: hasDots, takesNonASCII: true)
    }

    /// Moves the end over clean blocks of ASCII.
    @inline(never)
    private mutating func extendASCII(_ input: Span<UInt8>, upTo last: Int, hasDots: Bool) {
        extend(input, upTo: last, hasDots: hasDots, takesNonASCII: false)
    }

    /// Moves the end over clean blocks.
    ///
    /// - Parameters:
    ///   - input: octets from the wire.
    ///   - last: two octets after a block are looked at with it; they follow here.
    ///   - hasDots: whether a dot after CRLF ends the run.
    ///   - takesNonASCII: whether octets above 127 are let through.
    @inline(__always)
    private mutating func extend(_ input: Span<UInt8>, upTo last: Int, hasDots: Bool, takesNonASCII: Bool) {
        // Where dots mean nothing, a line feed here is a bare one, which ends the run in any case.
        let stuffing = Vector(repeating: hasDots ? 0x2E : 0x0A)
        var returns = Vector(repeating: 0)
        var nonASCII = Vector(repeating: 0)
        var index = end
        while last &- index >= OctetScan.blockSize {
            var highest = Vector(repeating: 0)
            var returnsAfter = returns
            var nonASCIIAfter = nonASCII
            for part in 0..<4 {
                // Proof: two octets follow `last`, and the block ends there at the latest.
                unsafe Self.look(
                    input, uncheckedAt: index &+ part &* OctetBlock.size, stuffing, takesNonASCII, &highest,
                    &returnsAfter, &nonASCIIAfter)
            }
            if OctetBlock.isAny(OctetBlock.isAbove(highest, takesNonASCII ? 0xFE : 0x7E)) { break }
            returns = returnsAfter
            nonASCII = nonASCIIAfter
            index &+= OctetScan.blockSize
        }
        // The end of the input is reached in shorter steps, three at most.
        while last &- index >= OctetBlock.size, last &- index < OctetScan.blockSize {
            var highest = Vector(repeating: 0)
            var returnsAfter = returns
            var nonASCIIAfter = nonASCII
            // Proof: two octets follow `last`, and the sixteen end there at the latest.
            unsafe Self.look(
                input, uncheckedAt: index, stuffing, takesNonASCII, &highest, &returnsAfter, &nonASCIIAfter)
            if OctetBlock.isAny(OctetBlock.isAbove(highest, takesNonASCII ? 0xFE : 0x7E)) { break }
            returns = returnsAfter
            nonASCII = nonASCIIAfter
            index &+= OctetBlock.size
        }
        end = index
        lineCount = OctetBlock.sum(returns)
        if takesNonASCII { nonASCIICount = OctetBlock.sum(nonASCII) }
    }

    /// Looks at sixteen octets.
    ///
    /// - Parameters:
    ///   - input: octets from the wire.
    ///   - offset: where they are; two octets follow them.
    ///   - stuffing: what may not stand after CRLF.
    ///   - takesNonASCII: whether octets above 127 are to be counted.
    ///   - highest: goes up to 255 for NUL and whatever else needs repair, to 127 or more for octets above 127.
    ///   - returns: counts carriage returns.
    ///   - nonASCII: counts octets above 127.
    @inline(__always)
    @unsafe
    private static func look(
        _ input: Span<UInt8>, uncheckedAt offset: Int, _ stuffing: Vector, _ takesNonASCII: Bool,
        _ highest: inout Vector, _ returns: inout Vector, _ nonASCII: inout Vector
    ) {
        let here = unsafe OctetBlock(input, uncheckedAt: offset)
        let next = unsafe OctetBlock(input, uncheckedAt: offset &+ 1)
        let afterNext = unsafe OctetBlock(input, uncheckedAt: offset &+ 2)
        let one = Vector(repeating: 1)
        let loweredReturn = Vector(repeating: 0x0C)
        // One less, NUL is the largest of all, and the octets above 127 come next.
        let lowered: Vector = here.octets &- one
        let isReturn = OctetBlock.equal(lowered, loweredReturn)
        let isBare: Vector = isReturn ^ next.equals(0x0A)
        let isStuffed: Vector = isReturn & OctetBlock.equal(afterNext.octets, stuffing)
        let isFault: Vector = isBare | isStuffed
        highest = OctetBlock.larger(highest, lowered) | isFault
        returns = returns &- isReturn
        if takesNonASCII { nonASCII = nonASCII &- here.isNonASCII }
    }
}
