#if Unbound
import SMTPDNS
import Synchronization

/// A question on its way.
///
/// A class because its identity is the point: libunbound gets a pointer to it.
final class UnboundQuery: Sendable {
    typealias Answer = Result<DNSAnswer, DNSFailure>

    private struct State {
        var continuation: CheckedContinuation<Answer, Never>?
        /// What to say as soon as somebody listens.
        var early: Answer?
        var isOver = false
        /// libunbound's number for it.
        var number: Int32?
    }

    let question: DNSQuestion
    private let state = Mutex(State())

    init(_ question: DNSQuestion) { self.question = question }

    var isOver: Bool { state.withLock { $0.isOver } }

    /// The number of a question that libunbound knows.
    var number: Int32? {
        get { state.withLock { $0.number } }
        set { state.withLock { $0.number = newValue } }
    }

    /// Somebody waits for the answer.
    func begin(_ continuation: CheckedContinuation<Answer, Never>) {
        let early = state.withLock { state -> Answer? in
            if state.early == nil { state.continuation = continuation }
            return state.early
        }
        if let early { continuation.resume(returning: early) }
    }

    /// Gives the answer; a second one is dropped.
    func finish(_ answer: Answer) {
        let continuation = state.withLock { state -> CheckedContinuation<Answer, Never>? in
            guard !state.isOver else { return nil }
            state.isOver = true
            if state.continuation == nil { state.early = answer }
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume(returning: answer)
    }
}
#endif
