/// Decimal digits in a 64-bit word, all of them at once.
enum DecimalWord {
    /// The number that a word starts with.
    ///
    /// - Parameter word: eight octets, the first one most significant.
    /// - Returns: the number, and how many digits it has, 0 to 8.
    @inline(always)
    static func leadingNumber(_ word: UInt64) -> (value: UInt64, count: Int) {
        let digits = word ^ 0x3030_3030_3030_3030
        // The highest bit of an octet is set where it is 10 or more.
        let isForeign = (((digits & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
        let count = isForeign.leadingZeroBitCount >> 3
        // Zeros go in front, then pairs, fours and both halves are put together.
        let padded = count == 0 ? 0 : digits &>> UInt64(truncatingIfNeeded: 64 &- 8 &* count)
        let pairs = (padded & 0x00FF_00FF_00FF_00FF) &+ ((padded >> 8) & 0x00FF_00FF_00FF_00FF) &* 10
        let fours = (pairs & 0x0000_FFFF_0000_FFFF) &+ ((pairs >> 16) & 0x0000_FFFF_0000_FFFF) &* 100
        let value = (fours & 0xFFFF_FFFF) &+ (fours >> 32) &* 10_000
        return (value, count)
    }
}
