/// Up to 32 or 64 octets of a line, classified as those of domain names are: two bits for each octet, the first one lowest. Places are
/// counted in bits: that of an octet is twice its distance from the start.
struct NameWindow<Places: FixedWidthInteger & UnsignedInteger> {
    /// The lower one of an octet's bits where it is no letter, digit, dot or hyphen. Places after the end of the line are among them.
    let others: Places
    /// The lower one of an octet's bits where it is a dot or a hyphen.
    let separators: Places

    @inline(always)
    private init(_ classes: Places, _ lowerBits: Places) {
        others = ~classes & lowerBits
        separators = (classes &>> 1) & lowerBits
    }

    /// Whether dots and hyphens stand neither first nor last nor next to each other in what ends at a place, nor next to another
    /// place. (Two hyphens might stand together, but that is rare.)
    @inline(always)
    func areSeparatorsApart(from boundary: Places, to end: Places) -> Bool {
        let boundaries = separators | boundary | end
        return (boundaries & (boundaries &>> 2) & (end &- 1) | boundaries & 1) == 0
    }
}

extension NameWindow<UInt64> {
    /// The window of 32 octets at an offset, which is not after the end, of a line of at least eight octets.
    @inline(always)
    init(_ line: Span<UInt8>, from start: Int) {
        self.init(Self.classes(line, from: start), 0x5555_5555_5555_5555)
    }

    /// 1 for letters and digits, 3 for dots and hyphens, 0 for all others and after the end of the line.
    @inline(always)
    fileprivate static func classes(_ line: Span<UInt8>, from start: Int) -> UInt64 {
        guard line.count >= OctetBlock.size else {
            let bits = OctetBlock.bitPairs(classes(OctetBlock(line: line)), .init(repeating: 0))
            return bits &>> UInt64(truncatingIfNeeded: 2 &* start)
        }
        // Near the end of the line blocks start earlier; an octet of two blocks has the same bits in both.
        let last = line.count &- OctetBlock.size
        let first = min(start, last)
        let second = min(start &+ OctetBlock.size, last)
        let bits = OctetBlock.bitPairs(classes(OctetBlock(line, at: first)), classes(OctetBlock(line, at: second)))
        let earlier = (bits & 0xFFFF_FFFF) &>> UInt64(truncatingIfNeeded: 2 &* (start &- first))
        let later = (bits &>> 32) &<< UInt64(truncatingIfNeeded: 2 &* (second &- start))
        // A second block that starts before the window is the first one again.
        return second < start ? earlier : earlier | later
    }

    @inline(always)
    private static func classes(_ block: OctetBlock) -> OctetBlock.Vector {
        let one = OctetBlock.Vector(repeating: 1)
        let three = OctetBlock.Vector(repeating: 3)
        return block.isAlphanumeric & one | block.isWithin(0x2D, 0x2E) & three
    }
}

extension NameWindow<UInt128> {
    /// The window of 64 octets at an offset of a line that goes on for at least 32.
    @inline(always)
    init(_ line: Span<UInt8>, from start: Int) {
        let first = NameWindow<UInt64>.classes(line, from: start)
        let second = NameWindow<UInt64>.classes(line, from: start &+ 32)
        self.init(UInt128(first) | UInt128(second) &<< 64, UInt128.max / 3)
    }
}
