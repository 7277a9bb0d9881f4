/// Measures the lines of message content and finds those over the limit.
struct LineMeter: Sendable {
    /// The most octets of a line without its CRLF.
    let limit: Int
    /// Octets in the current line so far, its line end not counted.
    private(set) var length = 0

    /// - Parameter limit: the most octets of a line without its CRLF; at least 1.
    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// The current line has ended.
    @inline(__always)
    mutating func endLine() { length = 0 }

    /// Octets that the current line may still take.
    @inline(__always)
    var room: Int { limit - length }

    /// Passes content in which no line is over the limit.
    ///
    /// - Parameters:
    ///   - count: its octets.
    ///   - rest: its octets after the last line end; `nil` if there is none.
    @inline(__always)
    mutating func pass(_ count: Int, afterLineEnd rest: Int?) { length = rest ?? length + count }

    /// Measures a line, or the part of it that is there.
    ///
    /// - Parameters:
    ///   - start: where it starts in a piece of content; below 0 if it began before the piece.
    ///   - end: where it ends, or how far it goes so far.
    ///   - offset: where the piece is in the content, in octets.
    ///   - faults: receives a line that became too long within the piece.
    @inline(__always)
    mutating func measure(from start: Int, to end: Int, at offset: UInt64, faults: inout DataFaults) {
        length = end - start
        if length > limit, start + limit >= 0 {
            faults.note(.lineTooLong, at: offset &+ UInt64(start + limit))
        }
    }

    /// Measures a clean run: CR and LF only as pairs, no CR at the end.
    ///
    /// It looks from where a line would be too long back to the last line end before, about once in a thousand octets, so
    /// that lines of usual length are never looked at one by one.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - hasLineEnds: whether there is a line end in it.
    ///   - offset: where it is in the content, in octets.
    ///   - faults: receives the lines that are too long.
    mutating func measure(_ run: Span<UInt8>, hasLineEnds: Bool, at offset: UInt64, faults: inout DataFaults) {
        // Where the current line starts in the run; below 0 if it began before it.
        var start = -length
        guard hasLineEnds else { return measure(from: start, to: run.count, at: offset, faults: &faults) }
        while run.count - start > limit {
            // A line feed in this window ends the line in time, even if it starts as early as that.
            let lower = max(start, 0)
            let upper = min(start + limit + 2, run.count)
            if lower < upper, let end = OctetScan.last(0x0A, in: run, range: lower..<upper) {
                start = end + 1
            } else {
                // One that began before the run and was too long there was noted then.
                if start + limit >= 0 { faults.note(.lineTooLong, at: offset &+ UInt64(start + limit)) }
                start = OctetScan.first(0x0A, in: run, from: max(start + limit, 0)) + 1
                guard start <= run.count else {
                    length += run.count
                    return
                }
            }
        }
        if let end = OctetScan.last(0x0A, in: run, range: max(start, 0)..<run.count) { start = end + 1 }
        length = run.count - start
    }
}
