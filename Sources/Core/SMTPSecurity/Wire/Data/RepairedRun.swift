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
    static func room(for length: Int) -> Int { OctetWriter.room(for: length) }

    /// Finds the run at an offset.
    ///
    /// - Parameters:
    ///   - input: octets from the wire.
    ///   - start: where the run starts. No CRLF stands across it.
    ///   - limit: the most octets of the run, no more than ``maximumLength``.
    ///   - hasDots: whether dots at line starts are stuffed and may end the data.
    @inline(__always)
    init(_ input: Span<UInt8>, from start: Int, limit: Int, hasDots: Bool) {
        end = start
        let last = min(start &+ min(limit, Self.maximumLength), input.count &- Self.margin)
        guard start >= Self.margin, last &- start >= OctetBlock.size else { return }
        var nothing: OctetWriter?
        read(input, upTo: last, hasDots: hasDots, into: &nothing)
        if endsInHalfPair(input, from: start) { end &-= 1 }
    }

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
            var writer: OctetWriter? = unsafe OctetWriter(to: base)
            read(input, upTo: last, hasDots: hasDots, into: &writer)
            initialized = writer?.count ?? 0
            if endsInHalfPair(input, from: start) {
                end &-= 1
                initialized &-= 1
            }
        }
    }

    /// Whether a line of the wire starts after it.
    @inline(__always)
    func endsLine(_ input: Span<UInt8>) -> Bool { input[end - 2] == 0x0D && input[end - 1] == 0x0A }

    /// Octets of the content.
    ///
    /// - Parameter start: where the run starts.
    @inline(__always)
    func contentLength(from start: Int) -> Int { end - start + bareReturnCount + bareFeedCount - stuffedCount }

    /// Octets of the content after the last line end; `nil` if there is none.
    ///
    /// - Parameters:
    ///   - input: octets from the wire.
    ///   - start: where the run starts.
    ///   - hasDots: whether dots at line starts are stuffed.
    func lengthAfterLineEnd(_ input: Span<UInt8>, from start: Int, hasDots: Bool) -> Int? {
        let feed = OctetScan.last(0x0A, in: input, range: start..<end)
        let afterFeed = feed.map { $0 + 1 } ?? start
        if let bareReturn = OctetScan.last(0x0D, in: input, range: afterFeed..<end) { return end - bareReturn - 1 }
        guard let feed else { return nil }
        let isStuffed = hasDots && afterFeed < end && input[afterFeed] == 0x2E && input[feed - 1] == 0x0D
        return end - afterFeed - (isStuffed ? 1 : 0)
    }

    /// Whether it ends in the first half of a line end, which has to wait for the second one.
    @inline(__always)
    private func endsInHalfPair(_ input: Span<UInt8>, from start: Int) -> Bool {
        end > start && input[end &- 1] == 0x0D && input[end] == 0x0A
    }

    /// Moves the end over what can be repaired.
    @inline(__always)
    private mutating func read(
        _ input: Span<UInt8>, upTo last: Int, hasDots: Bool, into output: inout OctetWriter?
    ) {
        let zero = Vector(repeating: 0)
        let space = Vector(repeating: 0x20)
        // What makes CR of LF.
        let difference = Vector(repeating: 0x0D ^ 0x0A)
        // Where dots mean nothing, none is in its place.
        let dotsMatter = Vector(repeating: hasDots ? 0xFF : 0)
        var feeds = zero
        var bares = zero
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
            let isReturn = here.equals(0x0D)
            let isFeed = here.equals(0x0A)
            let isFirstOfPair: Vector = isReturn & next.equals(0x0A)
            let isSecondOfPair: Vector = isFeed & before.equals(0x0D)
            let isBareReturn: Vector = isReturn ^ isFirstOfPair
            let isBareFeed: Vector = isFeed ^ isSecondOfPair
            let isBare: Vector = isBareReturn | isBareFeed
            let isDot: Vector = here.equals(0x2E) & dotsMatter
            let isAfterPair: Vector = before.equals(0x0A) & beforeThat.equals(0x0D)
            let isStuffed: Vector = isDot & isAfterPair
            let isNul = here.equals(0)
            let spaces: Vector = isNul & space
            let returns: Vector = isBareFeed & difference
            let withSpaces: Vector = here.octets ^ spaces
            // A bare line end becomes a CR, and has an LF behind it.
            let content: Vector = withSpaces ^ returns
            if OctetBlock.isAny(isStuffed) {
                // Proof: as above.
                let afterNext = unsafe OctetBlock(input, uncheckedAt: index &+ 2)
                let isPairNext: Vector = next.equals(0x0D) & afterNext.equals(0x0A)
                let isEnd: Vector = isStuffed & isPairNext
                if OctetBlock.isAny(isEnd) { break }
                // The shortest line has one octet and a line end: stuffed dots are four octets apart.
                if OctetBlock.isAny(isBare) {
                    output?.write(content, without: isStuffed, with: 0x0A, behind: isBare)
                } else {
                    output?.write(content, without: isStuffed)
                }
                stuffed = stuffed &- isStuffed
            } else if OctetBlock.isAny(isBare) {
                output?.write(content, with: 0x0A, behind: isBare)
            } else {
                output?.write(content)
            }
            feeds = feeds &- isFeed
            bares = bares &- isBare
            bareFeeds = bareFeeds &- isBareFeed
            nuls = nuls &- isNul
            nonASCII = nonASCII &- here.isNonASCII
            index &+= OctetBlock.size
        }
        end = index
        bareFeedCount = OctetBlock.sum(bareFeeds)
        nulCount = OctetBlock.sum(nuls)
        nonASCIICount = OctetBlock.sum(nonASCII)
        stuffedCount = OctetBlock.sum(stuffed)
        bareReturnCount = OctetBlock.sum(bares) &- bareFeedCount
        lineCount = OctetBlock.sum(feeds) &+ bareReturnCount
    }
}
