/// A block like those of a ``CleanRun``, except that there are stuffed dots in it: lines of dots, which a sender can
/// choose, would otherwise be read octet by octet.
struct StuffedBlock {
    /// Offset one past the last octet.
    let end: Int
    /// Line feeds in the block.
    let lineCount: Int
    /// Whether an octet of it is above 127.
    let holdsNonASCII: Bool
    private let octets: SIMD8<UInt64>
    private let dropped: SIMD8<UInt64>

    /// Looks at the block at an offset.
    ///
    /// - Parameters:
    ///   - input: octets from the wire.
    ///   - start: where the block starts. The octet before it was no CR.
    ///   - isAtLineStart: whether a line starts there.
    /// - Returns: `nil` if there is no whole block, or it needs repair, or the data may end in it.
    @inline(__always)
    init?(_ input: Span<UInt8>, at start: Int, isAtLineStart: Bool) {
        // One octet more at each side. A line feed before it that started no line is a bare one, and one at the start too.
        guard start > 0, input.count - start > OctetScan.blockSize, input[start] != 0x0A,
            isAtLineStart || input[start - 1] != 0x0A
        else { return nil }
        let carriageReturn = OctetScan.Block(repeating: 0x0D)
        let lineFeed = OctetScan.Block(repeating: 0x0A)
        let dot = OctetScan.Block(repeating: 0x2E)
        let nul = OctetScan.Block(repeating: 0)
        let before = OctetScan.block(input, at: start - 1)
        let here = OctetScan.block(input, at: start)
        let next = OctetScan.block(input, at: start + 1)
        let followsFeed: OctetScan.Mask = before .== lineFeed
        let isDot: OctetScan.Mask = here .== dot
        let isReturn: OctetScan.Mask = here .== carriageReturn
        let isFeedNext: OctetScan.Mask = next .== lineFeed
        let isReturnNext: OctetScan.Mask = next .== carriageReturn
        let isNul: OctetScan.Mask = here .== nul
        let isStuffed: OctetScan.Mask = followsFeed .& isDot
        let isBare: OctetScan.Mask = isReturn .^ isFeedNext
        let isEnd: OctetScan.Mask = isStuffed .& isReturnNext
        let isSpecial: OctetScan.Mask = isEnd .| isNul
        if OctetScan.isAny(isBare .| isSpecial) { return nil }
        let endsInReturn = input[start + OctetScan.blockSize - 1] == 0x0D
        end = start + OctetScan.blockSize - (endsInReturn ? 1 : 0)
        octets = OctetScan.words(here)
        dropped = OctetScan.words(isStuffed)
        lineCount = OctetScan.count(isReturn) - (endsInReturn ? 1 : 0)
        holdsNonASCII = OctetScan.holdsNonASCII(octets)
    }

    /// Writes the block without its stuffed dots. No branch depends on the octets.
    ///
    /// - Parameters:
    ///   - length: octets of the block that count, 63 or 64.
    ///   - output: receives the content; empty at first, with room for a block.
    @inline(__always)
    func write(_ length: Int, into output: inout OutputSpan<UInt8>) {
        // A dot too much is written like the rest, and what comes next goes over it.
        output.append(repeating: 0, count: OctetScan.blockSize)
        var content = output.mutableSpan
        var count = 0
        for index in 0..<8 {
            var word = UInt64(littleEndian: octets[index])
            var flags = UInt64(littleEndian: dropped[index])
            for _ in 0..<8 {
                content[count] = UInt8(truncatingIfNeeded: word)
                count &+= 1 &- Int(truncatingIfNeeded: flags & 1)
                word &>>= 8
                flags &>>= 8
            }
        }
        output.removeLast(2 * OctetScan.blockSize - count - length)
    }
}
