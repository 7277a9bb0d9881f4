#if Redis

/// Which Redis server keeps what the stores remember, and how it is asked.
public struct RedisStoreConfiguration: Sendable, Hashable, CustomStringConvertible {
    /// Where the server listens.
    public var address: RedisAddress
    /// User and password; `nil` where none is needed.
    public var credentials: RedisCredentials?
    /// The number of the database.
    public var database = 0
    /// TLS; `nil` for none.
    public var tls: RedisTLS?
    /// What every key in the server begins with.
    public var keyPrefix = "smtp-security:"
    /// How many connections are held, 1 to 64; clamped. One serves all calls, since one is enough to keep a server busy; the others are
    /// ready to take over.
    public var connections = 2
    /// How long a connection may take to be ready for calls: TCP, TLS, authentication and scripts together.
    public var connectTimeout: Duration = .seconds(2)
    /// How long a call may take.
    public var callTimeout: Duration = .milliseconds(250)
    /// How long a lost connection rests before it is rebuilt the first time.
    public var firstBackOff: Duration = .milliseconds(50)
    /// The longest time between two attempts to rebuild a connection. From ``firstBackOff`` on it doubles up to this; each rest is shortened
    /// by a random part of up to a half, so that many machines do not come back at once.
    public var longestBackOff: Duration = .seconds(5)
    /// The most calls that may be without an answer; further ones fail at once.
    public var mostCalls = 16_384
    /// Whose clock decides.
    public var timeSource = RedisTimeSource.server

    /// A server at this address, with all else as described.
    public init(_ address: RedisAddress) { self.address = address }

    /// The server of a URL.
    ///
    /// - `redis://[[user]:password@]host[:port][/database]`
    /// - `rediss://…`: the same over TLS, with the system's authorities unless ``tls`` is set
    /// - `redis+unix://[[user]:password@]/path[?db=database]`, or `unix://…`
    ///
    /// User, password and path may be percent-encoded. The port is 6379 where none is given.
    ///
    /// - Throws: ``RedisURLError``, which says what is wrong and contains no piece of the URL.
    public init(url: String) throws(RedisURLError) {
        let parts = try RedisURL(url)
        self.init(parts.address)
        credentials = parts.credentials
        database = parts.database
        tls = parts.isTLS ? RedisTLS() : nil
    }

    /// The address and the database; not the password.
    public var description: String { "Redis at \(address), database \(database)\(tls == nil ? "" : ", with TLS")" }
}

#endif
