/// Writes replies in canonical form (RFC 5321 §4.2.1).
public enum ReplySerializer {
    /// The most octets of a line, its CRLF included (RFC 5321 §4.5.3.1.5).
    public static let lineLimit = 512

    /// Appends a reply.
    ///
    /// The enhanced code stands on every line (RFC 2034 §4), except in 3yz replies. Lines that are too long go on in the next
    /// one. Control characters become question marks, so that no text can end a line.
    public static func serialize(_ reply: Reply, into output: inout [UInt8]) {
        append(reply.firstLine, of: reply, isLast: reply.moreLines.isEmpty, to: &output)
        for (index, line) in reply.moreLines.enumerated() {
            append(line, of: reply, isLast: index == reply.moreLines.count - 1, to: &output)
        }
    }

    private static func append(_ line: String, of reply: Reply, isLast: Bool, to output: inout [UInt8]) {
        let text = line.utf8Span.span
        guard isPrintable(text) else { return append(safe(line).span, of: reply, isLast: isLast, to: &output) }
        append(text, of: reply, isLast: isLast, to: &output)
    }

    /// Appends a line of text, in as many lines as it takes.
    private static func append(_ text: Span<UInt8>, of reply: Reply, isLast: Bool, to output: inout [UInt8]) {
        let status = reply.severity == .intermediate ? nil : reply.enhancedStatus
        let code = min(max(reply.code, 200), 599)
        var rest = text
        repeat {
            output.append(addingCapacity: lineLimit) {
                $0.append(UInt8(code / 100) + 0x30)
                $0.append(UInt8(code / 10 % 10) + 0x30)
                $0.append(UInt8(code % 10) + 0x30)
                let room = lineLimit - 6 - (status.map(length) ?? 0)
                let count = cut(rest, room)
                $0.append(isLast && count == rest.count ? 0x20 : 0x2D)
                if let status { write(status, into: &$0) }
                $0.append(octetsOf: rest.extracting(first: count))
                $0.append(0x0D)
                $0.append(0x0A)
                rest = rest.extracting(droppingFirst: count)
            }
        } while !rest.isEmpty
    }

    private static func write(_ status: EnhancedStatusCode, into output: inout OutputSpan<UInt8>) {
        write(UInt16(status.statusClass), into: &output)
        output.append(0x2E)
        write(status.subject, into: &output)
        output.append(0x2E)
        write(status.detail, into: &output)
        output.append(0x20)
    }

    @inline(__always)
    private static func write(_ number: UInt16, into output: inout OutputSpan<UInt8>) {
        if number < 10 {
            output.append(UInt8(truncatingIfNeeded: number) + 0x30)
        } else {
            output.append(decimal: UInt64(number))
        }
    }

    /// Octets of an enhanced code with the space after it.
    private static func length(_ status: EnhancedStatusCode) -> Int {
        func digits(_ number: UInt16) -> Int {
            number < 10 ? 1 : number < 100 ? 2 : number < 1_000 ? 3 : number < 10_000 ? 4 : 5
        }
        return digits(UInt16(status.statusClass)) + digits(status.subject) + digits(status.detail) + 3
    }

    private static func isPrintable(_ text: Span<UInt8>) -> Bool {
        for index in text.indices where text[index] &- 0x20 >= 0x5F { return false }
        return true
    }

    private static func safe(_ text: String) -> [UInt8] {
        var octets: [UInt8] = []
        for scalar in text.unicodeScalars {
            if ReplyParser.isUnsafe(scalar) {
                octets.append(0x3F)
            } else {
                octets.append(contentsOf: UTF8.encode(scalar) ?? .init())
            }
        }
        return octets
    }

    /// How many octets of the text go into one line: up to a space if there is one in the last part, and never half a
    /// character.
    private static func cut(_ text: Span<UInt8>, _ room: Int) -> Int {
        guard text.count > room else { return text.count }
        for index in stride(from: room - 1, to: room / 2, by: -1) where text[index] == 0x20 { return index + 1 }
        var end = room
        while end > 1, text[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }
}
