#if ClamAV
import SMTPAntivirus
import Synchronization

/// A scan that a task waits for: until the thread has its result, or until the task is cancelled.
final class ScanJob: Sendable {
    private struct State: Sendable {
        var waiter: CheckedContinuation<ScanVerdict, Never>?
        var verdict: ScanVerdict?
    }

    private let state = Mutex(State())
    let watch: ScanWatch

    init(_ watch: ScanWatch) { self.watch = watch }

    func wait(_ continuation: CheckedContinuation<ScanVerdict, Never>) {
        let early = state.withLock { state in
            if state.verdict == nil { state.waiter = continuation }
            return state.verdict
        }
        if let early { continuation.resume(returning: early) }
    }

    /// Gives the result; the first one counts.
    func finish(_ verdict: ScanVerdict) {
        let waiter = state.withLock { state -> CheckedContinuation<ScanVerdict, Never>? in
            guard state.verdict == nil else { return nil }
            state.verdict = verdict
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: verdict)
    }

    /// Nobody waits any more: the library stops at its next file.
    func cancel() {
        watch.isCancelled.store(true, ordering: .relaxed)
        finish(.unscanned(.deadline))
    }
}
#endif
