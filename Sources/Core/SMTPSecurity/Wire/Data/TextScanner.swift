/// Reads message text octet by octet where it has to and 64 at a time where it can, repairs line ends, and finds the end of
/// data: what ``DataScanner`` and ``ChunkScanner`` share.
///
/// Only CRLF is a line end. A bare CR or LF becomes CRLF in the content but does not start a line of the wire: a dot
/// after it is content, and no end of data can follow from it.
struct TextScanner: Sendable {
    /// Where the scanner stands on the wire.
    private enum State: Sendable {
        /// After CRLF, or at the very start.
        case lineStart
        /// After "." at the start of a line; the dot is held back.
        case dot
        /// After "." CR at the start of a line; both are held back.
        case dotCR
        /// Inside a line.
        case text
        /// After CR inside a line; it is held back.
        case carriageReturn
        /// After the end of data.
        case ended
    }

    private(set) var faults = DataFaults()
    /// Octets of content so far.
    private(set) var contentLength: UInt64 = 0
    private let textLineLimit: Int
    private let hasDots: Bool
    private var state = State.lineStart
    /// Octets in the current line of the content.
    private var lineLength = 0

    /// - Parameters:
    ///   - textLineLimit: the most octets of a line without its CRLF.
    ///   - hasDots: dots at line starts are stuffed and CRLF "." CRLF ends the data.
    init(textLineLimit: Int, hasDots: Bool) {
        self.textLineLimit = textLineLimit
        self.hasDots = hasDots
    }

    var isComplete: Bool { state == .ended }

    /// Whether the content so far ends in the middle of a line.
    var isInsideLine: Bool { lineLength > 0 || state == .carriageReturn || state == .dot || state == .dotCR }

    /// Reads input up to the end of data.
    ///
    /// - Returns: octets consumed.
    mutating func consume(_ input: Span<UInt8>, into content: inout [UInt8]) -> Int {
        content.reserveCapacity(content.count + input.count + 2)
        var index = 0
        while index < input.count, state != .ended {
            if state == .text || state == .lineStart {
                var highest: UInt8 = 0
                let clean = cleanRun(input, from: index, highest: &highest)
                if clean > index {
                    if highest >= 0x80 { faults.note(.nonASCII, at: contentLength) }
                    append(input.extracting(index..<clean), to: &content)
                    index = clean
                    continue
                }
            }
            step(input[index], into: &content)
            index += 1
        }
        return index
    }

    /// The data ends here whatever was held back: a carriage return at the very end is a bare one.
    mutating func finish(into content: inout [UInt8]) {
        switch state {
        case .carriageReturn, .dotCR:
            faults.note(.bareCR, at: contentLength)
            endLine(into: &content)
        case .dot, .lineStart, .text, .ended: break
        }
        state = .ended
    }

    // MARK: Clean runs

    /// The end of the longest run from `start` that can be copied as it is: whole blocks in which every CR is
    /// followed by LF, every LF preceded by CR, no dot follows a CRLF, and there is no NUL; then single octets of text.
    ///
    /// - Parameter highest: receives the bitwise or of the octets looked at: above 127 if any of them may be.
    private func cleanRun(_ input: Span<UInt8>, from start: Int, highest: inout UInt8) -> Int {
        let carriageReturn = SIMD64<UInt8>(repeating: 0x0D)
        let lineFeed = SIMD64<UInt8>(repeating: 0x0A)
        let dot = SIMD64<UInt8>(repeating: 0x2E)
        let nul = SIMD64<UInt8>(repeating: 0)
        var index = start
        // The first octet of a run has no predecessor here: a line feed or a dot needs the state machine.
        if input[index] == 0x0A || (hasDots && state == .lineStart && input[index] == 0x2E) { return start }
        var all = SIMD64<UInt8>(repeating: 0)
        // One octet more than the block: its last one is judged by what follows.
        while index + 65 <= input.count {
            let here = OctetScan.block(input, at: index)
            let next = OctetScan.block(input, at: index + 1)
            var bad = ((here .== carriageReturn) .^ (next .== lineFeed)) .| (here .== nul)
            if hasDots { bad = bad .| ((here .== lineFeed) .& (next .== dot)) }
            if OctetScan.isAny(bad) { break }
            all |= here
            index += 64
        }
        if index > start {
            highest = OctetScan.isAny(all .>= SIMD64(repeating: 0x80)) ? 0x80 : 0
            // The block's last octet may be a CR whose LF, or an LF whose dot, comes next: leave both to the state machine.
            while index > start, input[index - 1] == 0x0D || input[index - 1] == 0x0A { index -= 1 }
            if index > start { return index }
        }
        while index < input.count {
            switch input[index] {
            case 0x0D, 0x0A, 0: return index
            case let octet:
                highest |= octet
                index += 1
            }
            // A run that has reached clean blocks again goes on with them.
            if index - start >= 64 { return index }
        }
        return index
    }

    /// Appends a clean run, keeping count of line lengths.
    private mutating func append(_ run: Span<UInt8>, to content: inout [UInt8]) {
        measure(run)
        content.append(octetsOf: run)
        contentLength &+= UInt64(run.count)
        // A clean run never ends in CR or LF.
        state = .text
    }

    /// Counts line lengths in a clean run.
    private mutating func measure(_ run: Span<UInt8>) {
        var start = 0
        // A run shorter than what is left of the limit cannot hold a line that is too long.
        while start < run.count {
            let end = OctetScan.first(0x0A, in: run, from: start)
            let isLineEnd = end < run.count
            let added = end - start - (isLineEnd ? 1 : 0)
            lengthen(by: max(0, added), offset: start)
            guard isLineEnd else { return }
            lineLength = 0
            start = end + 1
        }
    }

    private mutating func lengthen(by count: Int, offset: Int) {
        let before = lineLength
        lineLength += count
        if lineLength > textLineLimit, before <= textLineLimit {
            faults.note(.lineTooLong, at: contentLength &+ UInt64(offset))
        }
    }

    // MARK: Octet by octet

    private mutating func step(_ octet: UInt8, into content: inout [UInt8]) {
        switch state {
        case .lineStart where hasDots && octet == 0x2E:
            state = .dot
        case .lineStart, .text:
            readText(octet, into: &content)
        case .dot:
            // The dot was stuffing (RFC 5321 §4.5.2), whatever follows it but CRLF.
            if octet == 0x0D { state = .dotCR } else { readText(octet, into: &content) }
        case .dotCR:
            if octet == 0x0A {
                state = .ended
            } else {
                bareCarriageReturn(before: octet, into: &content)
            }
        case .carriageReturn:
            if octet == 0x0A {
                endLine(into: &content)
                state = .lineStart
            } else {
                bareCarriageReturn(before: octet, into: &content)
            }
        case .ended:
            break
        }
    }

    private mutating func readText(_ octet: UInt8, into content: inout [UInt8]) {
        switch octet {
        case 0x0D:
            state = .carriageReturn
        case 0x0A:
            faults.note(.bareLF, at: contentLength)
            endLine(into: &content)
            state = .text
        case 0:
            faults.note(.nul, at: contentLength)
            put(0x20, into: &content)
        default:
            if octet >= 0x80 { faults.note(.nonASCII, at: contentLength) }
            put(octet, into: &content)
        }
    }

    private mutating func bareCarriageReturn(before octet: UInt8, into content: inout [UInt8]) {
        faults.note(.bareCR, at: contentLength)
        endLine(into: &content)
        state = .text
        readText(octet, into: &content)
    }

    private mutating func put(_ octet: UInt8, into content: inout [UInt8]) {
        content.append(octet)
        lengthen(by: 1, offset: 0)
        contentLength &+= 1
        state = .text
    }

    private mutating func endLine(into content: inout [UInt8]) {
        content.append(0x0D)
        content.append(0x0A)
        contentLength &+= 2
        lineLength = 0
    }
}
