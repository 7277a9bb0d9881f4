/// When a proxy makes the connection to its upstream server.
public enum UpstreamConnectionTime: String, Sendable, Hashable, CaseIterable {
    /// At the client's greeting: clients that never greet cost the upstream server nothing.
    case lazy
    /// At once: a client gets no banner that the upstream server would not give.
    case eager
}
