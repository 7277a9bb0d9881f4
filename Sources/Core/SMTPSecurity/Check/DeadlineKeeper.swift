import Synchronization

/// Does things when their time has come: one sleeping task for all of them.
///
/// Most deadlines never pass. A task and a timer of its own for each cost more than many a check, and a timer stays with the system until its time
/// has come, whether anybody waits for it or not.
package final class DeadlineKeeper: Sendable {
    /// Something that was to be done.
    package struct Ticket: Sendable {
        fileprivate enum Place: Sendable {
            case kept(UInt64)
            case task(Task<Void, Never>)
        }
        fileprivate let place: Place
    }

    private struct State: Sendable {
        var entries: [UInt64: (time: ContinuousClock.Instant, action: @Sendable () -> Void)] = [:]
        var last: UInt64 = 0
        var isAwake = false
    }

    private static let shared = DeadlineKeeper()
    /// How often it looks. What is due sooner than ten of these gets a timer of its own.
    private static let tick = Duration.milliseconds(100)
    private static let shortest = Duration.seconds(1)

    private let state = Mutex(State())

    private init() {}

    /// Does something after a time, or up to a tenth of it later.
    package static func schedule(
        after duration: Duration, clock: some Clock<Duration>, _ action: @escaping @Sendable () -> Void
    ) -> Ticket {
        guard clock is ContinuousClock, duration >= shortest else {
            return Ticket(
                place: .task(
                    Task {
                        // A cancelled sleep means that nobody waits any more.
                        guard (try? await clock.sleep(for: duration)) != nil else { return }
                        action()
                    }))
        }
        return Ticket(place: .kept(shared.add(.now.advanced(by: duration), action)))
    }

    /// Nobody waits any more.
    package static func cancel(_ ticket: Ticket) {
        switch ticket.place {
        case .kept(let number): shared.state.withLock { _ = $0.entries.removeValue(forKey: number) }
        case .task(let task): task.cancel()
        }
    }

    private func add(_ time: ContinuousClock.Instant, _ action: @escaping @Sendable () -> Void) -> UInt64 {
        let (number, wasAwake) = state.withLock { state in
            defer { state.isAwake = true }
            state.last += 1
            state.entries[state.last] = (time, action)
            return (state.last, state.isAwake)
        }
        // It outlives whoever woke it, so it takes none of their task-local values along.
        if !wasAwake { Task.detached { await self.watch() } }
        return number
    }

    /// Looks again and again, until there is nothing to wait for.
    private func watch() async {
        while true {
            try? await ContinuousClock().sleep(for: Self.tick)
            let now = ContinuousClock.now
            let due = state.withLock { state -> [@Sendable () -> Void]? in
                guard !state.entries.isEmpty else {
                    state.isAwake = false
                    return nil
                }
                var due: [@Sendable () -> Void] = []
                for (number, entry) in state.entries where entry.time <= now {
                    due.append(entry.action)
                    state.entries[number] = nil
                }
                return due
            }
            guard let due else { return }
            for action in due { action() }
        }
    }
}

/// Does work that is cancelled when its time is up, and gives what comes of it then.
package func withDeadline<Value: Sendable>(
    _ duration: Duration, clock: some Clock<Duration>, _ work: @escaping @Sendable () async -> Value
) async -> Value {
    // Begins here and now, without another thread.
    let task = Task.immediate { await work() }
    let ticket = DeadlineKeeper.schedule(after: duration, clock: clock) { task.cancel() }
    defer { DeadlineKeeper.cancel(ticket) }
    return await withTaskCancellationHandler {
        await task.value
    } onCancel: {
        task.cancel()
    }
}
