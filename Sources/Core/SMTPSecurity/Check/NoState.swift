/// The session state of a check that remembers nothing.
@frozen
public struct NoState: Sendable, Hashable, BitwiseCopyable {
    /// The only value.
    @inlinable
    public init() {}
}
