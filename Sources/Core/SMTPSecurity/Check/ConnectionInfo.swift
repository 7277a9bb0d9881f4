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

/// The number of a session, unique within a process.
@frozen
public struct SessionID: Sendable, Hashable, CustomStringConvertible, BitwiseCopyable {
    /// The number.
    public let rawValue: UInt64

    /// The session with this number.
    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The number in hexadecimal.
    public var description: String { String(rawValue, radix: 16) }
}

/// What is known of a client before it says anything.
public struct ConnectionInfo: Sendable, Hashable {
    /// The session.
    public var session: SessionID
    /// Where the client comes from.
    public var client: Endpoint
    /// Where it connected to.
    public var local: Endpoint
    /// When it connected.
    public var time: Timestamp

    /// What is known of a client.
    public init(session: SessionID, client: Endpoint, local: Endpoint, time: Timestamp) {
        self.session = session
        self.client = client
        self.local = local
        self.time = time
    }
}
