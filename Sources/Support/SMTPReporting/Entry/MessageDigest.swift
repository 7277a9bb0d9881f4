internal import Crypto
public import SMTPSecurity

/// The digest by which a message is known again without being kept.
public enum MessageDigest {
    /// How much of a message is read at a time, in octets.
    private static let pieceOctets = 65_536

    /// The SHA-256 digest of a message's content, with CRLF line ends and without dot-stuffing, in hexadecimal: what `sha256sum` says of a copy
    /// that was saved as it came.
    ///
    /// - Parameter message: the message.
    /// - Returns: 64 digits; `nil` where the message could not be read to its end.
    public static func sha256(_ message: MessageContent) async -> String? {
        var hash = SHA256()
        var offset: UInt64 = 0
        while offset < message.count {
            guard let piece = try? await message.octets(from: offset, limit: pieceOctets), !piece.isEmpty else {
                return nil
            }
            hash.update(data: piece)
            offset += UInt64(piece.count)
        }
        return hash.finalize().reduce(into: "") { text, octet in
            text += octet < 16 ? "0" : ""
            text += String(octet, radix: 16)
        }
    }
}
