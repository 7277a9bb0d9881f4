public import SMTPSecurity

/// One frame of a recording: something that happened in one of its sessions.
public struct RecordedFrame: Sendable, Hashable {
    /// What happened.
    public enum Content: Sendable, Hashable {
        /// A client has connected; the name is that of the profile in force.
        case begin(client: Endpoint, local: Endpoint, profile: String)
        /// Something happened in the session.
        case event(TapeEvent.Content)
        /// The rest of the session is not recorded.
        case cut(CutReason)
    }

    /// The session.
    public var session: SessionID
    /// When it happened. Octets of a client have the time when they arrived, and come after what happened until they were read.
    public var time: Timestamp
    /// What happened.
    public var content: Content

    /// A frame.
    public init(_ content: Content, session: SessionID, at time: Timestamp) {
        self.content = content
        self.session = session
        self.time = time
    }
}
