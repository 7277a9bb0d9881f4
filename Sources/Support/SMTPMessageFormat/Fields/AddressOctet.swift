/// What an octet can be in an address.
enum AddressOctet {
    /// Whether it is `atext`, octets of UTF-8 included (RFC 5322 §3.2.3, RFC 6532 §3.2).
    static func isAtomText(_ octet: UInt8) -> Bool { octet > 0x20 && octet != 0x7F && !isSpecial(octet) }

    /// Whether it is one of the `specials` (RFC 5322 §3.2.3).
    static func isSpecial(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["),
            UInt8(ascii: "]"), UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "@"), UInt8(ascii: "\\"),
            UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "\""):
            true
        default: false
        }
    }

    /// Whether it ends an atom whatever stands around it.
    static func isDelimiter(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "@"),
            UInt8(ascii: ","), UInt8(ascii: "."):
            true
        default: isSpace(octet)
        }
    }

    /// Whether it is white space or of a line end.
    static func isSpace(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 || octet == 0x0D || octet == 0x0A }

    /// Whether it is a control character other than white space and line ends.
    static func isControl(_ octet: UInt8) -> Bool { octet < 0x20 && !isSpace(octet) || octet == 0x7F }
}
