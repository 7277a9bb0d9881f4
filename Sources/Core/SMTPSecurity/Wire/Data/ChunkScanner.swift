/// Reads the chunks of a message sent with `BDAT` (RFC 3030): counts octets and puts what could be read in two ways into
/// canonical form, as ``DataScanner`` does. Dots are not stuffed in chunks and end nothing.
///
/// A chunk may end anywhere, in the middle of a CRLF too.
public struct ChunkScanner: Sendable {
    private var text: TextScanner
    private var remaining: UInt64 = 0

    /// A scanner before the first chunk of a message.
    ///
    /// - Parameter textLineLimit: the most octets of a line without its CRLF (RFC 5321 §4.5.3.1.6).
    public init(textLineLimit: Int = 998) {
        text = TextScanner(textLineLimit: textLineLimit, hasDots: false)
    }

    /// Whether all octets of the current chunk were read.
    public var isChunkComplete: Bool { remaining == 0 }

    /// What was wrong so far, in all chunks of the message.
    public var faults: DataFaults { text.faults }

    /// Octets of content so far, in all chunks of the message.
    public var contentLength: UInt64 { text.contentLength }

    /// The next chunk begins.
    ///
    /// - Parameter size: its octets.
    public mutating func begin(size: UInt64) {
        remaining = size
    }

    /// Reads input up to the end of the chunk.
    ///
    /// - Parameters:
    ///   - input: octets from the wire.
    ///   - content: content is appended here, at most twice the input and two octets.
    /// - Returns: octets consumed; what follows the chunk is left.
    public mutating func consume(_ input: Span<UInt8>, into content: inout [UInt8]) -> Int {
        let mine = input.extracting(first: Int(clamping: min(remaining, UInt64(input.count))))
        let consumed = text.consume(mine, into: &content)
        remaining -= UInt64(consumed)
        return consumed
    }

    /// The last chunk has ended: a carriage return that was held back is a bare one.
    public mutating func finish(into content: inout [UInt8]) {
        text.finish(into: &content)
    }
}
