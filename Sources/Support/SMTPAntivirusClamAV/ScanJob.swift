#if ClamAV
import SMTPAntivirus
import Synchronization

/// Scans that a task waits for: until the thread has its results, or until the task is cancelled.
final class ScanJob: Sendable {
    private struct State: Sendable {
        var waiter: CheckedContinuation<[ScanVerdict], Never>?
        var verdicts: [ScanVerdict]?
    }

    private let state = Mutex(State())
    /// Whether nobody waits for the results any more.
    let isCancelled = Atomic(false)

    func wait(_ continuation: CheckedContinuation<[ScanVerdict], Never>) {
        let early = state.withLock { state in
            if state.verdicts == nil { state.waiter = continuation }
            return state.verdicts
        }
        if let early { continuation.resume(returning: early) }
    }

    /// Gives the results; the first ones count.
    func finish(_ verdicts: [ScanVerdict]) {
        let waiter = state.withLock { state -> CheckedContinuation<[ScanVerdict], Never>? in
            guard state.verdicts == nil else { return nil }
            state.verdicts = verdicts
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: verdicts)
    }

    /// Nobody waits any more: the library stops at its next file.
    func cancel() {
        isCancelled.store(true, ordering: .relaxed)
        finish([.unscanned(.deadline)])
    }
}
#endif
