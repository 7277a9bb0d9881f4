import SMTPSecurity

/// A recorded session in progress, under both policies.
///
/// A class because its identity is the point: it is in progress.
final class PlayedSession {
    /// What is played.
    let recorded: RecordedSession
    private let run: ReplayedSession
    private let baselineRun: ReplayedSession?
    /// What became of it when it was recorded.
    private let recordedResult: SessionResult

    init(_ recorded: RecordedSession, _ id: SessionID, _ policy: ReplayPolicy, _ baseline: ReplayPolicy?) {
        let script = SessionScript(recorded)
        // Its octets are in the script.
        self.recorded = RecordedSession(connection: recorded.connection, profile: recorded.profile)
        run = ReplayedSession(recorded, script, session: id, policy.pipeline(recorded.connection))
        baselineRun = baseline.map {
            ReplayedSession(recorded, script, session: id, $0.pipeline(recorded.connection))
        }
        recordedResult = SessionResult(recorded: script, isCut: recorded.isCut)
    }

    /// What became of it.
    var result: SessionResult { run.result }
    /// What became of it under what it is compared with.
    var baselineResult: SessionResult { baselineRun?.result ?? recordedResult }

    /// Plays what happens up to a time.
    ///
    /// - Returns: when there is more to play; `nil` once it is over.
    func proceed(to time: Timestamp) async -> Timestamp? {
        for run in [run, baselineRun] {
            if let run, let due = run.nextTime, due <= time { await run.proceed(to: time) }
        }
        return [run.nextTime, baselineRun?.nextTime].compactMap { $0 }.min()
    }
}
