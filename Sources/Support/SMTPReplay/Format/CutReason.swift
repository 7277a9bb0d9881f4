/// Why the rest of a session is not recorded.
public enum CutReason: UInt8, Sendable, Hashable, CaseIterable {
    /// The client sent more than is kept of one session.
    case sessionLimit = 1
    /// Events came faster than they could be written.
    case queueFull = 2
}
