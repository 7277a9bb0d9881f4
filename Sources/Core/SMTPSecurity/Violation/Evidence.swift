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
    public init(_ octets: Span<UInt8>) { self.init(octets, of: octets.count) }

    /// Evidence from the first of so many raw octets: those that are shown, or all.
    init(_ octets: Span<UInt8>, of count: Int) {
        var escaped: [UInt8] = []
        escaped.reserveCapacity(min(octets.count, Self.maximumOctets) + 16)
        Self.append(octets, of: count, to: &escaped)
        self.description = String(decoding: escaped, as: UTF8.self)
    }

    /// Appends what the description of the same octets would be.
    package static func append(_ octets: Span<UInt8>, of count: Int, to escaped: inout [UInt8]) {
        let shown = min(octets.count, maximumOctets)
        var start = 0
        for index in 0..<shown where !isPlain(octets[index]) {
            escaped.append(octetsOf: octets.extracting(start..<index))
            append(octets[index], to: &escaped)
            start = index + 1
        }
        escaped.append(octetsOf: octets.extracting(start..<shown))
        if count > shown { escaped += "… (\(count) octets)".utf8 }
    }

    /// Whether an octet stands for itself.
    private static func isPlain(_ octet: UInt8) -> Bool {
        octet &- 0x20 < 0x5F && octet != UInt8(ascii: "\\") && octet != UInt8(ascii: "\"")
    }

    /// Evidence from text, escaped in the same way.
    public init(_ text: String) {
        self = Array(text.utf8).withEvidence()
    }

    /// Octets as text, escaped as evidence is, but all of them.
    package static func escaped(_ octets: some Collection<UInt8>) -> String {
        var escaped: [UInt8] = []
        escaped.reserveCapacity(octets.count + 16)
        for octet in octets { append(octet, to: &escaped) }
        return String(decoding: escaped, as: UTF8.self)
    }

    private init(escaped: String) {
        self.description = escaped
    }

    /// No evidence beyond the violation itself.
    public static let none = Evidence(escaped: "")

    private static func append(_ octet: UInt8, to escaped: inout [UInt8]) {
        if isPlain(octet) { return escaped.append(octet) }
        switch octet {
        case UInt8(ascii: "\r"): escaped += "\\r".utf8
        case UInt8(ascii: "\n"): escaped += "\\n".utf8
        case UInt8(ascii: "\t"): escaped += "\\t".utf8
        case UInt8(ascii: "\\"), UInt8(ascii: "\""):
            escaped.append(UInt8(ascii: "\\"))
            escaped.append(octet)
        default:
            escaped += "\\x".utf8
            escaped.append(hexadecimal(octet >> 4))
            escaped.append(hexadecimal(octet & 15))
        }
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 { digit + (digit < 10 ? 0x30 : 0x37) }
}

extension [UInt8] {
    fileprivate func withEvidence() -> Evidence { Evidence(span) }
}
