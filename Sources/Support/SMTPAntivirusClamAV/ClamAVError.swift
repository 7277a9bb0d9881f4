#if ClamAV
/// Why a ``ClamAVScanner`` cannot be made, or why a database was refused.
public struct ClamAVError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, with the words of the library.
    public let description: String
}
#endif
