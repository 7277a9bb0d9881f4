import SMTPSecurity
import Testing

/// Reads octets with the scanners under test and with the reader of single octets, and records what differs: content, octets
/// consumed, line ends, every fault with its count and its first offset.
///
/// Only what differs reaches the test library: a million expectations take their time.
enum DataComparison {
    /// Reads message data, with its content and without.
    ///
    /// - Parameter cuts: where the data is cut into pieces, in order.
    static func read(_ wire: [UInt8], cuts: [Int], limit: Int = 998) -> ReferenceReader {
        var scanner = DataScanner(textLineLimit: limit)
        var counter = DataScanner(textLineLimit: limit)
        var content: [UInt8] = []
        var consumed = 0
        var start = 0
        for end in cuts + [wire.count] {
            let piece = HeapOctets(wire[start..<end])
            let taken = scanner.consume(piece.span, into: &content)
            let scanned = counter.scan(piece.span)
            if scanned != taken || counter.faults != scanner.faults || counter.isComplete != scanner.isComplete
                || counter.contentLength != scanner.contentLength || counter.lineCount != scanner.lineCount
                || counter.isInsideLine != scanner.isInsideLine
            {
                Issue.record("scanning without content differs: \(Evidence(wire.span)) cut at \(cuts)")
            }
            consumed += taken
            if taken < end - start { break }
            start = end
        }
        if scanner.contentLength != UInt64(content.count) {
            Issue.record("the content is not as long as it is said to be: \(Evidence(wire.span)) cut at \(cuts)")
        }
        scanner.finishEarly(into: &content)
        return ReferenceReader(scanner, content, consumed: consumed)
    }

    /// Reads octets as one chunk or several, with their content and without.
    ///
    /// - Parameters:
    ///   - cuts: where the octets are cut into pieces, in order.
    ///   - chunks: how many pieces a chunk has.
    static func readChunks(_ wire: [UInt8], cuts: [Int], chunks: Int = 1, limit: Int = 998) -> ReferenceReader {
        var scanner = ChunkScanner(textLineLimit: limit)
        var counter = ChunkScanner(textLineLimit: limit)
        var content: [UInt8] = []
        var consumed = 0
        let ends = cuts + [wire.count]
        for (number, end) in ends.enumerated() {
            if number % chunks == 0 {
                let size = UInt64(ends[min(number + chunks, ends.count) - 1] - consumed)
                scanner.begin(size: size)
                counter.begin(size: size)
            }
            let piece = HeapOctets(wire[consumed..<end])
            let taken = scanner.consume(piece.span, into: &content)
            if counter.scan(piece.span) != taken || counter.faults != scanner.faults
                || counter.contentLength != scanner.contentLength || counter.lineCount != scanner.lineCount
                || counter.remaining != scanner.remaining
            {
                Issue.record("scanning without content differs: \(Evidence(wire.span)) cut at \(cuts)")
            }
            consumed += taken
        }
        scanner.finish(into: &content)
        if scanner.contentLength != UInt64(content.count) {
            Issue.record("the content is not as long as it is said to be: \(Evidence(wire.span)) cut at \(cuts)")
        }
        if scanner.endsWithoutLineEnd != !(wire.isEmpty || wire.suffix(2) == [13, 10]) {
            Issue.record("the missing line end is not noted: \(Evidence(wire.span)) cut at \(cuts)")
        }
        return ReferenceReader(scanner, content, consumed: consumed)
    }

    /// Compares message data, cut in each of some ways.
    static func compare(_ wire: [UInt8], cuts: [[Int]], limit: Int = 998) {
        let reference = ReferenceReader(wire, limit: limit)
        if !isCanonical(reference.content) { Issue.record("the reference is not canonical: \(Evidence(wire.span))") }
        for cut in cuts {
            let found = read(wire, cuts: cut, limit: limit)
            if found != reference {
                #expect(found == reference, "\(Evidence(wire.span)) cut at \(cut), limit \(limit)")
            }
        }
    }

    /// Compares octets in chunks, cut in each of some ways.
    static func compareChunks(_ wire: [UInt8], cuts: [[Int]], chunks: Int = 1, limit: Int = 998) {
        let reference = ReferenceReader(wire, limit: limit, hasDots: false)
        for cut in cuts {
            let found = readChunks(wire, cuts: cut, chunks: chunks, limit: limit)
            if found != reference {
                #expect(found == reference, "\(Evidence(wire.span)) cut at \(cut), limit \(limit)")
            }
        }
    }
}
