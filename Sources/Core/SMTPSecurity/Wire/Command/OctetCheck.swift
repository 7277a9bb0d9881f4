/// A look at all octets of a line for what no command may hold.
struct OctetCheck {
    /// Whether any octet is above 127.
    let containsNonASCII: Bool

    init(_ line: Span<UInt8>) throws(CommandParseError) {
        var highest: UInt8 = 0
        var index = 0
        let control = SIMD16<UInt8>(repeating: 0x20)
        let delete = SIMD16<UInt8>(repeating: 0x7F)
        var isClean = true
        var all = SIMD16<UInt8>(repeating: 0)
        while index + 16 <= line.count {
            // Proof: octets have no padding, the load checks its bounds itself, and every bit pattern is a valid vector.
            let block = unsafe line.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
            let bad = unsafe unsafeBitCast((block .< control) .| (block .== delete), to: SIMD2<UInt64>.self)
            // Proof: a mask of 16 lanes of 8 bits has the size of 2 lanes of 64 bits, and every bit pattern is valid.
            if (bad.x | bad.y) != 0 { isClean = false }
            all |= block
            index += 16
        }
        let folded = unsafe unsafeBitCast(all, to: SIMD2<UInt64>.self)
        // Proof: as above.
        if (folded.x | folded.y) & 0x8080_8080_8080_8080 != 0 { highest = 0x80 }
        while index < line.count {
            let octet = line[index]
            if octet < 0x20 || octet == 0x7F { isClean = false }
            highest |= octet
            index += 1
        }
        containsNonASCII = highest >= 0x80
        if !isClean || containsNonASCII { try Self.examine(line) }
    }

    /// Finds the octet that no command may hold. White space is left to the grammar.
    private static func examine(_ line: Span<UInt8>) throws(CommandParseError) {
        var index = 0
        while index < line.count {
            let octet = line[index]
            if octet < 0x80 {
                if (octet < 0x20 && octet != 0x09) || octet == 0x7F {
                    throw CommandParseError(.forbiddenOctet, at: index)
                }
                index += 1
                continue
            }
            guard let length = UTF8Grammar.length(line, at: index) else {
                throw CommandParseError(.invalidUTF8, at: index)
            }
            // C1 controls: U+0080 to U+009F.
            if octet == 0xC2, line[index + 1] < 0xA0 { throw CommandParseError(.forbiddenOctet, at: index) }
            index += length
        }
    }
}
