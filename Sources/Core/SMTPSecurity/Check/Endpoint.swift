/// An address and a port.
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// The address; an IPv4 address in IPv6 notation is given as IPv4.
    public var address: IPAddress
    /// The port, 0 where there is none.
    public var port: UInt16

    /// An endpoint.
    public init(_ address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// `192.0.2.1:25` or `[2001:db8::1]:25`.
    public var description: String {
        switch address {
        case .v4: "\(address):\(port)"
        case .v6: "[\(address)]:\(port)"
        }
    }
}
