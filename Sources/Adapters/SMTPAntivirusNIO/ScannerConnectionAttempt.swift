import Synchronization

/// A connection that is being made, and the task that waits for it.
///
/// A class because its identity is the point: whoever is first, the connection or the cancellation, ends the waiting.
final class ScannerConnectionAttempt: Sendable {
    /// How it ends.
    enum Result: Sendable {
        case connected(ScannerConnection)
        case failed(String)
        /// The task is cancelled; nothing was begun.
        case cancelled
        /// The task is cancelled, but the attempt goes on.
        case abandoned
    }

    private enum State: Sendable {
        case new
        case waiting(CheckedContinuation<Result, Never>)
        case ended
    }

    private let state = Mutex(State.new)

    /// - Returns: whether anybody waits. Otherwise the task is cancelled.
    func begin(_ continuation: CheckedContinuation<Result, Never>) -> Bool {
        let begins = state.withLock { state in
            guard case .new = state else { return false }
            state = .waiting(continuation)
            return true
        }
        if !begins { continuation.resume(returning: .cancelled) }
        return begins
    }

    /// - Returns: whether this has ended the waiting.
    @discardableResult
    func end(_ result: Result) -> Bool {
        let waiting = state.withLock { state in
            defer { state = .ended }
            if case .waiting(let continuation) = state { return Optional(continuation) }
            return nil
        }
        waiting?.resume(returning: result)
        return waiting != nil
    }
}
