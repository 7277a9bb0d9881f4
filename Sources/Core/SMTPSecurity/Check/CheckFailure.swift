/// Why a check could not be done.
public struct CheckFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The reason, for the log; never shown to clients.
    public let description: String

    /// A failure for this reason.
    public init(_ reason: String) { self.description = reason }
}
