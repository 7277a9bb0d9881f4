import SMTPSecurity
import Testing

/// A session whose checks are asked when its client connects, and take time.
enum AskedSession {
    typealias Work = PendingEvaluation<[any Sendable]>

    /// What the session says of its checks once they have been asked.
    static func records(
        _ checks: [any SecurityCheck], _ ask: (Work) async -> Work.Outcome
    ) async throws -> [ViolationRecord] {
        let info = ConnectionInfo(
            session: SessionID(rawValue: 1), client: Endpoint(.v4(1), port: 1), local: Endpoint(.v4(2), port: 25),
            time: Timestamp(seconds: 0))
        var session = ServerSession(pipeline: CheckPipeline { AnyCheckSequence(checks) }, connection: info)
        let nothing: [UInt8] = []
        let action = session.step(nothing.span, at: Timestamp(seconds: 0)).action
        #expect(action == .evaluate)
        let taken = session.takeEvaluation()
        let work = try #require(taken)
        session.resume(await ask(work), at: Timestamp(seconds: 1))
        return session.records
    }

    /// What a caller is told that does not wait in a task; to be told twice would be the end of this.
    static func told(
        _ work: Work, clock: some Clock<Duration> = ContinuousClock(), by observer: (any EvaluationObserver)? = nil
    ) async -> Work.Outcome {
        await withCheckedContinuation { continuation in
            work.start(clock: clock, observer: observer) { continuation.resume(returning: $0) }
        }
    }
}
