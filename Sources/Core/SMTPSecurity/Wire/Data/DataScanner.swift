/// Reads message data after `DATA`: takes out the stuffed dots, finds the end, and puts what could be read in two ways into
/// canonical form (RFC 5321 §4.1.1.4, §4.5.2).
///
/// The end of data is CRLF "." CRLF and nothing else; at the very start, "." CRLF. The content that comes out holds CR and
/// LF only as pairs and no NUL, whatever went in: a bare CR or LF becomes CRLF, a NUL becomes a space, and ``faults``
/// tells. How the input was split into reads makes no difference.
public struct DataScanner: Sendable {
    private var text: TextScanner

    /// A scanner at the start of message data.
    ///
    /// - Parameter textLineLimit: the most octets of a line without its CRLF (RFC 5321 §4.5.3.1.6).
    public init(textLineLimit: Int = 998) {
        text = TextScanner(textLineLimit: textLineLimit, hasDots: true)
    }

    /// Whether the end of data was read.
    public var isComplete: Bool { text.isComplete }

    /// What was wrong so far.
    public var faults: DataFaults { text.faults }

    /// Octets of content so far.
    public var contentLength: UInt64 { text.contentLength }

    /// Reads input up to the end of data.
    ///
    /// - Parameters:
    ///   - input: octets from the wire.
    ///   - content: content is appended here, at most twice the input and two octets.
    /// - Returns: octets consumed; what follows the end of data is left.
    public mutating func consume(_ input: Span<UInt8>, into content: inout [UInt8]) -> Int {
        text.consume(input, into: &content)
    }
}
