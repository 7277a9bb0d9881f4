/// Says what a file is by its octets, whatever its name and its `Content-Type` claim.
///
/// An answer is a well-founded guess: a file may be valid in several formats at once, and what its recipient's programs make of it is theirs.
public protocol FileTypeDetector: Sendable {
    /// What the octets at the beginning of a file tell.
    ///
    /// - Parameter beginning: the first octets of the file; ``DetectedFileType/beginning`` of them are enough for every type.
    /// - Returns: the type, or `nil` if these octets tell nothing.
    func type(of beginning: Span<UInt8>) -> DetectedFileType?
}
