/// Keeps the tapes of sessions, for a replay under other profiles.
///
/// It is called on event loops, so it must not wait for anything.
public protocol SessionRecorder: Sendable {
    /// A session has begun.
    ///
    /// - Parameters:
    ///   - connection: its client.
    ///   - profile: the name of the profile in force.
    /// - Returns: whether the session is recorded; if not, nothing further of it is passed on.
    func begin(_ connection: ConnectionInfo, profile: String) -> Bool

    /// Something happened in a session.
    ///
    /// - Parameters:
    ///   - events: what happened since the last call, in order. With ``TapeEvent/Content/closed`` or ``TapeEvent/Content/disconnected`` the
    ///     session is over.
    ///   - session: the session.
    /// - Returns: whether it is still recorded.
    func record(_ events: [TapeEvent], of session: SessionID) -> Bool
}
