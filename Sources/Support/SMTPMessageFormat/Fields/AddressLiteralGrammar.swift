/// What stands between the brackets of an `address-literal` (RFC 5321 §4.1.3).
enum AddressLiteralGrammar {
    /// An address of IPv4 or of IPv6, or a general literal.
    static func isLiteral(_ content: Span<UInt8>) -> Bool {
        if isIPv4(content) { return true }
        // General-address-literal = Standardized-tag ":" 1*dcontent
        var colon = 0
        while colon < content.count, isLetterOrDigit(content[colon]) || content[colon] == UInt8(ascii: "-") {
            colon += 1
        }
        guard colon > 0, colon + 1 < content.count, content[colon] == UInt8(ascii: ":"),
            content[colon - 1] != UInt8(ascii: "-")
        else { return false }
        let rest = content.extracting(droppingFirst: colon + 1)
        if isIPv6Tag(content.extracting(first: colon)) { return isIPv6(rest) }
        // dcontent
        for index in 0..<rest.count where !(0x21...0x5A).contains(rest[index]) && !(0x5E...0x7E).contains(rest[index]) {
            return false
        }
        return true
    }

    static func isLetterOrDigit(_ octet: UInt8) -> Bool { (octet | 0x20) &- 0x61 < 26 || octet &- 0x30 < 10 }

    private static func isIPv6Tag(_ tag: Span<UInt8>) -> Bool {
        tag.count == 4 && tag[0] | 0x20 == UInt8(ascii: "i") && tag[1] | 0x20 == UInt8(ascii: "p")
            && tag[2] | 0x20 == UInt8(ascii: "v") && tag[3] == UInt8(ascii: "6")
    }

    /// Four numbers up to 255, without leading zeros: some take `010` for eight.
    private static func isIPv4(_ text: Span<UInt8>) -> Bool {
        var index = 0
        for part in 0..<4 {
            if part > 0 {
                guard index < text.count, text[index] == UInt8(ascii: ".") else { return false }
                index += 1
            }
            let begin = index
            var number = 0
            while index < text.count, text[index] &- 0x30 < 10, index - begin < 3 {
                number = number * 10 + Int(text[index] - 0x30)
                index += 1
            }
            guard index > begin, number < 256, index - begin == 1 || text[begin] != UInt8(ascii: "0") else {
                return false
            }
        }
        return index == text.count
    }

    /// Eight groups, or six at most beside a `::`; an address of IPv4 stands for the last two.
    private static func isIPv6(_ text: Span<UInt8>) -> Bool {
        var count = 0
        var hasGap = false
        var index = 0
        while index < text.count {
            // What stands before a group: nothing at the beginning, one colon, or two once.
            var colons = 0
            while index < text.count, text[index] == UInt8(ascii: ":") {
                colons += 1
                index += 1
            }
            if colons == 2 {
                guard !hasGap else { return false }
                hasGap = true
                if index == text.count { break }
            } else if colons != (count == 0 ? 0 : 1) {
                return false
            }
            let begin = index
            while index < text.count, hexadecimalValue(text[index]) != nil { index += 1 }
            if index < text.count, text[index] == UInt8(ascii: ".") {
                guard isIPv4(text.extracting(droppingFirst: begin)) else { return false }
                count += 2
                break
            }
            guard (1...4).contains(index - begin) else { return false }
            count += 1
        }
        return hasGap ? count <= 6 : count == 8
    }
}
