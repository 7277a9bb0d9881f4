import Synchronization

/// Lets so many in at a time, in the order in which they come.
///
/// A class because its identity is the point: all copies of a check share it.
package final class Gate: Sendable {
    private struct State {
        var free: Int
        var nextTicket: UInt64 = 0
        var waiters: [(ticket: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
        /// Tickets whose tasks were cancelled before they waited.
        var cancelled: Set<UInt64> = []
    }

    private let state: Mutex<State>
    /// How many may be in at a time.
    package let capacity: Int

    /// A gate for so many, at least one.
    package init(_ count: Int) {
        capacity = max(1, count)
        state = Mutex(State(free: capacity))
    }

    /// Takes a place, which has to be given back with ``leave()``, if there is one.
    package func tryEnter() -> Bool {
        state.withLock { state in
            guard state.free > 0 else { return false }
            state.free -= 1
            return true
        }
    }

    /// Waits for a place, which has to be given back with ``leave()``.
    ///
    /// - Returns: whether there is one; `false` if the task was cancelled.
    package func enter() async -> Bool {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        let isIn = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.cancelled.remove(ticket) != nil { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiters.append((ticket, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
                guard let index = state.waiters.firstIndex(where: { $0.ticket == ticket }) else {
                    state.cancelled.insert(ticket)
                    return nil
                }
                return state.waiters.remove(at: index).continuation
            }
            waiter?.resume(returning: false)
        }
        // Cancelled once it was in: nobody waits under this number.
        state.withLock { state in _ = state.cancelled.remove(ticket) }
        return isIn
    }

    /// Gives a place back: to whoever has waited longest.
    package func leave() {
        let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard state.waiters.isEmpty else { return state.waiters.removeFirst().continuation }
            state.free += 1
            return nil
        }
        waiter?.resume(returning: true)
    }
}
