import SMTPSecurity

/// Plays recorded sessions again under one policy or two, and compares what becomes of them.
///
/// All sessions are played together, by the times of the recording: what a client sent comes when it came, limits and delays run in
/// that time, and checks that remember across sessions see them in their true order. The upstream server answers what it answered to the same
/// command. Only checks that ask others (a resolver, a scanner) take real time.
///
/// ```swift
/// var recordings = try RecordingSet(["/var/spool/smtp-recordings"])
/// let report = try await Replay(stricter, against: current).run(&recordings)
/// ```
public struct Replay: Sendable {
    /// What is tried.
    public var policy: ReplayPolicy
    /// What it is compared with; `nil` for what became of the sessions when they were recorded.
    public var baseline: ReplayPolicy?
    /// The most examples of each difference.
    public var examples: Int

    /// A replay.
    ///
    /// - Parameters:
    ///   - policy: what is tried.
    ///   - baseline: what it is compared with; `nil` for what became of the sessions when they were recorded.
    ///   - examples: the most examples of each difference.
    public init(_ policy: ReplayPolicy, against baseline: ReplayPolicy? = nil, examples: Int = 3) {
        self.policy = policy
        self.baseline = baseline
        self.examples = examples
    }

    /// Plays the sessions of recordings.
    ///
    /// - Throws: what is damaged.
    public func run(_ recordings: inout RecordingSet) async throws(RecordingError) -> ReplayReport {
        var report = try await run { () throws(RecordingError) in try recordings.next() }
        report.note(recordings.figures)
        return report
    }

    /// Plays sessions.
    ///
    /// - Parameter next: gives the next session, in the order in which they began; `nil` at the end.
    /// - Throws: what `next` throws.
    public func run<Failure: Error>(
        _ next: () throws(Failure) -> RecordedSession?
    ) async throws(Failure) -> ReplayReport {
        var comparison = Comparison(policy: policy.name, baseline: baseline?.name, examples: max(0, examples))
        var queue = EventQueue<PlayedSession>()
        var following = try next()
        var number: UInt64 = 0
        while true {
            // A session begins before what happens at the same time in others that began earlier goes on.
            if let recorded = following, queue.firstTime.map({ recorded.connection.time <= $0 }) ?? true {
                number += 1
                let played = PlayedSession(recorded, SessionID(rawValue: number), policy, baseline)
                queue.add(played, at: recorded.connection.time)
                following = try next()
            }
            guard let (time, played) = queue.removeFirst() else { break }
            if let later = await played.proceed(to: time) {
                queue.add(played, at: max(time, later))
            } else {
                comparison.add(played.recorded, played.result, against: played.baselineResult)
            }
        }
        return comparison.report
    }
}
