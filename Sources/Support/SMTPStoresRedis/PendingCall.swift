#if Redis

/// A call that waits for its answer.
///
/// Whoever holds it resumes its continuation exactly once: a call is in one place at a time, first in ``CallQueue/waiting``, then among
/// one connection's calls in flight, and leaves it when it is answered.
struct PendingCall: Sendable {
    let call: RedisCall
    let continuation: UnsafeContinuation<RedisReply, Never>
    /// When it fails, by ``MonotonicClock``.
    let deadline: Int64
    /// Whether it was sent with its script's source, because the server did not have it.
    var isRepeated = false
}

#endif
