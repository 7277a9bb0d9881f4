#if Redis

public import SMTPSecurity

/// Keeps what checks remember in a Redis server, so that several machines decide as one.
///
/// - Every decision is one script within the server, so it is atomic across all machines. Redis 5 or later, without cluster mode: the
///   keys of one decision may be anywhere.
/// - Every key has an expiry, a minute after it has lost its meaning: nothing is left behind. Entries are not accounted to clients; what
///   limits them is the server's `maxmemory`, which should come with `noeviction`, so that a full server refuses instead of forgetting.
/// - Calls fail in time, whatever the server does: after ``RedisStoreConfiguration/callTimeout`` where an answer does not come, and at
///   once while no connection is up. A lost connection is rebuilt. A call that failed for want of an answer may have been counted.
/// - An error of the server, for example for want of memory, fails the call that it answers.
///
/// Calls may come from any thread. Connections have threads of their own.
///
/// A class because its identity is the point: it owns connections.
public final class RedisStore: RateStore, FirstSeenStore, TallyStore {
    /// Whether calls can be answered.
    public enum State: Sendable, Hashable {
        /// The first attempts to connect are under way. Calls wait, within their time.
        case connecting
        /// A connection is up.
        case connected
        /// No connection is up, for this reason, which is safe to log; they are rebuilt. Calls fail at once.
        case disconnected(reason: String)
        /// The store was shut down. Calls fail at once.
        case shutDown
    }

    private let connections: RedisConnections

    /// A store that begins to connect.
    ///
    /// - Parameters:
    ///   - configuration: the server, and how it is asked.
    ///   - onStateChange: told ``State/connected`` and ``State/disconnected(reason:)`` when the one becomes the other, once for each change and in
    ///     order, for the log. It runs on a connection's thread, which waits for it.
    /// - Throws: if the system has no descriptors or threads left.
    public init(
        _ configuration: RedisStoreConfiguration, onStateChange: (@Sendable (State) -> Void)? = nil
    ) throws(CheckFailure) {
        connections = try RedisConnections(configuration, onStateChange: onStateChange)
        try connections.start()
    }

    deinit {
        connections.stop()
    }

    /// Whether calls can be answered at this moment.
    public var state: State { connections.state }

    /// Takes no further calls, lets those in flight come to their end, closes the connections, and returns when the threads have ended.
    ///
    /// That takes as long as a call may at most, or, for a connection that is being built, as long as connecting and looking up the
    /// host's name may. A store that is released without it does the same without anybody waiting.
    public func shutdown() async {
        connections.stop()
        await connections.end()
    }

    /// Asks the server, and makes a decision of its answer.
    ///
    /// - Parameter decide: gets the numbers of the answer: a first, and a second where there are two. `nil` if they make no sense.
    private func later<Decision: Sendable>(
        _ call: RedisCall, _ decide: @escaping @Sendable (Int64, Int64?) -> Decision?
    ) -> StoreAnswer<Decision> {
        // The closure holds on to the store: it must not be shut down before its calls are done.
        .later { [self] () async throws(CheckFailure) -> Decision in
            let decision =
                switch await connections.ask(call) {
                case .number(let number): decide(number, nil)
                case .pair(let first, let second): decide(first, second)
                case .failure(let failure): throw failure
                }
            guard let decision else { throw RedisReply.unexpected }
            return decision
        }
    }

    // MARK: RateStore

    /// As ``RateStore`` has it.
    public func charge(_ charges: [RateCharge], by client: IPAddress, at now: Timestamp) -> StoreAnswer<RateDecision> {
        guard !charges.isEmpty else { return .now(.allowed) }
        let count = Int64(charges.count)
        return later(.charge(charges, now: now)) { position, wait in
            guard let wait else { return position == 0 ? .allowed : nil }
            guard 1...count ~= position else { return nil }
            return .exceeded(charge: Int(position - 1), retryAfter: .microseconds(wait))
        }
    }

    // MARK: FirstSeenStore

    /// As ``FirstSeenStore`` has it.
    public func note(
        _ request: FirstSeenRequest, by client: IPAddress, at now: Timestamp
    ) -> StoreAnswer<FirstSeenDecision> {
        let delay = request.rule.exactDelay
        return later(.note(request, now: now)) { kind, number in
            switch (kind, number) {
            case (0, nil): .unseen(wait: .microseconds(delay))
            case (1, nil): .trusted
            case (2, .some(let age)): .early(wait: .microseconds(delay - age))
            case (3, .some(let age)): .passed(waited: .microseconds(age))
            case (4, .some(let passes)): .known(passes: Int(passes))
            default: nil
            }
        }
    }

    // MARK: TallyStore

    /// As ``TallyStore`` has it.
    public func record(
        isFailure: Bool, of keys: [StoreKey], rule: TallyRule, by client: IPAddress, at now: Timestamp
    ) -> StoreAnswer<TallyDecision> {
        guard !keys.isEmpty else { return .now(.tolerated) }
        let count = Int64(keys.count)
        return later(.record(isFailure: isFailure, keys: keys, rule: rule, now: now)) { kind, number in
            switch (kind, number) {
            case (0, nil): .tolerated
            case (1, .some(let position)) where 1...count ~= position: .exceeded(key: Int(position - 1))
            case (2, .some(let remaining)): .penalized(remaining: .milliseconds(remaining))
            default: nil
            }
        }
    }

    /// As ``TallyStore`` has it.
    public func penalty(of keys: [StoreKey], at now: Timestamp) -> StoreAnswer<Duration?> {
        guard !keys.isEmpty else { return .now(nil) }
        return later(.penalty(keys: keys, now: now)) { remaining, _ in
            .some(remaining > 0 ? .milliseconds(remaining) : nil)
        }
    }
}

#endif
