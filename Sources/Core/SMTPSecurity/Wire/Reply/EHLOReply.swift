/// What a server says in its reply to `EHLO`: its name, and the service extensions that it offers (RFC 5321 §4.1.1.1).
public struct EHLOReply: Sendable, Hashable {
    /// The server's name, the first word of the first line. Empty if there is none.
    public let domain: String
    /// The rest of the first line. Empty if there is none.
    public let greeting: String
    /// What the server offers, in its order; a keyword that comes twice only counts once.
    public let capabilities: [Capability]
    /// Lines after the first that are no capability, such as the old `AUTH=LOGIN`, or name one again.
    public let ignoredLineCount: Int

    /// Reads a reply.
    ///
    /// - Parameter reply: the reply to `EHLO`; `nil` comes of any code but 250.
    public init?(_ reply: Reply) {
        guard reply.code == 250 else { return nil }
        let first = reply.lines.first ?? ""
        let words = first.utf8.split(separator: 0x20, maxSplits: 1)
        domain = words.first.map { String(Substring($0)) } ?? ""
        greeting = words.count > 1 ? String(Substring(words[1])) : ""
        var known: Set<String> = []
        var capabilities: [Capability] = []
        for line in reply.lines.dropFirst() {
            guard let capability = Capability(line: line), known.insert(capability.keyword).inserted else { continue }
            capabilities.append(capability)
        }
        self.capabilities = capabilities
        ignoredLineCount = reply.lines.count - 1 - capabilities.count
    }

    /// The parameters of a capability; `nil` if the server does not offer it.
    ///
    /// - Parameter keyword: its keyword, in any case.
    public func parameters(of keyword: String) -> [String]? {
        let wanted = keyword.uppercased()
        return capabilities.first { $0.keyword == wanted }?.parameters
    }

    /// Whether the server offers a capability.
    ///
    /// - Parameter keyword: its keyword, in any case.
    public func offers(_ keyword: String) -> Bool { parameters(of: keyword) != nil }
}
