#if Redis

import SMTPSecurity

/// What a script answered.
enum RedisReply: Sendable, Hashable {
    case number(Int64)
    case pair(Int64, Int64)
    case failure(CheckFailure)

    /// A failure of a call whose answer was none that its script gives.
    static let unexpected = CheckFailure("the Redis server gave an unexpected answer")
}

#endif
