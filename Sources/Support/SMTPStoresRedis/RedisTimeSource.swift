#if Redis

/// Whose clock decides.
public enum RedisTimeSource: Sendable, Hashable {
    /// The time that is passed with each call.
    case session
    /// The clock of the Redis server, read within each decision: machines whose clocks differ agree.
    case server
}

#endif
