/// Reads message text, repairs line ends, and finds the end of data: what ``DataScanner`` and ``ChunkScanner`` share.
///
/// Only CRLF is a line end. A bare CR or LF becomes CRLF in the content but does not start a line of the wire: a dot
/// after it is content, and no end of data can follow from it.
///
/// Clean text goes through in runs of whole blocks (``CleanRun``), and what needs repair as well (``RepairedRun``). The first
/// fault of each kind, whose place is reported, and the ends of the input are read octet by octet, a stretch at a time.
struct TextScanner: Sendable {
    /// Where the scanner stands on the wire.
    enum State: Sendable {
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

    /// Octets that are read one by one before the search for clean blocks starts again.
    private static let stretch = 128

    /// What a scratch area is made for at once, enough for a stretch and for any run.
    private static let scratchLength = max(3 * stretch, RepairedRun.room(for: RepairedRun.maximumLength))

    private(set) var faults = DataFaults()
    /// Octets of content so far.
    private(set) var contentLength: UInt64 = 0
    /// Line ends in the content so far.
    private(set) var lineCount: UInt64 = 0
    private(set) var state = State.lineStart
    private let hasDots: Bool
    private var meter: LineMeter
    private var expectsNonASCII = false

    /// - Parameters:
    ///   - textLineLimit: the most octets of a line without its CRLF.
    ///   - hasDots: dots at line starts are stuffed and CRLF "." CRLF ends the data.
    init(textLineLimit: Int, hasDots: Bool) {
        self.meter = LineMeter(limit: textLineLimit)
        self.hasDots = hasDots
    }

    /// Whether the end of data was read.
    var isComplete: Bool { state == .ended }

    /// Whether the wire stands in the middle of a line: what came last was no CRLF.
    var isInsideLine: Bool { state != .lineStart && state != .ended }

    /// Reads input up to the end of data.
    ///
    /// - Parameters:
    ///   - input: octets from the wire.
    ///   - content: content is appended here.
    ///   - keepsContent: whether it is to stay there. Without, `content` is a scratch area and ends empty.
    /// - Returns: octets consumed.
    @inline(__always)
    mutating func consume(_ input: Span<UInt8>, into content: inout [UInt8], keepsContent: Bool) -> Int {
        var index = 0
        // How much to repair at once; where much is wrong, there is no sense in looking for what is clean.
        var repairs = 0
        while index < input.count, state != .ended {
            if repairs == 0 {
                let end = readRun(input, from: index, into: &content, keepsContent)
                if end - index < CleanRun.maximumLength - OctetScan.blockSize { repairs = OctetScan.blockSize }
                index = end
                guard repairs > 0, index < input.count else { continue }
            }
            let end = repair(input, from: index, into: &content, keepsContent, &repairs)
            if end > index {
                index = end
                continue
            }
            repairs = 0
            // A block needs two octets before it, and two octets decide about what was held back.
            let isHolding = state != .text && state != .lineStart
            let length = index < 2 || isHolding ? 2 : Self.stretch
            let piece = input.extracting(index..<min(index + length, input.count))
            // Each octet leaves at most itself and a line end in front of it.
            content.append(addingCapacity: keepsContent ? 3 * piece.count : Self.scratchLength) {
                index += read(piece, into: &$0)
            }
            if !keepsContent { content.removeAll(keepingCapacity: true) }
        }
        return index
    }

    /// The data ends here, whatever was held back: a carriage return at the very end is a bare one.
    mutating func finish(into content: inout [UInt8]) {
        settle(into: &content)
        state = .ended
    }

    /// Decides about what was held back as if nothing came after it.
    mutating func settle(into content: inout [UInt8]) {
        switch state {
        case .carriageReturn, .dotCR:
            faults.note(.bareCR, at: contentLength)
            content.append(0x0D)
            content.append(0x0A)
            contentLength &+= 2
            lineCount &+= 1
            meter.endLine()
            state = .text
        case .dot:
            state = .text
        case .lineStart, .text, .ended: break
        }
    }

    // MARK: Blocks

    /// Reads whole blocks, if there are any that need no repair.
    ///
    /// - Returns: where they end.
    @inline(__always)
    private mutating func readRun(
        _ input: Span<UInt8>, from start: Int, into content: inout [UInt8], _ keepsContent: Bool
    ) -> Int {
        guard state == .text || state == .lineStart, !(hasDots && state == .lineStart && input[start] == 0x2E) else {
            return start
        }
        let run = CleanRun(input, from: start, hasDots: hasDots, takesNonASCII: expectsNonASCII)
        guard run.end > start else { return start }
        let octets = input.extracting(start..<run.end)
        if keepsContent { content.append(octetsOf: octets) }
        expectsNonASCII = run.nonASCIICount > 0
        if expectsNonASCII { noteNonASCII(octets, run.nonASCIICount) }
        take(octets, lines: run.lineCount)
        state = octets[octets.count - 1] == 0x0A ? .lineStart : .text
        return run.end
    }

    /// Reads a run in which something is wrong, if the data does not end in it.
    ///
    /// - Parameter limit: the most octets to read; changes to what is sensible for the next run, 0 for none.
    /// - Returns: where it ends.
    @inline(__always)
    private mutating func repair(
        _ input: Span<UInt8>, from start: Int, into content: inout [UInt8], _ keepsContent: Bool, _ limit: inout Int
    ) -> Int {
        guard state == .text || state == .lineStart else { return start }
        var found: RepairedRun?
        // No octet makes a line longer by more than one: as long as none can become too long, nobody has to see the content.
        let unseen = keepsContent ? 0 : min(limit, meter.room)
        if unseen >= OctetScan.blockSize {
            let run = RepairedRun(input, from: start, limit: unseen, hasDots: hasDots)
            guard run.end > start, showsNothingNew(run) else { return start }
            note(run)
            let count = run.contentLength(from: start)
            meter.pass(count, afterLineEnd: run.lengthAfterLineEnd(input, from: start, hasDots: hasDots))
            contentLength &+= UInt64(count)
            lineCount &+= UInt64(run.lineCount)
            found = run
        } else {
            let before = content.count
            let length = limit
            content.append(addingCapacity: keepsContent ? RepairedRun.room(for: length) : Self.scratchLength) {
                let run = RepairedRun(input, from: start, limit: length, hasDots: hasDots, into: &$0)
                if showsNothingNew(run) { found = run } else { $0.removeAll() }
            }
            guard let run = found, run.end > start else { return start }
            note(run)
            take(content.span.extracting(droppingFirst: before), lines: run.lineCount)
            if !keepsContent { content.removeAll(keepingCapacity: true) }
        }
        guard let run = found else { return start }
        expectsNonASCII = run.nonASCIICount > 0
        state = run.endsLine(input) ? .lineStart : .text
        let wrong = run.bareReturnCount + run.bareFeedCount + run.nulCount + run.stuffedCount
        limit = wrong * 256 > run.end - start ? min(2 * limit, RepairedRun.maximumLength) : 0
        return run.end
    }

    /// Notes what was wrong in a run, none of it for the first time.
    @inline(__always)
    private mutating func note(_ run: RepairedRun) {
        if run.bareReturnCount > 0 { faults.note(.bareCR, at: contentLength, count: UInt64(run.bareReturnCount)) }
        if run.bareFeedCount > 0 { faults.note(.bareLF, at: contentLength, count: UInt64(run.bareFeedCount)) }
        if run.nulCount > 0 { faults.note(.nul, at: contentLength, count: UInt64(run.nulCount)) }
        if run.nonASCIICount > 0 { faults.note(.nonASCII, at: contentLength, count: UInt64(run.nonASCIICount)) }
    }

    /// Whether no kind of fault shows for the first time: where that is can only be told octet by octet.
    @inline(__always)
    private func showsNothingNew(_ run: RepairedRun) -> Bool {
        (run.bareReturnCount == 0 || faults.bareCR.count > 0) && (run.bareFeedCount == 0 || faults.bareLF.count > 0)
            && (run.nulCount == 0 || faults.nul.count > 0) && (run.nonASCIICount == 0 || faults.nonASCII.count > 0)
    }

    /// Keeps count of content.
    @inline(__always)
    private mutating func take(_ octets: Span<UInt8>, lines: Int) {
        meter.measure(octets, hasLineEnds: lines > 0, at: contentLength, faults: &faults)
        contentLength &+= UInt64(octets.count)
        lineCount &+= UInt64(lines)
    }

    private mutating func noteNonASCII(_ octets: Span<UInt8>, _ count: Int) {
        var first = 0
        if faults.nonASCII.count == 0 {
            while first < octets.count, octets[first] < 0x80 { first += 1 }
        }
        faults.note(.nonASCII, at: contentLength &+ UInt64(first), count: UInt64(count))
    }

    // MARK: Octet by octet

    /// Reads a stretch up to its end or the end of data.
    ///
    /// What changes with every octet lives in registers, and what follows an octet is looked at instead of being remembered:
    /// a state to branch on for each octet takes three times as long. Only the end of the stretch leaves a state behind.
    ///
    /// - Parameters:
    ///   - piece: the stretch.
    ///   - output: receives the content; empty at first.
    /// - Returns: octets read.
    @inline(__always)
    private mutating func read(_ piece: Span<UInt8>, into output: inout OutputSpan<UInt8>) -> Int {
        // Where the current line starts in the output; below 0 if it began before this stretch.
        var lineStart = -meter.length
        var index = resume(piece, &lineStart, &output)
        var isAtLineStart = state == .lineStart
        if state == .lineStart || state == .text {
            state = .text
            reading: while index < piece.count {
                let octet = piece[index]
                index &+= 1
                if octet > 0x0D, octet < 0x80 {
                    guard isAtLineStart, hasDots, octet == 0x2E else {
                        output.append(octet)
                        isAtLineStart = false
                        continue reading
                    }
                    // The dot was stuffing (RFC 5321 §4.5.2), whatever follows it but CRLF.
                    isAtLineStart = false
                    guard index < piece.count else {
                        state = .dot
                        break reading
                    }
                    guard piece[index] == 0x0D else { continue reading }
                    index &+= 1
                    guard index < piece.count else {
                        state = .dotCR
                        break reading
                    }
                    guard piece[index] == 0x0A else {
                        endBareLine(.bareCR, &lineStart, &output)
                        continue reading
                    }
                    index &+= 1
                    state = .ended
                    break reading
                }
                isAtLineStart = false
                if octet == 0x0D {
                    guard index < piece.count else {
                        state = .carriageReturn
                        break reading
                    }
                    guard piece[index] == 0x0A else {
                        endBareLine(.bareCR, &lineStart, &output)
                        continue reading
                    }
                    index &+= 1
                    endLine(&lineStart, &output)
                    isAtLineStart = true
                } else if octet == 0x0A {
                    endBareLine(.bareLF, &lineStart, &output)
                } else {
                    note(octet, at: contentLength &+ UInt64(output.count))
                    output.append(octet == 0 ? 0x20 : octet)
                }
            }
            if isAtLineStart { state = .lineStart }
        }
        meter.measure(from: lineStart, to: output.count, at: contentLength, faults: &faults)
        contentLength &+= UInt64(output.count)
        return index
    }

    /// Decides about what the last stretch held back.
    ///
    /// - Returns: octets read.
    private mutating func resume(
        _ piece: Span<UInt8>, _ lineStart: inout Int, _ output: inout OutputSpan<UInt8>
    ) -> Int {
        var index = 0
        if state == .dot, index < piece.count {
            state = .text
            if piece[index] == 0x0D {
                state = .dotCR
                index += 1
            }
        }
        guard index < piece.count, state == .dotCR || state == .carriageReturn else { return index }
        guard piece[index] == 0x0A else {
            endBareLine(.bareCR, &lineStart, &output)
            state = .text
            return index
        }
        if state == .dotCR {
            state = .ended
        } else {
            endLine(&lineStart, &output)
            state = .lineStart
        }
        return index + 1
    }

    /// Notes what is wrong with one octet, if anything is.
    private mutating func note(_ octet: UInt8, at offset: UInt64) {
        if octet == 0 { faults.note(.nul, at: offset) }
        if octet >= 0x80 { faults.note(.nonASCII, at: offset) }
    }

    /// Writes a line end for a bare CR or LF.
    @inline(__always)
    private mutating func endBareLine(
        _ kind: DataFaults.Kinds, _ lineStart: inout Int, _ output: inout OutputSpan<UInt8>
    ) {
        faults.note(kind, at: contentLength &+ UInt64(output.count))
        endLine(&lineStart, &output)
    }

    /// Writes a line end.
    ///
    /// - Parameters:
    ///   - lineStart: where the line starts in the output; moves to the next one.
    ///   - output: receives the line end.
    @inline(__always)
    private mutating func endLine(_ lineStart: inout Int, _ output: inout OutputSpan<UInt8>) {
        meter.measure(from: lineStart, to: output.count, at: contentLength, faults: &faults)
        output.append(0x0D)
        output.append(0x0A)
        lineCount &+= 1
        lineStart = output.count
    }
}
