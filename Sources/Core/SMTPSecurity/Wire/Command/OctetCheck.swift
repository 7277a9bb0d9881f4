/// A look at all octets of a line for what no command may hold.
struct OctetCheck {
    /// Whether any octet is above 127.
    let containsNonASCII: Bool

    init(_ line: Span<UInt8>) throws(CommandParseError) {
        containsNonASCII =
            TokenScan.end(of: PrintableSet.self, line, from: 0) == line.count ? false : try Self.examine(line)
    }

    /// Finds the octet that no command may hold. White space is left to the grammar.
    ///
    /// - Returns: whether any octet is above 127.
    private static func examine(_ line: Span<UInt8>) throws(CommandParseError) -> Bool {
        var containsNonASCII = false
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
            containsNonASCII = true
            guard let length = UTF8Grammar.length(line, at: index) else {
                throw CommandParseError(.invalidUTF8, at: index)
            }
            // C1 controls: U+0080 to U+009F.
            if octet == 0xC2, line[index + 1] < 0xA0 { throw CommandParseError(.forbiddenOctet, at: index) }
            index += length
        }
        return containsNonASCII
    }
}
