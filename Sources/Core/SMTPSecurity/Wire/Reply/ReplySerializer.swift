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
        var rest = text
        repeat {
            let start = output.count
            append(reply.code, to: &output)
            // Whether another line follows shows further down.
            output.append(0x20)
            if let status = reply.enhancedStatus, reply.severity != .intermediate {
                append(decimal: UInt16(status.statusClass), to: &output)
                output.append(0x2E)
                append(decimal: status.subject, to: &output)
                output.append(0x2E)
                append(decimal: status.detail, to: &output)
                output.append(0x20)
            }
            let count = cut(rest, lineLimit - 2 - (output.count - start))
            output.append(octetsOf: rest.extracting(first: count))
            rest = rest.extracting(droppingFirst: count)
            if !isLast || !rest.isEmpty { output[start + 3] = 0x2D }
            output.append(0x0D)
            output.append(0x0A)
        } while !rest.isEmpty
    }

    private static func append(_ code: UInt16, to output: inout [UInt8]) {
        let code = min(max(code, 200), 599)
        output.append(UInt8(code / 100) + 0x30)
        output.append(UInt8(code / 10 % 10) + 0x30)
        output.append(UInt8(code % 10) + 0x30)
    }

    /// Appends a number without leading zeros.
    private static func append(decimal value: UInt16, to output: inout [UInt8]) {
        var divisor: UInt16 = 10_000
        while divisor > 1, value < divisor { divisor /= 10 }
        while divisor > 0 {
            output.append(UInt8(value / divisor % 10) + 0x30)
            divisor /= 10
        }
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
