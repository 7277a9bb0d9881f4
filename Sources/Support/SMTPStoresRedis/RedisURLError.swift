#if Redis

/// What is wrong with the URL of a Redis server. It never contains a piece of the URL: that may be a password.
public enum RedisURLError: Error, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// The scheme is none of `redis`, `rediss`, `redis+unix` and `unix`, or there is no `://`.
    case unknownScheme
    /// No host.
    case missingHost
    /// A bracket without its counterpart, or text behind it that is no port.
    case malformedHost
    /// The port is no number from 1 to 65535.
    case invalidPort
    /// The number of the database is none.
    case invalidDatabase
    /// A user without a password.
    case missingPassword
    /// A `%` without two hexadecimal digits, or text that is not UTF-8 or contains NUL.
    case invalidEscape
    /// The URL of a UNIX domain socket has no absolute path.
    case missingPath
    /// The URL of a UNIX domain socket has a host.
    case unexpectedHost
    /// A query other than `db=`, which only UNIX domain sockets have, or a fragment.
    case unexpectedPart

    /// The reason, in words.
    public var description: String {
        let reason =
            switch self {
            case .unknownScheme: "it does not begin with redis://, rediss://, redis+unix:// or unix://"
            case .missingHost: "it has no host"
            case .malformedHost: "its host is malformed"
            case .invalidPort: "its port is not a number from 1 to 65535"
            case .invalidDatabase: "its database is not a number"
            case .missingPassword: "it has a user without a password"
            case .invalidEscape: "it has a % without two hexadecimal digits, or text that is not UTF-8"
            case .missingPath: "it has no absolute path of a socket"
            case .unexpectedHost: "it has a host, where only a path belongs"
            case .unexpectedPart: "it has a query or a fragment that does not belong there"
            }
        return "not the URL of a Redis server: \(reason)"
    }
}

#endif
