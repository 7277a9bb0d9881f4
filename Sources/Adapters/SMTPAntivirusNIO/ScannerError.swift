public import SMTPAntivirus

/// Why a scanner does not tell what it is.
public struct ScannerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The same as for a sample.
    public let reason: UnscannedReason

    /// The reason, in words.
    public var description: String { reason.description }
}
