/// One step of a session.
public struct ServerStep: Sendable, Hashable {
    /// Octets of the input that are done with.
    public var consumed: Int
    /// What to do now.
    public var action: ServerAction

    @inlinable
    init(consumed: Int, action: ServerAction) {
        self.consumed = consumed
        self.action = action
    }
}
