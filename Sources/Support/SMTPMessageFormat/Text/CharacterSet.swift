/// Octets as text, in the character sets that names and subjects come in most.
///
/// What is not known here is read as ASCII, with U+FFFD in the place of other octets: enough to see what a file name ends with.
enum CharacterSet {
    /// The text of octets.
    ///
    /// - Parameters:
    ///   - octets: the octets.
    ///   - name: a character set in lower case.
    static func text(_ octets: [UInt8], in name: String) -> String {
        switch name {
        case "utf-8", "utf8", "us-ascii", "ascii", "": String(decoding: octets, as: UTF8.self)
        case "iso-8859-1", "latin1", "iso_8859-1", "l1": scalars(octets) { UInt32($0) }
        case "windows-1252", "cp1252":
            scalars(octets) { $0 &- 0x80 < 0x20 ? UInt32(windows1252[Int($0 &- 0x80)]) : UInt32($0) }
        case "iso-8859-15", "latin9": scalars(octets) { latin9[$0] ?? UInt32($0) }
        case "utf-16be", "utf-16":
            if octets.starts(with: [0xFF, 0xFE]) {
                utf16(octets.dropFirst(2), isBigEndian: false)
            } else {
                utf16(octets.starts(with: [0xFE, 0xFF]) ? octets.dropFirst(2) : octets[...], isBigEndian: true)
            }
        case "utf-16le": utf16(octets[...], isBigEndian: false)
        default: scalars(octets) { $0 < 0x80 ? UInt32($0) : 0xFFFD }
        }
    }

    private static func scalars(_ octets: [UInt8], _ scalar: (UInt8) -> UInt32) -> String {
        var text = String.UnicodeScalarView()
        for octet in octets { text.append(Unicode.Scalar(scalar(octet)) ?? "\u{FFFD}") }
        return String(text)
    }

    private static func utf16(_ octets: ArraySlice<UInt8>, isBigEndian: Bool) -> String {
        var units: [UInt16] = []
        var rest = octets
        while let first = rest.popFirst(), let second = rest.popFirst() {
            units.append(isBigEndian ? UInt16(first) << 8 | UInt16(second) : UInt16(second) << 8 | UInt16(first))
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// The octets 0x80 to 0x9F.
    private static let windows1252: [32 of UInt16] = [
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD,
        0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0xFFFD, 0x017E, 0x0178,
    ]

    /// Where ISO 8859-15 differs from ISO 8859-1.
    private static let latin9: [UInt8: UInt32] = [
        0xA4: 0x20AC, 0xA6: 0x0160, 0xA8: 0x0161, 0xB4: 0x017D, 0xB8: 0x017E, 0xBC: 0x0152, 0xBD: 0x0153, 0xBE: 0x0178,
    ]
}
