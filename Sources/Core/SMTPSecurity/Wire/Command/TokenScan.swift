/// Finds where tokens end, sixteen octets at a time.
///
/// No branch depends on the octets, except for how many blocks there are.
enum TokenScan {
    /// The end of a `Dot-string` (RFC 5321 §4.1.2) that is followed by an octet which cannot be part of one.
    ///
    /// - Returns: 0 if it has to be read octet by octet: it is not clean, or the line is too short for blocks.
    @inline(always)
    static func dotString(_ line: Span<UInt8>, from start: Int) -> Int {
        dotted(
            line, from: start,
            foreign: { block in
                // Printable ASCII without ( ) , : ; < > @ [ \\ ] and quotes: what is left is atext and the dot.
                let quoteOrComma = block.equals(0x22) | block.equals(0x2C)
                let bracketOrAt = block.equals(0x3E) | block.equals(0x40)
                let parenthesisOrColon = block.isWithin(0x28, 0x29) | block.isWithin(0x3A, 0x3C)
                let others = block.isWithin(0x5B, 0x5D) | block.isOutside(0x21, 0x7E)
                let first = quoteOrComma | bracketOrAt
                return first | parenthesisOrColon | others
            }, separators: { $0.differs(from: 0x2E) }, isSeparator: { $0 == 0x2E })
    }

    /// The end of a domain name (RFC 5321 §4.1.2) of which no label can be too long.
    ///
    /// - Returns: 0 if it has to be read octet by octet.
    @inline(always)
    static func domainName(_ line: Span<UInt8>, from start: Int) -> Int {
        let end = dotted(
            line, from: start,
            // The hyphen and the dot are neighbours.
            foreign: { OctetBlock.both($0.isNotAlphanumeric, $0.isOutside(0x2D, 0x2E)) },
            separators: { $0.isOutside(0x2D, 0x2E) }, isSeparator: { $0 &- 0x2D < 2 })
        // RFC 1035 §2.3.4: 63 octets. No label is longer than the name.
        return end &- start <= 63 ? end : 0
    }

    /// The end of the octets of a set, none of them above 127.
    @inline(always)
    static func end<Set: OctetSet>(of set: Set.Type, _ line: Span<UInt8>, from start: Int) -> Int {
        let last = line.count &- OctetBlock.size
        var index = start
        guard last >= 0 else {
            while index < line.count, Set.contains(line[index]) { index += 1 }
            return index
        }
        while true {
            // Near the end of the line the block starts earlier, and its first lanes do not count.
            let base = min(index, last)
            index = base &+ OctetBlock.first(Set.foreign(OctetBlock(line, at: base)), from: index &- base)
            guard index == base &+ OctetBlock.size, index < line.count else { return index }
        }
    }

    /// The end of a token with separators in it: dots, or dots and hyphens.
    ///
    /// - Parameters:
    ///   - foreign: the lanes that are not of the token.
    ///   - separators: the lanes without a separator.
    ///   - isSeparator: whether an octet is one. They may stand neither first nor last, nor next to each other. (Two hyphens
    ///     may, but that is rare.)
    /// - Returns: 0 if separators stand elsewhere, for a token of no octets or before one above 127, and for short lines.
    @inline(always)
    private static func dotted(
        _ line: Span<UInt8>, from start: Int, foreign: (OctetBlock) -> OctetBlock.Vector,
        separators: (OctetBlock) -> OctetBlock.Vector, isSeparator: (UInt8) -> Bool
    ) -> Int {
        let last = line.count &- OctetBlock.size
        guard start > 0, start <= line.count, last > 0 else { return 0 }
        // In a lane that says no, separators stood next to each other. Lanes outside the token say no as well sometimes: then it
        // is read again, exactly.
        var isApart = OctetBlock.Vector(repeating: 0xFF)
        var index = start
        while true {
            let base = min(index, last)
            // Proof: 0 < base ≤ line.count − 16, because 0 < start ≤ index and 0 < last.
            let here = unsafe OctetBlock(line, uncheckedAt: base)
            let before = unsafe OctetBlock(line, uncheckedAt: base &- 1)
            isApart = OctetBlock.both(isApart, separators(here) | separators(before))
            index = base &+ OctetBlock.first(foreign(here), from: index &- base)
            guard index == base &+ OctetBlock.size, index < line.count else { break }
        }
        guard OctetBlock.isAll(isApart), index > start, !isSeparator(line[start]), !isSeparator(line[index &- 1]),
            index == line.count || line[index] < 0x80
        else { return 0 }
        return index
    }
}
