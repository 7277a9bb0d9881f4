/// How octets are written as lines (RFC 2045 §6).
public enum TransferEncoding: String, Sendable, Hashable, CaseIterable {
    /// Lines of ASCII, and what is said nothing of.
    case sevenBit = "7bit"
    /// Lines of any octets.
    case eightBit = "8bit"
    /// Any octets.
    case binary
    /// Base64.
    case base64
    /// Quoted-printable.
    case quotedPrintable = "quoted-printable"
    /// A file between lines `begin` and `end`; in no standard.
    case uuencode = "x-uuencode"

    /// Whether the octets stand there as they are.
    public var isIdentity: Bool {
        switch self {
        case .sevenBit, .eightBit, .binary: true
        case .base64, .quotedPrintable, .uuencode: false
        }
    }

    /// The encoding of a name in lower case.
    init?(name: [UInt8]) {
        switch String(decoding: name, as: UTF8.self) {
        case "7bit", "7-bit": self = .sevenBit
        case "8bit", "8-bit": self = .eightBit
        case "binary": self = .binary
        case "base64": self = .base64
        case "quoted-printable": self = .quotedPrintable
        case "x-uuencode", "uuencode", "x-uue", "uue": self = .uuencode
        default: return nil
        }
    }
}
