/// A service extension that a server announces in its reply to `EHLO` (RFC 5321 §4.1.1.1).
public struct Capability: Sendable, Hashable {
    /// The keyword, such as `SIZE`, in capital letters.
    public let keyword: String
    /// The parameters, as the server wrote them.
    public let parameters: [String]

    /// A capability.
    ///
    /// - Parameters:
    ///   - keyword: the keyword, in any case.
    ///   - parameters: its parameters.
    public init(_ keyword: String, _ parameters: [String] = []) {
        self.keyword = keyword.uppercased()
        self.parameters = parameters
    }

    /// The capability of one line of the reply, `nil` if it breaks the grammar: a keyword of letters, digits and hyphens, then
    /// parameters of visible ASCII, each after a space.
    ///
    /// More than one space, and spaces at the end, are tolerated.
    ///
    /// - Parameter line: the text of the line, without code and line end.
    public init?(line: String) {
        let words = line.utf8.split(separator: 0x20)
        guard let keyword = words.first, let first = keyword.first, first != 0x2D, line.utf8.first != 0x20,
            keyword.allSatisfy(Self.isKeywordOctet),
            words.dropFirst().allSatisfy({ $0.allSatisfy { (0x21...0x7E).contains($0) } })
        else { return nil }
        self.init(String(Substring(keyword)), words.dropFirst().map { String(Substring($0)) })
    }

    private static func isKeywordOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
        default: false
        }
    }
}
