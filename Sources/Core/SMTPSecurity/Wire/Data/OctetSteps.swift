/// Writes octets of which some are left out, or get another octet in front of them, without a branch for each.
///
/// Every octet is written together with the one that may come in between, and what comes next goes over that unless the step
/// leaves it there.
@safe
struct OctetSteps {
    /// What goes in front of some octets.
    private let filler: UInt8
    private let base: UnsafeMutableRawPointer
    /// Octets written so far.
    private(set) var count: Int

    /// Most octets that are needed to write some octets.
    @inline(__always)
    static func room(for count: Int) -> Int { 2 * count + 2 }

    /// - Parameters:
    ///   - filler: what goes in front of some octets.
    ///   - fillsFirst: whether it goes in front of the first one.
    ///   - base: where to write; the caller provides ``room(for:)`` all octets.
    @inline(__always)
    @unsafe
    init(filler: UInt8, fillsFirst: Bool, to base: UnsafeMutableRawPointer) {
        self.filler = filler
        unsafe self.base = base
        unsafe base.storeBytes(of: filler, as: UInt8.self)
        count = fillsFirst ? 1 : 0
    }

    /// Writes sixteen octets.
    ///
    /// - Parameters:
    ///   - octets: the octets.
    ///   - steps: for each, 1; one more if the filler goes in front of the next octet, one less if it is left out. Where
    ///     both apply, the octet has to be the filler.
    @inline(__always)
    mutating func write(_ octets: OctetBlock.Vector, steps: OctetBlock.Vector) {
        let words = OctetBlock.words(octets)
        let stepWords = OctetBlock.words(steps)
        write(UInt64(littleEndian: words.x), steps: UInt64(littleEndian: stepWords.x))
        write(UInt64(littleEndian: words.y), steps: UInt64(littleEndian: stepWords.y))
    }

    /// Writes eight octets.
    @inline(__always)
    private mutating func write(_ octets: UInt64, steps: UInt64) {
        // Proof: steps are two at most, so that there is room for twice the octets before, twice these eight, and two more.
        let here = unsafe base + count
        if steps == 0x0101_0101_0101_0101 {
            // Proof: as above.
            unsafe here.storeBytes(of: octets.littleEndian, as: UInt64.self)
            count &+= 8
            return
        }
        // How far the steps lead up to each octet: sums of no more than 16, each in eight bits.
        let sums = steps &* 0x0101_0101_0101_0101
        var octets = octets
        var places = sums &<< 8
        for _ in 0..<8 {
            let place = Int(UInt8(truncatingIfNeeded: places))
            // Proof: as above.
            unsafe here.storeBytes(of: UInt8(truncatingIfNeeded: octets), toByteOffset: place, as: UInt8.self)
            // Proof: as above.
            unsafe here.storeBytes(of: filler, toByteOffset: place &+ 1, as: UInt8.self)
            octets &>>= 8
            places &>>= 8
        }
        count &+= Int(truncatingIfNeeded: sums &>> 56)
    }
}
