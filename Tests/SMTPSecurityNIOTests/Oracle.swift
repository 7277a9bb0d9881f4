import SMTPSecurity
import Tracing

/// A check that takes time at `MAIL`, makes a span of its own meanwhile, and ends as it is told.
struct Oracle: SecurityCheck {
    enum Answer: Sendable, CaseIterable {
        case pass
        case violation
        case incomplete
        case unavailable
        case late
    }

    static let name = "oracle"
    static let stages: StageSet = .sender
    static let found = ViolationDefinition(
        check: name, name: "found", summary: "Found.", reply: Reply(550, EnhancedStatusCode(5, 7, 1), "Found"))
    static let violations = [found]

    let answer: Answer
    let tracer: any Tracer

    /// So short that a check that never answers costs no time.
    var deadline: Duration { answer == .late ? .nanoseconds(1) : .seconds(60) }

    func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout NoState) -> Evaluation<NoState> {
        let (answer, tracer) = (answer, tracer)
        return .later { _ throws(CheckFailure) in
            if answer != .late { tracer.startSpan("question").end() }
            switch answer {
            case .pass: return .pass
            case .violation: return .violations([Violation(Self.found), Violation(Self.found)])
            case .incomplete: return .incomplete([Violation(Self.found)], CheckFailure("half"))
            case .unavailable: throw CheckFailure("nobody\r\nthere")
            case .late:
                // Until it is cancelled.
                try? await Task.sleep(for: .seconds(3_600))
                return .pass
            }
        }
    }
}
