/// The longest stretch of message text, in whole blocks, that needs no repair and ends no data: it can be copied as it is.
///
/// In it every CR is followed by LF, every LF preceded by CR, there is no NUL, and, where dots matter, no dot stands
/// after a CRLF. It never ends in a CR.
struct CleanRun {
    /// Most blocks of a run. Each of 16 lanes counts the line ends of a quarter of a block in eight bits, and what was just
    /// looked at is still in the nearest cache when it is copied.
    private static let maximumBlocks = 63

    /// Offset one past the last octet.
    private(set) var end: Int
    /// Line feeds in the run.
    private(set) var lineCount = 0
    /// Whether any octet of it may be above 127.
    private(set) var mayHoldNonASCII = false

    /// Finds the run at an offset.
    ///
    /// - Parameters:
    ///   - input: octets from the wire.
    ///   - start: where the run starts. The octet before it was no CR; the caller has looked at the octet there, if it
    ///     stands at the start of a line.
    ///   - hasDots: whether a dot after CRLF ends the run.
    @inline(__always)
    init(_ input: Span<UInt8>, from start: Int, hasDots: Bool) {
        end = start
        // A line feed at the start is a bare one.
        guard start < input.count, input[start] != 0x0A else { return }
        extend(input, hasDots: hasDots, takesNonASCII: false)
        // Most text is ASCII, and the search that needs to tell nothing else apart is the faster one.
        if end == start {
            extend(input, hasDots: hasDots, takesNonASCII: true)
            mayHoldNonASCII = true
        }
        if end > start, input[end - 1] == 0x0D {
            end -= 1
            lineCount -= 1
        }
    }

    /// Moves the end over clean blocks.
    @inline(__always)
    private mutating func extend(_ input: Span<UInt8>, hasDots: Bool, takesNonASCII: Bool) {
        let carriageReturn = OctetScan.Block(repeating: 0x0D)
        let lineFeed = OctetScan.Block(repeating: 0x0A)
        // Where dots mean nothing, a line feed here is a bare one, which ends the run in any case.
        let dot = OctetScan.Block(repeating: hasDots ? 0x2E : 0x0A)
        let nul = OctetScan.Block(repeating: 0)
        let one = SIMD64<Int8>(repeating: 1)
        // Sixteen lanes: a wider sum would not stay in registers.
        var carriageReturns = SIMD16<UInt8>(repeating: 0)
        var index = end
        let limit = min(input.count - 2, index + Self.maximumBlocks * OctetScan.blockSize)
        while limit - index >= OctetScan.blockSize {
            let here = OctetScan.block(input, at: index)
            let next = OctetScan.block(input, at: index + 1)
            let afterNext = OctetScan.block(input, at: index + 2)
            let isReturn: OctetScan.Mask = here .== carriageReturn
            let isFeedNext: OctetScan.Mask = next .== lineFeed
            let isDotAfter: OctetScan.Mask = afterNext .== dot
            let isBare: OctetScan.Mask = isReturn .^ isFeedNext
            let isStuffed: OctetScan.Mask = isReturn .& isDotAfter
            let isForeign: OctetScan.Mask
            if takesNonASCII {
                isForeign = here .== nul
            } else {
                // With a sign, octets above 127 are below 0: one comparison finds them and NUL.
                // Proof: both have 64 octets and no padding, and every bit pattern is valid.
                let signed = unsafe unsafeBitCast(here, to: SIMD64<Int8>.self)
                isForeign = signed .< one
            }
            let isSpecial: OctetScan.Mask = isStuffed .| isForeign
            if OctetScan.isAny(isBare .| isSpecial) { break }
            // A set lane is 255, which is -1.
            let returns = OctetScan.words(isReturn)
            carriageReturns = carriageReturns &- Self.quarter(returns[0], returns[1])
            carriageReturns = carriageReturns &- Self.quarter(returns[2], returns[3])
            carriageReturns = carriageReturns &- Self.quarter(returns[4], returns[5])
            carriageReturns = carriageReturns &- Self.quarter(returns[6], returns[7])
            index += OctetScan.blockSize
        }
        end = index
        // Proof: both have 16 octets and no padding, and every bit pattern is valid.
        lineCount = Self.sum(unsafe unsafeBitCast(carriageReturns, to: SIMD2<UInt64>.self))
    }

    @inline(__always)
    private static func quarter(_ low: UInt64, _ high: UInt64) -> SIMD16<UInt8> {
        // Proof: both have 16 octets and no padding, and every bit pattern is valid.
        unsafe unsafeBitCast(SIMD2<UInt64>(low, high), to: SIMD16<UInt8>.self)
    }

    /// The sum of 16 lanes of eight bits.
    private static func sum(_ lanes: SIMD2<UInt64>) -> Int {
        let mask: UInt64 = 0x00FF_00FF_00FF_00FF
        let pairs = (lanes.x & mask) &+ ((lanes.x >> 8) & mask) &+ (lanes.y & mask) &+ ((lanes.y >> 8) & mask)
        return Int((pairs &* 0x0001_0001_0001_0001) >> 48)
    }
}
