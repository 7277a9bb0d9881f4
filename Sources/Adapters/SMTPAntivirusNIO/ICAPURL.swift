/// The URL of an ICAP service (RFC 3507 §4.2): `icap://host[:port]/service[?query]`.
public struct ICAPURL: Sendable, Hashable, CustomStringConvertible {
    /// A name or an address; IPv6 without brackets.
    public let host: String
    /// The port, 1344 unless the URL says otherwise.
    public let port: Int
    /// The path with the query, such as `/virus_scan?mode=simple`.
    public let service: String

    /// The port of ICAP (RFC 3507 §4.1).
    private static let icapPort = 1344
    private static let longest = 2_048

    /// Reads a URL. There is neither a user nor a fragment in it, and what RFC 3986 does not allow has to be percent-encoded.
    public init(parsing text: String) throws(ScannerAddressError) {
        let octets = Array(text.utf8)
        let scheme = "icap://"
        guard octets.prefix(scheme.utf8.count).map({ $0 & 0xC0 == 0x40 ? $0 | 0x20 : $0 }).elementsEqual(scheme.utf8)
        else { throw ScannerAddressError(at: 0, "it does not begin with icap://") }
        guard octets.count <= Self.longest else {
            throw ScannerAddressError(at: Self.longest, "it has more than \(Self.longest) octets")
        }
        let rest = octets[scheme.utf8.count...]
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        let authority = rest[..<(end ?? rest.endIndex)]
        if let user = authority.firstIndex(of: UInt8(ascii: "@")) {
            throw ScannerAddressError(at: user, "there is no user in the URL of a service")
        }
        let parsed = try ScannerAuthority(authority, defaultPort: Self.icapPort)
        host = parsed.host
        port = parsed.port
        let service = rest[authority.endIndex...]
        guard service.first == UInt8(ascii: "/"), service.count > 1, service.dropFirst().first != UInt8(ascii: "?")
        else { throw ScannerAddressError(at: service.startIndex, "there is no service") }
        var index = service.startIndex
        while index < service.endIndex {
            let octet = service[index]
            if octet == UInt8(ascii: "%") {
                let digits = service[(index + 1)...].prefix(2)
                guard digits.count == 2, digits.allSatisfy({ UInt8.hexadecimalValue(of: $0) != nil }) else {
                    throw ScannerAddressError(at: index, "there are not two hexadecimal digits after %")
                }
            } else if octet == UInt8(ascii: "#") {
                throw ScannerAddressError(at: index, "there is no fragment in the URL of a service")
            } else if !Self.isPartOfService(octet) {
                throw ScannerAddressError(at: index, "this has to be percent-encoded")
            }
            index += 1
        }
        self.service = String(decoding: service, as: UTF8.self)
    }

    /// The host and the port, as requests give them.
    var authority: String { "\(ScannerAddress.tcp(host: host, port: port))" }

    /// The URL, with its port.
    public var description: String { "icap://\(authority)\(service)" }

    /// RFC 3986 §3.3 and §3.4.
    private static func isPartOfService(_ octet: UInt8) -> Bool {
        octet > 0x20 && octet < 0x7F && !"\"<>[\\]^`{|}".utf8.contains(octet)
    }
}
