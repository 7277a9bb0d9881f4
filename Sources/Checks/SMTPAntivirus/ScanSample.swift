/// What is scanned: a whole message, or the decoded content of one of its parts.
public struct ScanSample: Sendable {
    /// What a sample can be.
    public enum Kind: Sendable, Hashable {
        /// A message with its header section.
        case message
        /// The decoded content of a part.
        case part
    }

    /// What it is.
    public let kind: Kind
    /// The octets.
    public let octets: [UInt8]
    /// The file name that the sender gave it; hostile, as everything that senders write.
    public let name: String?
    /// The media type that it is declared to have, in lower case, such as `application/pdf`.
    public let mediaType: String

    /// A sample.
    public init(_ octets: [UInt8], kind: Kind = .part, name: String? = nil, mediaType: String? = nil) {
        self.kind = kind
        self.octets = octets
        self.name = name
        self.mediaType = mediaType ?? (kind == .message ? "message/rfc822" : "application/octet-stream")
    }
}
