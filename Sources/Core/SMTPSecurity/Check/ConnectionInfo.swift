/// What is known of a client before it says anything.
public struct ConnectionInfo: Sendable, Hashable {
    /// The session.
    public var session: SessionID
    /// Where the client comes from.
    public var client: Endpoint
    /// Where it connected to.
    public var local: Endpoint
    /// When it connected.
    public var time: Timestamp

    /// What is known of a client.
    public init(session: SessionID, client: Endpoint, local: Endpoint, time: Timestamp) {
        self.session = session
        self.client = client
        self.local = local
        self.time = time
    }
}
