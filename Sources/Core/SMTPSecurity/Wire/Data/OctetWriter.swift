/// Writes sixteen octets at a time of which some are left out, or get another octet behind them.
///
/// Where they go costs no branch for each: what stands too far is written all the same, and what comes next goes over it.
@safe
struct OctetWriter {
    private let base: UnsafeMutableRawPointer
    /// Octets written so far.
    private(set) var count = 0

    /// Most octets that are needed to write some octets.
    @inline(__always)
    static func room(for count: Int) -> Int { 2 * count }

    /// - Parameter base: where to write; the caller provides ``room(for:)`` all octets that it is going to write.
    @inline(__always)
    @unsafe
    init(to base: UnsafeMutableRawPointer) { unsafe self.base = base }

    /// Writes sixteen octets.
    @inline(__always)
    mutating func write(_ octets: OctetBlock.Vector) {
        // Proof: each octet before took two places at most, and there is room for that and twice these sixteen.
        unsafe base.storeBytes(of: octets, toByteOffset: count, as: OctetBlock.Vector.self)
        count &+= OctetBlock.size
    }

    /// Writes sixteen octets without some.
    ///
    /// - Parameters:
    ///   - octets: the octets.
    ///   - dropped: those to leave out say yes; they are four places apart or more.
    @inline(__always)
    mutating func write(_ octets: OctetBlock.Vector, without dropped: OctetBlock.Vector) {
        let words = OctetBlock.words(octets)
        let dropped = OctetBlock.words(dropped)
        write(UInt64(littleEndian: words.x), without: UInt64(littleEndian: dropped.x))
        write(UInt64(littleEndian: words.y), without: UInt64(littleEndian: dropped.y))
    }

    /// Writes sixteen octets, some of them with another one behind them.
    ///
    /// - Parameters:
    ///   - octets: the octets.
    ///   - other: what stands behind some.
    ///   - followed: those that it stands behind say yes.
    @inline(__always)
    mutating func write(_ octets: OctetBlock.Vector, with other: UInt8, behind followed: OctetBlock.Vector) {
        let words = OctetBlock.words(octets)
        let followed = OctetBlock.words(followed)
        write(UInt64(littleEndian: words.x), with: other, behind: UInt64(littleEndian: followed.x))
        write(UInt64(littleEndian: words.y), with: other, behind: UInt64(littleEndian: followed.y))
    }

    /// Writes sixteen octets without some, and some of them with another one behind them.
    ///
    /// - Parameters:
    ///   - octets: the octets.
    ///   - dropped: those to leave out say yes; they are four places apart or more.
    ///   - other: what stands behind some.
    ///   - followed: those that it stands behind say yes; none is left out.
    @inline(__always)
    mutating func write(
        _ octets: OctetBlock.Vector, without dropped: OctetBlock.Vector, with other: UInt8,
        behind followed: OctetBlock.Vector
    ) {
        let words = OctetBlock.words(octets)
        let dropped = OctetBlock.words(dropped)
        let followed = OctetBlock.words(followed)
        write(
            UInt64(littleEndian: words.x), without: UInt64(littleEndian: dropped.x), with: other,
            behind: UInt64(littleEndian: followed.x))
        write(
            UInt64(littleEndian: words.y), without: UInt64(littleEndian: dropped.y), with: other,
            behind: UInt64(littleEndian: followed.y))
    }

    // MARK: Eight octets in a word, the first one lowest

    @inline(__always)
    private mutating func write(_ octets: UInt64, without dropped: UInt64) {
        let first = Gap(dropped)
        let second = Gap(first.rest)
        store(second.close(first.close(octets)))
        count &+= 8 &- Self.number(dropped)
    }

    @inline(__always)
    private mutating func write(_ octets: UInt64, with other: UInt8, behind followed: UInt64) {
        // One bit of each octet is left, another one in each of the eight; the product adds them up in its highest octet.
        let bits = Int(truncatingIfNeeded: ((followed & 0x8040_2010_0804_0201) &* 0x0101_0101_0101_0101) &>> 56)
        write(four: octets & 0xFFFF_FFFF, with: other, behind: bits & 15)
        write(four: octets &>> 32, with: other, behind: bits &>> 4)
    }

    @inline(__always)
    private mutating func write(_ octets: UInt64, without dropped: UInt64, with other: UInt8, behind followed: UInt64) {
        let first = Gap(dropped)
        let second = Gap(first.rest)
        write(
            second.close(first.close(octets)), with: other, behind: second.close(first.close(followed)))
        // What moved up from behind the eight is nothing.
        count &-= Self.number(dropped)
    }

    /// Writes four octets.
    @inline(__always)
    private mutating func write(four octets: UInt64, with other: UInt8, behind bits: Int) {
        let entry = (bits & 15) &* 4
        let far = octets & Self.moves[entry]
        let apart = (octets ^ far) | far &<< 16
        let near = apart & Self.moves[entry &+ 1]
        let inPlace = (apart ^ near) | near &<< 8
        store(inPlace | Self.moves[entry &+ 2] &* UInt64(other))
        count &+= Int(truncatingIfNeeded: Self.moves[entry &+ 3])
    }

    /// Stores eight octets, of which some may be written over.
    @inline(__always)
    private func store(_ octets: UInt64) {
        // Proof: each octet before took two places at most, and there is room for that and twice the four or eight of which
        // these came.
        unsafe base.storeBytes(of: octets.littleEndian, toByteOffset: count, as: UInt64.self)
    }

    /// How many octets of a word say yes.
    @inline(__always)
    private static func number(_ answers: UInt64) -> Int {
        Int(truncatingIfNeeded: ((answers & 0x0101_0101_0101_0101) &* 0x0101_0101_0101_0101) &>> 56)
    }

    /// Where the first of the octets that are left out stands in a word.
    private struct Gap {
        /// The octets before it; all of them if there is none.
        private let before: UInt64
        /// The answers without its own, when it is left out.
        let rest: UInt64

        @inline(__always)
        init(_ dropped: UInt64) {
            let lowest = dropped & (0 &- dropped)
            before = lowest &- 1
            // The octet behind it says no: a carry ends there.
            rest = (dropped & (dropped &+ lowest)) &>> 8
        }

        /// Leaves the octet out.
        @inline(__always)
        func close(_ octets: UInt64) -> UInt64 { (octets & before) | ((octets &>> 8) & ~before) }
    }

    /// For each of the sixteen answers about four octets: which of them have two others or three before them; which, after that
    /// step, have one more; where the others stand in the end; how many octets come of it.
    private static let moves: [64 of UInt64] = [
        0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 4,
        0x0000_0000_0000_0000, 0x0000_0000_FFFF_FF00, 0x0000_0000_0000_0100, 5,
        0x0000_0000_0000_0000, 0x0000_0000_FFFF_0000, 0x0000_0000_0001_0000, 5,
        0x0000_0000_FFFF_0000, 0x0000_0000_0000_FF00, 0x0000_0000_0100_0100, 6,
        0x0000_0000_0000_0000, 0x0000_0000_FF00_0000, 0x0000_0000_0100_0000, 5,
        0x0000_0000_FF00_0000, 0x0000_0000_00FF_FF00, 0x0000_0001_0000_0100, 6,
        0x0000_0000_FF00_0000, 0x0000_0000_00FF_0000, 0x0000_0001_0001_0000, 6,
        0x0000_0000_FFFF_0000, 0x0000_FF00_0000_FF00, 0x0000_0100_0100_0100, 7,
        0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0001_0000_0000, 5,
        0x0000_0000_0000_0000, 0x0000_0000_FFFF_FF00, 0x0000_0100_0000_0100, 6,
        0x0000_0000_0000_0000, 0x0000_0000_FFFF_0000, 0x0000_0100_0001_0000, 6,
        0x0000_0000_FFFF_0000, 0x0000_0000_0000_FF00, 0x0001_0000_0100_0100, 7,
        0x0000_0000_0000_0000, 0x0000_0000_FF00_0000, 0x0000_0100_0100_0000, 6,
        0x0000_0000_FF00_0000, 0x0000_0000_00FF_FF00, 0x0001_0001_0000_0100, 7,
        0x0000_0000_FF00_0000, 0x0000_0000_00FF_0000, 0x0001_0001_0001_0000, 7,
        0x0000_0000_FFFF_0000, 0x0000_FF00_0000_FF00, 0x0100_0100_0100_0100, 8,
    ]
}
