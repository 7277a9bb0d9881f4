#if ClamAV
import Foundation
import Synchronization

/// Threads for work that takes long and cannot be suspended. They end with their owner.
///
/// A class because its identity is the point: it owns threads.
final class ScanThreads: TaskExecutor {
    private let queue = JobQueue()

    /// - Parameter count: how many threads, at least one.
    init(_ count: Int) {
        for _ in 0..<max(1, count) {
            // The threads hold the queue, not this: otherwise nobody would ever end them.
            let thread = Thread { [queue] in
                while let job = queue.next() { job() }
            }
            thread.name = "virus scan"
            // The library's parsers of archives in archives call themselves.
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    deinit { queue.close() }

    /// Runs something on one of the threads, after what came before it.
    func run(_ job: @escaping @Sendable () -> Void) { queue.add(job) }

    /// Runs a part of a task on one of the threads, after what came before it.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        run { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Whether the task that asks runs on these threads.
    var isCurrent: Bool {
        withUnsafeCurrentTask { $0?.unownedTaskExecutor == asUnownedTaskExecutor() }
    }
}

/// What waits for a thread.
private final class JobQueue: Sendable {
    private struct State: Sendable {
        var jobs: [@Sendable () -> Void] = []
        /// Where the next one is.
        var first = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)

    func add(_ job: @escaping @Sendable () -> Void) {
        state.withLock { $0.jobs.append(job) }
        signal.signal()
    }

    func close() {
        state.withLock { $0.isClosed = true }
        signal.signal()
    }

    /// Waits for a job; `nil` once there will be none.
    func next() -> (@Sendable () -> Void)? {
        signal.wait()
        let job = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.first < state.jobs.count else { return nil }
            let job = state.jobs[state.first]
            state.first += 1
            if state.first == state.jobs.count || state.first > 1_024 {
                state.jobs.removeFirst(state.first)
                state.first = 0
            }
            return job
        }
        // Closed: the next thread has to wake up as well.
        if job == nil { signal.signal() }
        return job
    }
}
#endif
