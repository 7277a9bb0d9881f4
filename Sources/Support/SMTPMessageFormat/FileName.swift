/// The name of a file, as a part declares it.
public struct FileName: Sendable, Hashable {
    /// The octets, without quotes, sections and percent signs (RFC 2231), and otherwise as they stand there.
    public let octets: [UInt8]
    /// The name that people get to see: octets in their character set, encoded words (RFC 2047) decoded.
    public let decoded: String

    /// A name.
    ///
    /// - Parameters:
    ///   - octets: the octets.
    ///   - charset: the character set that they are declared to be in, in lower case.
    public init(_ octets: [UInt8], charset: String? = nil) {
        self.octets = octets
        decoded =
            charset.map { CharacterSet.text(octets, in: $0) } ?? EncodedWords.decoded(octets.span, inQuotes: true)
    }
}
