import SMTPSecurity

/// A transcript as one text, which takes little time and room to write.
///
/// A line is `c`, `s` or `n` for whose it is, the milliseconds since the line before (since 1970 for the first), a space, how many
/// octets its text has in UTF-8, a colon and its text: `c1800000000000 4:NOOP` and then `s2 12:250 2.0.0 OK`, with nothing in between.
enum TranscriptText {
    /// - Parameter octets: what the text is appended to, in UTF-8.
    static func write(_ lines: [TranscriptLine], to octets: inout [UInt8]) {
        var last: Int64 = 0
        for line in lines {
            begin(line.direction, line.time, &last, to: &octets)
            append(Int64(line.text.utf8.count), to: &octets)
            octets.append(UInt8(ascii: ":"))
            octets.append(contentsOf: line.text.utf8)
        }
    }

    /// Writes lines that a session kept as ``write(_:to:)`` would, once they were made into lines of an entry.
    ///
    /// - Parameters:
    ///   - kept: the lines.
    ///   - number: how many of the first ones are passed over.
    ///   - octets: what the text is appended to, in UTF-8.
    static func write(_ kept: SessionTranscript, droppingFirst number: Int, to octets: inout [UInt8]) {
        var last: Int64 = 0
        var text: [UInt8] = []
        text.reserveCapacity(2 * Evidence.maximumOctets)
        kept.forEachLine(droppingFirst: number) { time, source, line, count in
            begin(TranscriptLine.Direction(source), time, &last, to: &octets)
            text.removeAll(keepingCapacity: true)
            // So little of a line is kept that nothing of it is cut.
            Evidence.append(line, of: count, to: &text)
            append(Int64(text.count), to: &octets)
            octets.append(UInt8(ascii: ":"))
            octets.append(contentsOf: text)
        }
    }

    /// Writes what stands before the length of a line.
    private static func begin(
        _ direction: TranscriptLine.Direction, _ time: Timestamp, _ last: inout Int64, to octets: inout [UInt8]
    ) {
        octets.append(letter(direction))
        append(time.milliseconds - last, to: &octets)
        octets.append(UInt8(ascii: " "))
        last = time.milliseconds
    }

    /// Reads what ``write(_:to:)`` writes; `nil` for anything else.
    static func read(_ text: String) -> [TranscriptLine]? {
        var rest = Array(text.utf8)[...]
        var lines: [TranscriptLine] = []
        var last: Int64 = 0
        while let first = rest.popFirst() {
            guard let direction = direction(first), let step = number(&rest, until: UInt8(ascii: " ")),
                let count = number(&rest, until: UInt8(ascii: ":")), (0...Int64(rest.count)).contains(count)
            else { return nil }
            let (time, overflow) = last.addingReportingOverflow(step)
            guard !overflow else { return nil }
            let text = String(decoding: rest.prefix(Int(count)), as: UTF8.self)
            rest = rest.dropFirst(Int(count))
            lines.append(TranscriptLine(time: Timestamp(milliseconds: time), direction: direction, text: text))
            last = time
        }
        return lines
    }

    private static func letter(_ direction: TranscriptLine.Direction) -> UInt8 {
        switch direction {
        case .client: UInt8(ascii: "c")
        case .server: UInt8(ascii: "s")
        case .note: UInt8(ascii: "n")
        }
    }

    private static func direction(_ letter: UInt8) -> TranscriptLine.Direction? {
        switch letter {
        case UInt8(ascii: "c"): .client
        case UInt8(ascii: "s"): .server
        case UInt8(ascii: "n"): .note
        default: nil
        }
    }

    private static func append(_ number: Int64, to octets: inout [UInt8]) {
        octets.append(contentsOf: String(number).utf8)
    }

    /// Takes a number and the octet that ends it.
    private static func number(_ rest: inout ArraySlice<UInt8>, until end: UInt8) -> Int64? {
        // A number has 20 octets at most.
        guard let index = rest.prefix(21).firstIndex(of: end) else { return nil }
        defer { rest = rest[(index + 1)...] }
        return Int64(String(decoding: rest[..<index], as: UTF8.self))
    }
}
