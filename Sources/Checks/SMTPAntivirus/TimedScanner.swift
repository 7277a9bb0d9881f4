import SMTPSecurity
import Synchronization

/// A scanner that watches the time itself, so that no task has to be made that can be cancelled: for each message, that takes longer than
/// most of what a check does.
package protocol TimedScanner: VirusScanner {
    /// Its threads, if they run tasks: a scan in one of those does not have to change threads.
    var executor: (any TaskExecutor)? { get }

    /// Scans several samples as ``VirusScanner/scan(_:)-([ScanSample])`` does, until the time is up.
    func scan(_ samples: [ScanSample], until time: ScanTime) async -> [ScanVerdict]
}

extension TimedScanner {
    package var executor: (any TaskExecutor)? { nil }
}

/// How long the scans of one message may take.
///
/// A class because its identity is the point: whoever scans waits for the same moment.
package final class ScanTime: Sendable {
    private struct State {
        var isUp = false
        var action: (@Sendable () -> Void)?
        var ticket: DeadlineKeeper.Ticket?
    }

    private let state = Mutex(State())

    /// Begins now, and has to be ended.
    package init(_ duration: Duration, clock: some Clock<Duration>) {
        let ticket = DeadlineKeeper.schedule(after: duration, clock: clock) { self.pass() }
        state.withLock { $0.ticket = ticket }
    }

    /// Whether it is up.
    package var isUp: Bool { state.withLock { $0.isUp } }

    /// What is to be done once it is up; at once if it is.
    package func whenUp(_ action: @escaping @Sendable () -> Void) {
        let isUp = state.withLock { state in
            if !state.isUp { state.action = action }
            return state.isUp
        }
        if isUp { action() }
    }

    /// Nobody waits any more.
    func end() {
        let ticket = state.withLock { state in
            state.action = nil
            return state.ticket.take()
        }
        if let ticket { DeadlineKeeper.cancel(ticket) }
    }

    private func pass() {
        let action = state.withLock { state in
            state.isUp = true
            return state.action.take()
        }
        action?()
    }
}
