#if ClamAV
/// The signatures that a ``ClamAVScanner`` goes by.
public struct ClamAVDatabase: Sendable, Hashable {
    /// How many signatures there are.
    public let signatures: Int
    /// When they were published, in seconds since 1970: what the database itself says, or else the date of its newest file; `nil` if neither is known.
    public let published: Int64?
    /// The version of the daily database; `nil` for databases without one.
    public let version: Int?
    /// How many databases were loaded before it.
    public let generation: Int

    /// How old the signatures are, in seconds.
    ///
    /// - Parameter now: seconds since 1970.
    public func age(at now: Int64) -> Int64? { published.map { max(0, now - $0) } }
}
#endif
