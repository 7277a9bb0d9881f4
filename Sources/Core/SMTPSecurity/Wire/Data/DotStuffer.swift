/// Writes message content as it goes over the wire after `DATA`: doubles dots at line starts and ends the data
/// (RFC 5321 §4.5.2).
///
/// The content has to be canonical, as ``DataScanner`` gives it. How it is split into pieces makes no difference.
public struct DotStuffer: Sendable {
    private var isAtLineStart = true

    /// A writer at the start of message data.
    public init() {}

    /// Writes a piece of content.
    ///
    /// - Parameters:
    ///   - content: canonical content.
    ///   - output: the piece is appended here, at most twice its octets.
    public mutating func stuff(_ content: Span<UInt8>, into output: inout [UInt8]) {
        var index = 0
        while index < content.count {
            let end = isAtLineStart && content[index] == 0x2E ? index : Self.endOfRun(content, from: index)
            if end > index {
                output.append(octetsOf: content.extracting(index..<end))
                isAtLineStart = content[end - 1] == 0x0A
                index = end
                continue
            }
            if index > 0, content.count - index >= OctetScan.blockSize {
                output.append(addingCapacity: 2 * OctetScan.blockSize) {
                    Self.writeBlock(content, at: index, into: &$0)
                }
                index += OctetScan.blockSize
                isAtLineStart = content[index - 1] == 0x0A
            } else {
                let octet = content[index]
                if isAtLineStart, octet == 0x2E { output.append(0x2E) }
                output.append(octet)
                isAtLineStart = octet == 0x0A
                index += 1
            }
        }
    }

    /// Ends the data: CRLF if the content did not end in one, then "." CRLF.
    ///
    /// - Parameter output: the end is appended here, five octets at most.
    public mutating func finish(into output: inout [UInt8]) {
        output.append(addingCapacity: 5) {
            if !isAtLineStart {
                $0.append(0x0D)
                $0.append(0x0A)
            }
            $0.append(0x2E)
            $0.append(0x0D)
            $0.append(0x0A)
        }
        self = DotStuffer()
    }

    /// Writes a block with its dots at line starts doubled. No branch depends on the octets.
    ///
    /// - Parameters:
    ///   - content: canonical content.
    ///   - start: where the block starts; there is an octet before it.
    ///   - output: receives it; empty at first, with room for two blocks.
    @inline(__always)
    private static func writeBlock(_ content: Span<UInt8>, at start: Int, into output: inout OutputSpan<UInt8>) {
        let lineFeed = OctetScan.Block(repeating: 0x0A)
        let dot = OctetScan.Block(repeating: 0x2E)
        let before = OctetScan.block(content, at: start - 1)
        let here = OctetScan.block(content, at: start)
        let followsFeed: OctetScan.Mask = before .== lineFeed
        let isDot: OctetScan.Mask = here .== dot
        let words = OctetScan.words(here)
        let doubled = OctetScan.words(followsFeed .& isDot)
        output.append(repeating: 0x2E, count: 2 * OctetScan.blockSize)
        var wire = output.mutableSpan
        var count = 0
        for index in 0..<8 {
            var word = UInt64(littleEndian: words[index])
            var flags = UInt64(littleEndian: doubled[index])
            for _ in 0..<8 {
                // Where this octet would go if it were no dot to double there is one already.
                count &+= Int(truncatingIfNeeded: flags & 1)
                wire[count] = UInt8(truncatingIfNeeded: word)
                count &+= 1
                word &>>= 8
                flags &>>= 8
            }
        }
        output.removeLast(2 * OctetScan.blockSize - count)
    }

    /// The end of the whole blocks from `start` in which no dot follows a line feed; `start` if there is none. What
    /// was just looked at is still in the nearest cache when it is copied.
    private static func endOfRun(_ content: Span<UInt8>, from start: Int) -> Int {
        let lineFeed = OctetScan.Block(repeating: 0x0A)
        let dot = OctetScan.Block(repeating: 0x2E)
        var index = start
        let limit = min(content.count - 1, start + 8_192)
        while limit - index >= OctetScan.blockSize {
            let here = OctetScan.block(content, at: index)
            let next = OctetScan.block(content, at: index + 1)
            let isFeed: OctetScan.Mask = here .== lineFeed
            let isDot: OctetScan.Mask = next .== dot
            if OctetScan.isAny(isFeed .& isDot) { break }
            index += OctetScan.blockSize
        }
        return index
    }
}
