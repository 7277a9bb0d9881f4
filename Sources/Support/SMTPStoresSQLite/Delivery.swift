#if SQLite
import SMTPSecurity
import Synchronization

/// Whether what was changed together is in the file, for all who wait for it.
///
/// A class because its identity is the point: it is waited for.
final class Delivery: Sendable {
    private struct State {
        var isOver = false
        var failure: CheckFailure?
        var waiting: [CheckedContinuation<CheckFailure?, Never>] = []
    }

    private let state = Mutex(State())

    /// Returns when it is.
    ///
    /// - Throws: why it is not.
    func wait() async throws(CheckFailure) {
        let failure = await withCheckedContinuation { continuation in
            let (isOver, failure) = state.withLock { state in
                if !state.isOver { state.waiting.append(continuation) }
                return (state.isOver, state.failure)
            }
            if isOver { continuation.resume(returning: failure) }
        }
        if let failure { throw failure }
    }

    /// Says it to all who wait.
    func finish(_ failure: CheckFailure?) {
        let waiting = state.withLock { state in
            state.isOver = true
            state.failure = failure
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: failure) }
    }
}
#endif
