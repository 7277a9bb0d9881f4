/// One step of a session.
public struct ServerStep<State: Sendable>: Sendable {
    /// Octets of the input that are done with.
    public var consumed: Int
    /// What to do now.
    public var action: ServerAction<State>

    @inlinable
    init(consumed: Int, action: ServerAction<State>) {
        self.consumed = consumed
        self.action = action
    }
}
