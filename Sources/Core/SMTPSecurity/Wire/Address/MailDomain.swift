/// What stands right of the `@`.
public enum MailDomain: Sendable, Hashable, CustomStringConvertible {
    /// A domain name in ASCII lower case; U-labels as written.
    case name(String)
    /// An address literal of an IP address.
    case address(IPAddress)
    /// A general address literal: its tag in lower case, and its content.
    case general(tag: String, content: String)

    init?(_ path: PathView) {
        let raw = path.domain
        var octets: [UInt8] = []
        octets.append(octetsOf: raw)
        let text = String(decoding: octets, as: UTF8.self)
        let inner = text.dropFirst().dropLast()
        switch path.parsed.domainKind {
        case .absent: return nil
        case .name:
            self = .name(String(decoding: octets.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self))
        case .ipv4Literal:
            guard let address = try? IPAddress(String(inner)) else { return nil }
            self = .address(address)
        case .ipv6Literal:
            guard let address = try? IPAddress(String(inner.dropFirst(5))) else { return nil }
            self = .address(address)
        case .generalLiteral:
            guard let colon = inner.firstIndex(of: ":") else { return nil }
            self = .general(tag: inner[..<colon].lowercased(), content: String(inner[inner.index(after: colon)...]))
        }
    }

    /// The wire form.
    public var description: String {
        switch self {
        case .name(let name): name
        case .address(.v4(let value)): "[\(IPAddress.v4(value))]"
        case .address(let address): "[IPv6:\(address)]"
        case .general(let tag, let content): "[\(tag):\(content)]"
        }
    }
}
