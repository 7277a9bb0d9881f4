import SMTPSecurity
import Synchronization
import Testing

/// What is set around an evaluation.
private enum Mark {
    @TaskLocal static var current = ""
}

/// Finds what is set around it.
private struct Finder: SecurityCheck {
    static let name = "finder"
    static let stages: StageSet = .connection
    static let found = ViolationDefinition(
        check: name, name: "mark", summary: "Found.", enforcement: .alarmOnly, reply: Reply(550, "Found"))
    static let violations = [found]

    func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout NoState) -> Evaluation<NoState> {
        .later { _ in .violation(Self.found, evidence: Evidence(Mark.current)) }
    }
}

/// Never answers.
private struct Silence: SecurityCheck {
    static let name = "silence"
    static let stages: StageSet = .connection
    static let violations: [ViolationDefinition] = []
    let deadline = Duration.nanoseconds(1)

    func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout NoState) -> Evaluation<NoState> {
        // Cancelled as soon as the deadline has passed.
        .later { _ in
            try? await Task.sleep(for: .seconds(3_600))
            return .pass
        }
    }
}

/// Decides at once.
private struct Quick: SecurityCheck {
    static let name = "quick"
    static let stages: StageSet = .connection
    static let violations: [ViolationDefinition] = []

    func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout NoState) -> Evaluation<NoState> {
        .pass
    }
}

/// Keeps what it hears.
private final class Listener: EvaluationObserver {
    let heard = Mutex<[String]>([])
    let ends = Mutex<[EvaluationEnd]>([])

    func observe<Answer: Sendable>(
        check: String, evaluation: () async -> (answer: Answer, end: EvaluationEnd)
    ) async -> Answer {
        heard.withLock { $0.append("begin \(check)") }
        let (answer, end) = await Mark.$current.withValue("mark of \(check)") { await evaluation() }
        heard.withLock { $0.append("end \(check)") }
        ends.withLock { $0.append(end) }
        return answer
    }
}

@Suite("Whoever watches evaluations")
struct EvaluationObserverTests {
    @Test("hears when each that takes time begins and how it ends, and sets what the check sees")
    func observed() async throws {
        let info = ConnectionInfo(
            session: SessionID(rawValue: 1), client: Endpoint(.v4(1), port: 1), local: Endpoint(.v4(2), port: 25),
            time: Timestamp(seconds: 0))
        var session = ServerSession(
            pipeline: CheckPipeline {
                Quick()
                Finder()
                Silence()
            }, connection: info)
        let nothing: [UInt8] = []
        let action = session.step(nothing.span, at: Timestamp(seconds: 0)).action
        #expect(action == .evaluate)
        let taken = session.takeEvaluation()
        let work = try #require(taken)
        let listener = Listener()
        let outcome = await work.run(observer: listener)
        session.resume(outcome, at: Timestamp(seconds: 1))
        #expect(listener.heard.withLock { $0 } == ["begin finder", "end finder", "begin silence", "end silence"])
        let found = Verdict.violation(Finder.found, evidence: Evidence("mark of finder"))
        #expect(listener.ends.withLock { $0 } == [.answered(found), .deadlinePassed(.nanoseconds(1))])
        let evidence = session.records.map(\.evidence.description)
        #expect(evidence.contains("mark of finder"))
    }
}
