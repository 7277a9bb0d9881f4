public import SMTPSecurity

/// Hears of what happens in a proxy's sessions: a transaction log, metrics.
///
/// It is called on event loops, so it must not wait for anything.
public protocol SessionObserver: Sendable {
    /// A violation was raised.
    ///
    /// - Parameters:
    ///   - record: the violation.
    ///   - transcript: the session's last lines up to now; `nil` where none are kept, see `SessionSettings.transcriptLines`.
    ///   - message: the whole message that it is about; `nil` where a check did not have one.
    func observe(_ record: ViolationRecord, transcript: SessionTranscript?, message: ObservedMessage?)

    /// A session has ended.
    ///
    /// - Parameters:
    ///   - statistics: what it counted.
    ///   - profile: the name of the profile that was in force.
    ///   - time: when it ended.
    func observe(_ statistics: ProfileStatistics, profile: String, at time: Timestamp)
}
