/// Writes message content as it goes over the wire after `DATA`: doubles dots at line starts and ends the data
/// (RFC 5321 §4.5.2).
///
/// The content has to be canonical, as ``DataScanner`` gives it. How it is split into pieces makes no difference.
public struct DotStuffer: Sendable {
    private var isAtLineStart = true

    /// A writer at the start of message data.
    public init() {}

    /// Writes a piece of content.
    public mutating func stuff(_ content: Span<UInt8>, into output: inout [UInt8]) {
        guard !content.isEmpty else { return }
        output.reserveCapacity(output.count + content.count + 16)
        var start = 0
        if isAtLineStart, content[0] == 0x2E { output.append(0x2E) }
        while true {
            let dot = Self.dotAfterLineFeed(content, from: start)
            output.append(octetsOf: content.extracting(start..<dot))
            guard dot < content.count else { break }
            output.append(0x2E)
            start = dot
            // The dot itself goes with the next run, which begins after it.
            output.append(0x2E)
            start += 1
        }
        isAtLineStart = content[content.count - 1] == 0x0A
    }

    /// Ends the data: CRLF if the content did not end in one, then "." CRLF.
    public mutating func finish(into output: inout [UInt8]) {
        if !isAtLineStart { output.append(contentsOf: [0x0D, 0x0A]) }
        output.append(contentsOf: [0x2E, 0x0D, 0x0A])
        self = DotStuffer()
    }

    /// The offset of the first dot that follows a line feed, from `start`; `content.count` if there is none.
    private static func dotAfterLineFeed(_ content: Span<UInt8>, from start: Int) -> Int {
        let lineFeed = SIMD64<UInt8>(repeating: 0x0A)
        let dot = SIMD64<UInt8>(repeating: 0x2E)
        var index = start
        while index + 65 <= content.count {
            let here = OctetScan.block(content, at: index)
            let next = OctetScan.block(content, at: index + 1)
            if OctetScan.isAny((here .== lineFeed) .& (next .== dot)) { break }
            index += 64
        }
        while index + 1 < content.count {
            if content[index] == 0x0A, content[index + 1] == 0x2E { return index + 1 }
            index += 1
        }
        return content.count
    }
}
