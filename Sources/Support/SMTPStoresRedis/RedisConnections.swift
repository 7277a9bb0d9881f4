#if Redis

import SMTPSecurity
import Synchronization

/// A store's connections and the calls that they share.
///
/// A class because its identity is the point: callers and the connections' threads share one. The threads keep it alive until they end.
final class RedisConnections: Sendable {
    let configuration: RedisStoreConfiguration
    private let queue: Mutex<CallQueue>
    /// Wake the connections' threads.
    private let wakers: [Waker]
    /// Wakes the thread that watches over calls before a connection is up.
    private let startWaker: Waker
    /// The state that was told last. While a state is told nobody else tells one, so they come in order.
    private let told = Mutex<RedisStore.State>(.connecting)
    private let onStateChange: (@Sendable (RedisStore.State) -> Void)?
    private let callTime: Int64

    /// - Throws: if the system has no pipes left.
    init(
        _ configuration: RedisStoreConfiguration, onStateChange: (@Sendable (RedisStore.State) -> Void)?
    ) throws(CheckFailure) {
        self.configuration = configuration
        self.onStateChange = onStateChange
        let count = min(max(configuration.connections, 1), 64)
        callTime = max(configuration.callTimeout.wholeNanoseconds, 1_000_000)
        queue = Mutex(CallQueue(connections: count, mostCalls: max(configuration.mostCalls, 1)))
        var wakers: [Waker] = []
        for _ in 0..<count { wakers.append(try Waker()) }
        self.wakers = wakers
        startWaker = try Waker()
    }

    /// Starts the threads.
    ///
    /// - Throws: if the system has no threads left; those that were started end.
    func start() throws(CheckFailure) {
        queue.withLock { $0.threads = wakers.count + 1 }
        var missing = wakers.count + 1
        do throws(CheckFailure) {
            try SystemThread.start { [self] in watchStart() }
            missing -= 1
            for index in wakers.indices {
                try SystemThread.start { [self] in RedisConnection(self, index).run() }
                missing -= 1
            }
        } catch {
            queue.withLock { $0.threads -= missing }
            stop()
            throw error
        }
    }

    /// What the store's owner sees.
    var state: RedisStore.State {
        queue.withLock { queue in
            switch queue.phase {
            case .stopping: .shutDown
            case .starting: .connecting
            case .running: queue.isUp ? .connected : .disconnected(reason: queue.reason)
            }
        }
    }

    // MARK: Callers

    /// Asks the server.
    ///
    /// The answer, or a failure, comes within the time for a call, also for a task that is cancelled meanwhile.
    func ask(_ call: RedisCall) async -> RedisReply {
        let deadline = MonotonicClock.moment(after: callTime)
        return await withUnsafeContinuation { continuation in
            let call = PendingCall(call: call, continuation: continuation, deadline: deadline)
            switch queue.withLock({ $0.admit(call) }) {
            case .waits(wake: nil): break
            case .waits(wake: .some(let index)): wakers[index].wake()
            case .refused(let failure): continuation.resume(returning: .failure(failure))
            }
        }
    }

    /// Takes no further calls, and ends the threads once calls in flight have their answers.
    func stop() {
        let failed = queue.withLock { queue -> [PendingCall] in
            queue.phase = .stopping
            return queue.isUp ? [] : queue.drain()
        }
        fail(failed, CheckFailure("the Redis store is shut down"))
        for waker in wakers { waker.wake() }
        startWaker.wake()
    }

    /// Returns when all threads have ended.
    func end() async {
        await withCheckedContinuation { continuation in
            let hasEnded = queue.withLock { queue in
                if queue.threads > 0 { queue.endWaiters.append(continuation) }
                return queue.threads == 0
            }
            if hasEnded { continuation.resume() }
        }
    }

    // MARK: Connections' threads

    var isStopping: Bool { queue.withLock { $0.phase == .stopping } }

    func waker(_ index: Int) -> Waker { wakers[index] }

    /// As ``CallQueue/take(_:into:inFlight:answered:)``.
    func take(_ index: Int, into taken: inout [PendingCall], inFlight: Int, answered: Int) -> CallQueue.Turn {
        queue.withLock { $0.take(index, into: &taken, inFlight: inFlight, answered: answered) }
    }

    /// Notes that calls are about to get their answers.
    func settle(_ count: Int) {
        if count > 0 { queue.withLock { $0.unanswered -= count } }
    }

    /// Notes that a connection is ready for calls.
    func win(_ index: Int) {
        queue.withLock { $0.win(index) }
        startWaker.wake()
        tell()
    }

    /// Notes that a connection is down, or that an attempt to have it up failed.
    ///
    /// - Parameter inFlight: its calls in flight, which fail.
    func lose(_ index: Int, _ failure: CheckFailure, inFlight: [PendingCall], isFirstAttempt: Bool) {
        let (failed, wake) = queue.withLock { queue in
            queue.unanswered -= inFlight.count
            return queue.lose(index, reason: failure.description, isFirstAttempt: isFirstAttempt)
        }
        if let wake { wakers[wake].wake() }
        fail(inFlight, CheckFailure("the connection to Redis was lost: \(failure)"))
        fail(failed, CheckFailure("no connection to Redis: \(failure)"))
        startWaker.wake()
        tell()
    }

    /// Notes that a thread ends.
    func threadEnds() {
        let waiters = queue.withLock { queue -> [CheckedContinuation<Void, Never>] in
            queue.threads -= 1
            guard queue.threads == 0 else { return [] }
            defer { queue.endWaiters = [] }
            return queue.endWaiters
        }
        for waiter in waiters { waiter.resume() }
    }

    // MARK: Parts

    /// Ends calls in time before a first connection is up: connections' threads may be looking up names.
    private func watchStart() {
        while true {
            let now = MonotonicClock.now
            let (isOver, overdue, next) = queue.withLock { queue in
                (queue.phase != .starting, queue.drainOverdue(at: now), queue.waiting.first?.deadline)
            }
            fail(overdue, CheckFailure("no connection to Redis yet"))
            if isOver { break }
            // A call that comes meanwhile has at least so long.
            startWaker.sleep(until: next ?? MonotonicClock.moment(after: callTime))
        }
        threadEnds()
    }

    /// Tells the owner that the state changed, if it did.
    private func tell() {
        guard let onStateChange else { return }
        told.withLock { told in
            let current = state
            switch (told, current) {
            case (_, .connecting), (_, .shutDown), (.connected, .connected), (.disconnected, .disconnected): return
            default:
                told = current
                onStateChange(current)
            }
        }
    }

    private func fail(_ calls: [PendingCall], _ failure: CheckFailure) {
        for call in calls { call.continuation.resume(returning: .failure(failure)) }
    }
}

#endif
