#if Redis

/// Where a Redis server listens.
public enum RedisAddress: Sendable, Hashable, CustomStringConvertible {
    /// A host name or address, and a TCP port.
    case tcp(host: String, port: UInt16)
    /// The path of a UNIX domain socket.
    case unix(path: String)

    /// For example `redis.example.org:6379`, `[2001:db8::1]:6379` or `/run/redis/redis.sock`.
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): path
        }
    }
}

#endif
