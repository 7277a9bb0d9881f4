/// Where a scanner listens.
public enum ScannerAddress: Sendable, Hashable, CustomStringConvertible {
    /// A UNIX domain socket: its absolute path.
    case unix(String)
    /// A host, by name or address (IPv6 without brackets), and a port.
    case tcp(host: String, port: Int)

    /// The port of clamd.
    static let clamdPort = 3310
    /// What fits into `sockaddr_un` everywhere, with the NUL at its end.
    private static let longestPath = 103

    /// Reads what clamd's configuration and its clients call it: `/run/clamav/clamd.ctl`, `unix:/path`, `host`, `host:port` or `[::1]:port`. Without a
    /// port, it is 3310.
    public init(parsing text: String) throws(ScannerAddressError) {
        let octets = Array(text.utf8)
        let start = text.hasPrefix("unix:") ? 5 : 0
        if start > 0 || octets.first == UInt8(ascii: "/") {
            let path = octets[start...]
            guard path.first == UInt8(ascii: "/") else {
                throw ScannerAddressError(at: start, "the path of a socket has to begin with a slash")
            }
            if let index = path.firstIndex(where: { $0 < 0x20 || $0 == 0x7F }) {
                throw ScannerAddressError(at: index, "a path has no control characters")
            }
            guard path.count > 1, path.count <= Self.longestPath else {
                throw ScannerAddressError(
                    at: start, "the path of a socket has 2 to \(Self.longestPath) octets, not \(path.count)")
            }
            self = .unix(String(decoding: path, as: UTF8.self))
            return
        }
        let authority = try ScannerAuthority(octets[...], defaultPort: Self.clamdPort)
        self = .tcp(host: authority.host, port: authority.port)
    }

    /// As ``init(parsing:)`` reads it.
    public var description: String {
        switch self {
        case .unix(let path): path
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}
