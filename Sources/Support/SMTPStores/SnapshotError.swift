import SMTPSecurity

/// Why a snapshot could not be written or read.
public struct SnapshotError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What happened, with the file's name.
    public let description: String

    init(_ path: String, _ reason: String) {
        description = "snapshot \"\(Evidence(path))\": \(reason)"
    }
}
