/// The number of a session, unique within a process.
@frozen
public struct SessionID: Sendable, Hashable, CustomStringConvertible, BitwiseCopyable {
    /// The number.
    public let rawValue: UInt64

    /// The session with this number.
    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The number in hexadecimal.
    public var description: String { String(rawValue, radix: 16) }
}
