/// What shows a violation: text that is safe to log, bounded in length.
///
/// Everything in it may come from an attacker, so octets outside printable ASCII, the backslash and the double quote
/// appear escaped (`\r`, `\n`, `\t`, `\\`, `\"`, `\xHH`), and what exceeds ``maximumOctets`` is cut and said to be.
public struct Evidence: Sendable, Hashable, CustomStringConvertible {
    /// The most octets of input that are shown.
    public static let maximumOctets = 160

    /// The escaped text.
    public let description: String

    /// Evidence from raw octets.
    public init(_ octets: Span<UInt8>) {
        var escaped = ""
        let shown = min(octets.count, Self.maximumOctets)
        escaped.reserveCapacity(shown + 16)
        for index in 0..<shown {
            Self.append(octets[index], to: &escaped)
        }
        if octets.count > shown {
            escaped += "… (\(octets.count) octets)"
        }
        self.description = escaped
    }

    /// Evidence from text, escaped in the same way.
    public init(_ text: String) {
        self = Array(text.utf8).withEvidence()
    }

    private init(escaped: String) {
        self.description = escaped
    }

    /// No evidence beyond the violation itself.
    public static let none = Evidence(escaped: "")

    private static func append(_ octet: UInt8, to escaped: inout String) {
        switch octet {
        case UInt8(ascii: "\r"): escaped += "\\r"
        case UInt8(ascii: "\n"): escaped += "\\n"
        case UInt8(ascii: "\t"): escaped += "\\t"
        case UInt8(ascii: "\\"): escaped += "\\\\"
        case UInt8(ascii: "\""): escaped += "\\\""
        case 0x20...0x7E: escaped.unicodeScalars.append(Unicode.Scalar(octet))
        default:
            escaped += "\\x"
            escaped += hexadecimal[Int(octet >> 4)]
            escaped += hexadecimal[Int(octet & 15)]
        }
    }

    private static let hexadecimal = [
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B", "C", "D", "E", "F",
    ]
}

extension [UInt8] {
    fileprivate func withEvidence() -> Evidence { Evidence(span) }
}
