/// Writes message content as it goes over the wire after `DATA`: doubles dots at line starts and ends the data
/// (RFC 5321 §4.5.2).
///
/// The content has to be canonical, as ``DataScanner`` gives it. How it is split into pieces makes no difference.
public struct DotStuffer: Sendable {
    /// Most octets that are written at once where dots are doubled.
    private static let maximumLength = 256

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
            var end = isAtLineStart && content[index] == 0x2E ? index : Self.endOfRun(content, from: index)
            if end > index {
                output.append(octetsOf: content.extracting(index..<end))
                isAtLineStart = content[end - 1] == 0x0A
                index = end
                continue
            }
            end = writeBlocks(content, from: index, into: &output)
            if end > index {
                index = end
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

    /// Writes some octets with the dots at line starts doubled. No branch depends on where they are.
    ///
    /// - Parameters:
    ///   - content: canonical content.
    ///   - start: where to start.
    ///   - output: they are appended here.
    /// - Returns: where what was written ends.
    private mutating func writeBlocks(_ content: Span<UInt8>, from start: Int, into output: inout [UInt8]) -> Int {
        let last = min(start + Self.maximumLength, content.count)
        // One octet before each block is looked at with it.
        guard start > 0, last - start >= OctetScan.blockSize else { return start }
        var index = start
        output.append(addingCapacity: OctetWriter.room(for: last - start)) { output in
            // Proof: the buffer has room for all octets up to `last`, and is initialised as far as they were written.
            unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
                guard let base = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
                // Proof: as above.
                var writer = unsafe OctetWriter(to: base)
                while last &- index >= OctetBlock.size {
                    // Proof: one octet comes before the start, and the block ends at `last` at the latest.
                    let before = unsafe OctetBlock(content, uncheckedAt: index &- 1)
                    // Proof: as above.
                    let here = unsafe OctetBlock(content, uncheckedAt: index)
                    let isDoubled: OctetBlock.Vector = here.equals(0x2E) & before.equals(0x0A)
                    if OctetBlock.isAny(isDoubled) {
                        writer.write(here.octets, with: 0x2E, behind: isDoubled)
                    } else {
                        writer.write(here.octets)
                    }
                    index &+= OctetBlock.size
                }
                initialized = writer.count
            }
        }
        isAtLineStart = content[index - 1] == 0x0A
        return index
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
