/// A client's answer to a 334 in an `AUTH` exchange (RFC 4954 §4).
@frozen
public enum AuthenticationResponse: Sendable, Hashable {
    /// `*`: the client gives up.
    case cancel
    /// An empty line: a response of no octets.
    case empty
    /// Base64 text.
    case encoded

    /// The most octets of a line, its CRLF included.
    public static let lineLimit = 12_288

    /// Reads a line; `nil` if it is neither `*`, empty nor base64 text.
    public init?(parsing line: Span<UInt8>) {
        if line.isEmpty {
            self = .empty
        } else if line.count == 1, line[0] == 0x2A {
            self = .cancel
        } else if line.count + 2 <= Self.lineLimit, Base64Grammar.isValid(line) {
            self = .encoded
        } else {
            return nil
        }
    }
}
