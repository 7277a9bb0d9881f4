/// A part of a message, as its header section declares it.
public struct MessagePart: Sendable, Hashable {
    /// What a part can be.
    public enum Kind: String, Sendable, Hashable {
        /// It has parts.
        case multipart
        /// It has a message in it.
        case message
        /// It has content.
        case leaf
        /// A file in the text of its parent, uuencoded.
        case uuencoded
        /// A file in the text of its parent, in yEnc.
        case yEncoded = "yencoded"
    }

    /// Where it is.
    public let path: PartPath
    /// What it is.
    public let kind: Kind
    /// Where its header section begins: octets from the beginning of the message.
    public let offset: Int
    /// The types that it may be declared to have, in lower case, without parameters; the first is the one to go by. There is always one.
    public let mediaTypes: [String]
    /// What the fields `Content-Type` say; empty if there is none.
    public let contentTypes: [ParameterizedValue]
    /// What the fields `Content-Disposition` say; empty if there is none.
    public let dispositions: [ParameterizedValue]
    /// The encodings that its content may have; there is always one.
    public let encodings: [TransferEncoding]
    /// The names that it may have as a file.
    public let fileNames: [FileName]

    /// The type to go by.
    public var mediaType: String { mediaTypes.first ?? "text/plain" }

    /// `inline`, `attachment` or another disposition, in lower case; `nil` if none is declared (RFC 2183).
    public var disposition: String? { dispositions.first.map { String(decoding: $0.value, as: UTF8.self) } }

    /// The character set that is declared for a text, in lower case.
    public var charset: String? {
        contentTypes.first?.readings(of: "charset").first.map {
            String(decoding: $0.octets, as: UTF8.self).lowercased()
        }
    }
}
