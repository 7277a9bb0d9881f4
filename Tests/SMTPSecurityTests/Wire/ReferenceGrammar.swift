/// The sets of octets and characters that RFCs name, each written as its RFC has it.
enum ReferenceGrammar {
    static func isAlpha(_ octet: UInt8) -> Bool { (0x41...0x5A).contains(octet) || (0x61...0x7A).contains(octet) }

    static func isDigit(_ octet: UInt8) -> Bool { (0x30...0x39).contains(octet) }

    /// `Let-dig` (RFC 5321 §4.1.2).
    static func isLetDig(_ octet: UInt8) -> Bool { isAlpha(octet) || isDigit(octet) }

    static func isSpace(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }

    /// `UTF8-non-ascii` (RFC 6531 §3.3): a part of one, as the line is UTF-8.
    static func isNonASCII(_ octet: UInt8) -> Bool { octet > 0x7F }

    /// `atext` (RFC 5322 §3.2.3).
    static func isAtext(_ octet: UInt8) -> Bool {
        isLetDig(octet) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(octet)
    }

    /// `qtextSMTP` (RFC 5321 §4.1.2).
    static func isQtext(_ octet: UInt8) -> Bool {
        (32...33).contains(octet) || (35...91).contains(octet) || (93...126).contains(octet)
    }

    /// `dcontent` (RFC 5321 §4.1.3).
    static func isDcontent(_ octet: UInt8) -> Bool { (33...90).contains(octet) || (94...126).contains(octet) }

    /// `esmtp-value` (RFC 5321 §4.1.2) with `UTF8-non-ascii` (RFC 6531 §3.3).
    static func isValue(_ octet: UInt8) -> Bool {
        (33...60).contains(octet) || (62...126).contains(octet) || isNonASCII(octet)
    }

    /// `xchar` (RFC 3461 §4).
    static func isXchar(_ octet: UInt8) -> Bool { (33...126).contains(octet) && octet != 0x2B && octet != 0x3D }

    static func lower(_ octet: UInt8) -> UInt8 { (0x41...0x5A).contains(octet) ? octet + 0x20 : octet }

    /// Whether octets are this keyword, in any case of ASCII.
    static func isSame(_ octets: some Sequence<UInt8>, _ keyword: String) -> Bool {
        octets.lazy.map(lower).elementsEqual(keyword.utf8.lazy.map(lower))
    }

    /// A hexadecimal digit in upper case.
    static func upperHexadecimal(_ octet: UInt8) -> UInt32? {
        switch octet {
        case 0x30...0x39: UInt32(octet) - 0x30
        case 0x41...0x46: UInt32(octet) - 0x41 + 10
        default: nil
        }
    }

    /// The number that digits are; `nil` for none, for other octets and for numbers over 63 bits.
    static func number(_ digits: some Collection<UInt8>, atMost count: Int) -> UInt64? {
        guard !digits.isEmpty, digits.count <= count, digits.allSatisfy(isDigit) else { return nil }
        var value: Int64 = 0
        for digit in digits {
            let product = value.multipliedReportingOverflow(by: 10)
            let sum = product.partialValue.addingReportingOverflow(Int64(digit) - 0x30)
            if product.overflow || sum.overflow { return nil }
            value = sum.partialValue
        }
        return UInt64(value)
    }

    /// The character that starts at an offset and how many octets it has (RFC 3629 §3); `nil` if none does.
    static func character(_ octets: [UInt8], at index: Int) -> (scalar: UInt32, length: Int)? {
        let lead = octets[index]
        var scalar: UInt32
        let length: Int
        let smallest: UInt32
        switch lead {
        case 0b0000_0000...0b0111_1111: return (UInt32(lead), 1)
        case 0b1100_0000...0b1101_1111: (scalar, length, smallest) = (UInt32(lead & 0b0001_1111), 2, 0x80)
        case 0b1110_0000...0b1110_1111: (scalar, length, smallest) = (UInt32(lead & 0b0000_1111), 3, 0x800)
        case 0b1111_0000...0b1111_0111: (scalar, length, smallest) = (UInt32(lead & 0b0000_0111), 4, 0x1_0000)
        default: return nil
        }
        guard index + length <= octets.count else { return nil }
        for offset in 1..<length {
            guard octets[index + offset] & 0b1100_0000 == 0b1000_0000 else { return nil }
            scalar = scalar << 6 | UInt32(octets[index + offset] & 0b0011_1111)
        }
        guard scalar >= smallest, scalar <= 0x10_FFFF, !(0xD800...0xDFFF).contains(scalar) else { return nil }
        return (scalar, length)
    }
}
