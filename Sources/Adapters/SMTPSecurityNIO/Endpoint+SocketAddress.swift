public import NIOCore
public import SMTPSecurity

extension Endpoint {
    /// The endpoint of a socket; `nil` for what is neither IPv4 nor IPv6. An IPv4 address in IPv6 notation is given as IPv4.
    public init?(_ address: SocketAddress?) {
        guard let address, let text = address.ipAddress, let parsed = try? IPAddress(text) else { return nil }
        self.init(parsed.canonical, port: UInt16(clamping: address.port ?? 0))
    }
}
