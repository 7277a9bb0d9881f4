/// Reads the chunks of a message sent with `BDAT` (RFC 3030): counts octets and puts what could be read in two ways into
/// canonical form, as ``DataScanner`` does. Dots are not stuffed in chunks and end nothing.
///
/// A chunk may end anywhere, in the middle of a CRLF too.
public struct ChunkScanner: Sendable {
    private var text: TextScanner
    private var scratch: [UInt8] = []
    /// Octets of the current chunk that have not come yet.
    public private(set) var remaining: UInt64 = 0
    /// Octets that all chunks so far have announced. It stops at the highest value instead of overflowing.
    public private(set) var announcedLength: UInt64 = 0
    /// Whether the current chunk is the last one of the message.
    public private(set) var isLastChunk = false
    /// Whether the message ended with something else than CRLF. Known after ``finish(into:)``; ``DotStuffer/finish(into:)``
    /// completes the line.
    public private(set) var endsWithoutLineEnd = false

    /// A scanner before the first chunk of a message.
    ///
    /// - Parameter textLineLimit: the most octets of a line without its CRLF (RFC 5321 §4.5.3.1.6).
    public init(textLineLimit: Int = 998) {
        text = TextScanner(textLineLimit: textLineLimit, hasDots: false)
    }

    /// Whether all octets of the current chunk were read.
    public var isChunkComplete: Bool { remaining == 0 }

    /// Whether all octets of the last chunk were read. ``finish(into:)`` is due then.
    public var isMessageComplete: Bool { isLastChunk && remaining == 0 }

    /// What was wrong so far, in all chunks of the message.
    public var faults: DataFaults { text.faults }

    /// Octets of content so far, in all chunks of the message.
    public var contentLength: UInt64 { text.contentLength }

    /// Lines of content that have ended so far.
    public var lineCount: UInt64 { text.lineCount }

    /// The next chunk begins.
    ///
    /// - Parameters:
    ///   - size: its octets; 0 is allowed (RFC 3030 §2).
    ///   - last: whether it is the last one of the message.
    public mutating func begin(size: UInt64, last: Bool = false) {
        remaining = size
        isLastChunk = last
        let (sum, overflow) = announcedLength.addingReportingOverflow(size)
        announcedLength = overflow ? .max : sum
    }

    /// Reads input up to the end of the chunk.
    ///
    /// - Parameters:
    ///   - input: octets from the wire.
    ///   - content: content is appended here, at most twice the input and two octets.
    /// - Returns: octets consumed; what follows the chunk is left.
    public mutating func consume(_ input: Span<UInt8>, into content: inout [UInt8]) -> Int {
        let consumed = text.consume(mine(input), into: &content, keepsContent: true)
        remaining -= UInt64(consumed)
        return consumed
    }

    /// Reads input up to the end of the chunk as ``consume(_:into:)`` does, but keeps no content.
    ///
    /// - Parameter input: octets from the wire.
    /// - Returns: octets consumed; what follows the chunk is left.
    public mutating func scan(_ input: Span<UInt8>) -> Int {
        let consumed = text.consume(mine(input), into: &scratch, keepsContent: false)
        remaining -= UInt64(consumed)
        return consumed
    }

    /// The last chunk has ended: a carriage return that was held back is a bare one.
    ///
    /// - Parameter content: what was held back is appended here: two octets at most.
    public mutating func finish(into content: inout [UInt8]) {
        endsWithoutLineEnd = endsWithoutLineEnd || text.isInsideLine
        text.finish(into: &content)
    }

    /// What of the input belongs to the chunk.
    @_lifetime(copy input)
    private func mine(_ input: Span<UInt8>) -> Span<UInt8> {
        input.extracting(first: Int(clamping: min(remaining, UInt64(input.count))))
    }
}
