/// Up to 48 octets of a line, classified as those of domain names are: one bit for each octet, the first one lowest.
struct NameWindow {
    /// Octets in the window, if the line goes on that far.
    static let size = 48

    /// Octets that are no letters, digits, dots or hyphens. Places after the end of the line are among them.
    let others: UInt64
    /// Dots and hyphens.
    let separators: UInt64

    /// The window at an offset of a line of at least sixteen octets.
    @inline(always)
    init(_ line: Span<UInt8>, from start: Int) {
        // Near the end of the line blocks start earlier; an octet of two blocks has the same bit in both.
        let last = line.count &- OctetBlock.size
        let first = Part(line, at: min(start, last), from: start)
        let second = Part(line, at: min(start &+ OctetBlock.size, last), from: start)
        let third = Part(line, at: min(start &+ 2 &* OctetBlock.size, last), from: start)
        separators = (first.separators | second.separators | third.separators) &>> 16
        let members = (first.alphanumerics | second.alphanumerics | third.alphanumerics) &>> 16 | separators
        others = ~members & 0x0000_FFFF_FFFF_FFFF
    }

    /// Whether dots and hyphens stand neither first nor last nor next to each other in a part of the window. (Two hyphens might, but
    /// that is rare.)
    @inline(always)
    func areSeparatorsApart(in start: Int, _ end: Int) -> Bool {
        let part =
            (separators &>> UInt64(truncatingIfNeeded: start))
            & ~(UInt64.max &<< UInt64(truncatingIfNeeded: end &- start))
        let edges = 1 | 1 &<< UInt64(truncatingIfNeeded: end &- start &- 1)
        return (part & (edges | part &<< 1)) == 0
    }

    /// A block of the window, its bits 16 places higher, so that none is lost of one that starts earlier.
    private struct Part {
        let alphanumerics: UInt64
        let separators: UInt64

        @inline(always)
        init(_ line: Span<UInt8>, at offset: Int, from start: Int) {
            let block = OctetBlock(line, at: offset)
            // −15 to 32 places from the start of the window, so 1 to 48.
            let place = UInt64(truncatingIfNeeded: 16 &+ offset &- start)
            alphanumerics = OctetBlock.negativeBits(block.isNotAlphanumeric) &<< place
            separators = OctetBlock.negativeBits(block.isOutside(0x2D, 0x2E)) &<< place
        }
    }
}
