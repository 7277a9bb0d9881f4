/// Reads message data after `DATA`: takes out the stuffed dots, finds the end, and puts what could be read in two ways into
/// canonical form (RFC 5321 §4.1.1.4, §4.5.2).
///
/// The end of data is CRLF "." CRLF and nothing else; at the very start, "." CRLF. The content that comes out holds CR and
/// LF only as pairs and no NUL, whatever went in: a bare CR or LF becomes CRLF, a NUL becomes a space, and ``faults``
/// tells. How the input was split into reads makes no difference.
public struct DataScanner: Sendable {
    private var text: TextScanner
    private var scratch: [UInt8] = []

    /// A scanner at the start of message data.
    ///
    /// - Parameter textLineLimit: the most octets of a line without its CRLF (RFC 5321 §4.5.3.1.6).
    public init(textLineLimit: Int = 998) {
        text = TextScanner(textLineLimit: textLineLimit, hasDots: true)
    }

    /// Whether the end of data was read.
    public var isComplete: Bool { text.isComplete }

    /// Whether the data so far ends in the middle of a line: what came last was no CRLF.
    public var isInsideLine: Bool { text.isInsideLine }

    /// What was wrong so far.
    public var faults: DataFaults { text.faults }

    /// Octets of content so far.
    public var contentLength: UInt64 { text.contentLength }

    /// Lines of content that have ended so far.
    public var lineCount: UInt64 { text.lineCount }

    /// Reads input up to the end of data.
    ///
    /// - Parameters:
    ///   - input: octets from the wire.
    ///   - content: content is appended here: at most twice the input and three octets that were held back.
    /// - Returns: octets consumed; what follows the end of data is left.
    public mutating func consume(_ input: Span<UInt8>, into content: inout [UInt8]) -> Int {
        text.consume(input, into: &content, keepsContent: true)
    }

    /// Reads input up to the end of data as ``consume(_:into:)`` does, but keeps no content: for data that is only judged
    /// and counted, or dropped.
    ///
    /// - Parameter input: octets from the wire.
    /// - Returns: octets consumed; what follows the end of data is left.
    public mutating func scan(_ input: Span<UInt8>) -> Int {
        text.consume(input, into: &scratch, keepsContent: false)
    }

    /// The peer has closed the connection before the end of data. What was held back is settled: a CR becomes a bare one, a
    /// dot at a line start was stuffing. Such a message is never complete (RFC 5321 §4.1.1.4).
    ///
    /// - Parameter content: what was held back is appended here: two octets at most.
    public mutating func finishEarly(into content: inout [UInt8]) {
        guard !isComplete else { return }
        text.settle(into: &content)
    }
}
