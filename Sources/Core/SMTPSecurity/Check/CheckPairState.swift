/// The session states of two sequences.
public struct CheckPairState<First: Sendable, Second: Sendable>: Sendable {
    /// The first one's.
    public var first: First
    /// The second one's.
    public var second: Second

    /// Both.
    @inlinable
    public init(first: First, second: Second) {
        self.first = first
        self.second = second
    }
}
