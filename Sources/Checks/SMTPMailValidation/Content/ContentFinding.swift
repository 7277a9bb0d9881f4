public import SMTPSecurity

/// Something that is wrong with a message.
public struct ContentFinding: Sendable, Hashable {
    /// How many octets of the text are kept: names of files may be as long as a field.
    private static let longest = 130

    /// What kind of violation it is.
    public let violation: ViolationDefinition
    /// Where, and what, not escaped yet.
    private let text: String

    init(_ violation: ViolationDefinition, _ text: String) {
        self.violation = violation
        let octets = text.utf8
        self.text =
            octets.count > Self.longest ? String(decoding: octets.prefix(Self.longest), as: UTF8.self) + "..." : text
    }

    /// Where, and what.
    public var evidence: Evidence { Evidence(text) }

    /// Where, and what, and how many more there are.
    func evidence(more count: Int) -> Evidence { count > 0 ? Evidence("\(text); \(count) more") : evidence }
}
