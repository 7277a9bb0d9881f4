/// A stretch of message text in which anything may be wrong, except that the data does not end in it: what a ``CleanRun``
/// leaves. Rows of stuffed dots, bare line ends or NUL, which a sender can choose, would otherwise be read octet by octet.
struct RepairedRun {
    private typealias Vector = OctetBlock.Vector

    /// Most octets of a run: each of 16 lanes counts in eight bits.
    static let maximumLength = 64 * OctetBlock.size
    /// Octets before the run and after it that are looked at with it.
    private static let margin = 2

    /// Offset one past the last octet.
    private(set) var end: Int
    /// Line ends in the content.
    private(set) var lineCount = 0
    /// Carriage returns that no line feed follows.
    private(set) var bareReturnCount = 0
    /// Line feeds that no carriage return precedes.
    private(set) var bareFeedCount = 0
    /// NUL octets.
    private(set) var nulCount = 0
    /// Octets above 127.
    private(set) var nonASCIICount = 0
    /// Dots that were stuffed.
    private(set) var stuffedCount = 0

    /// Most octets that are needed to write the content.
    @inline(__always)
    static func room(for length: Int) -> Int { OctetSteps.room(for: length) }

    /// Whether a line of the wire starts after it.
    @inline(__always)
    func endsLine(_ input: Span<UInt8>) -> Bool { Self.isPair(input, at: end - 2) }

    /// Finds the run at an offset and writes its content.
    ///
    /// - Parameters:
    ///   - input: octets from the wire.
    ///   - start: where the run starts. No CRLF stands across it.
    ///   - limit: the most octets of the run, no more than ``maximumLength``.
    ///   - hasDots: whether dots at line starts are stuffed and may end the data.
    ///   - output: receives the content; empty at first, with ``room(for:)`` the limit.
    @inline(__always)
    init(_ input: Span<UInt8>, from start: Int, limit: Int, hasDots: Bool, into output: inout OutputSpan<UInt8>) {
        end = start
        let last = min(start &+ min(limit, Self.maximumLength), input.count &- Self.margin)
        guard start >= Self.margin, last &- start >= OctetBlock.size,
            output.freeCapacity >= Self.room(for: last &- start)
        else { return }
        // Proof: the buffer has room for all octets up to `last`, and is initialised as far as they were written.
        unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
            guard let base = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
            // Proof: as above.
            var steps = unsafe OctetSteps(filler: 0x0D, fillsFirst: Self.isBare(input, at: start), to: base)
            repair(input, upTo: last, hasDots: hasDots, &steps)
            guard end > start else { return }
            // What goes in front of the next octet is written with that one.
            initialized = steps.count &- (Self.isBare(input, at: end) ? 1 : 0)
            // The first half of a line end waits for the second one.
            if Self.isPair(input, at: end &- 1) {
                end &-= 1
                initialized &-= 1
            }
        }
    }

    /// Moves the end over what can be repaired.
    @inline(__always)
    private mutating func repair(_ input: Span<UInt8>, upTo last: Int, hasDots: Bool, _ output: inout OctetSteps) {
        let zero = Vector(repeating: 0)
        let one = Vector(repeating: 1)
        let space = Vector(repeating: 0x20)
        // What makes LF of CR.
        let difference = Vector(repeating: 0x0D ^ 0x0A)
        // A stuffed dot may be followed by a bare line end: then the CR that goes in front of it takes the dot's place.
        let dotDifference = Vector(repeating: 0x2E ^ 0x0D)
        // Where dots mean nothing, none is in its place.
        let dotsMatter = Vector(repeating: hasDots ? 0xFF : 0)
        var lines = zero
        var bareReturns = zero
        var bareFeeds = zero
        var nuls = zero
        var nonASCII = zero
        var stuffed = zero
        var index = end
        while last &- index >= OctetBlock.size {
            // Proof: two octets come before the start, and two follow `last`.
            let beforeThat = unsafe OctetBlock(input, uncheckedAt: index &- 2)
            // Proof: as above.
            let before = unsafe OctetBlock(input, uncheckedAt: index &- 1)
            // Proof: as above.
            let here = unsafe OctetBlock(input, uncheckedAt: index)
            // Proof: as above.
            let next = unsafe OctetBlock(input, uncheckedAt: index &+ 1)
            // Proof: as above.
            let afterNext = unsafe OctetBlock(input, uncheckedAt: index &+ 2)
            let isReturnNext = next.equals(0x0D)
            let isFeedNext = next.equals(0x0A)
            let isPairNext: Vector = isReturnNext & afterNext.equals(0x0A)
            let isAfterPair: Vector = before.equals(0x0A) & beforeThat.equals(0x0D)
            let isDot: Vector = here.equals(0x2E) & dotsMatter
            let isStuffed: Vector = isDot & isAfterPair
            let isEnd: Vector = isStuffed & isPairNext
            if OctetBlock.isAny(isEnd) { break }
            let isReturn = here.equals(0x0D)
            let isFeed = here.equals(0x0A)
            let isPair: Vector = isReturn & isFeedNext
            let isSecondOfPair: Vector = isFeed & before.equals(0x0D)
            let isBareReturn: Vector = isReturn ^ isPair
            let isBareFeed: Vector = isFeed ^ isSecondOfPair
            let isBareReturnNext: Vector = isReturnNext ^ isPairNext
            let isBareFeedNext: Vector = isFeedNext ^ isPair
            let isBareNext: Vector = isBareReturnNext | isBareFeedNext
            let isLineEnd: Vector = isFeed | isBareReturn
            let isNul = here.equals(0)
            lines = lines &- isLineEnd
            bareReturns = bareReturns &- isBareReturn
            bareFeeds = bareFeeds &- isBareFeed
            nuls = nuls &- isNul
            nonASCII = nonASCII &- here.isNonASCII
            stuffed = stuffed &- isStuffed
            let spaces: Vector = isNul & space
            let feeds: Vector = isBareReturn & difference
            let withSpaces: Vector = here.octets ^ spaces
            let withFeeds: Vector = withSpaces ^ feeds
            let returns: Vector = isStuffed & dotDifference
            let content: Vector = withFeeds ^ returns
            let withoutStuffed: Vector = one &+ isStuffed
            output.write(content, steps: withoutStuffed &- isBareNext)
            index &+= OctetBlock.size
        }
        end = index
        lineCount = OctetBlock.sum(lines)
        bareReturnCount = OctetBlock.sum(bareReturns)
        bareFeedCount = OctetBlock.sum(bareFeeds)
        nulCount = OctetBlock.sum(nuls)
        nonASCIICount = OctetBlock.sum(nonASCII)
        stuffedCount = OctetBlock.sum(stuffed)
    }

    /// Whether CRLF stands at an offset.
    @inline(__always)
    private static func isPair(_ input: Span<UInt8>, at offset: Int) -> Bool {
        input[offset] == 0x0D && input[offset &+ 1] == 0x0A
    }

    /// Whether a CR or LF that is not part of CRLF stands at an offset.
    @inline(__always)
    private static func isBare(_ input: Span<UInt8>, at offset: Int) -> Bool {
        let octet = input[offset]
        if octet == 0x0D { return input[offset &+ 1] != 0x0A }
        return octet == 0x0A && input[offset &- 1] != 0x0D
    }
}
