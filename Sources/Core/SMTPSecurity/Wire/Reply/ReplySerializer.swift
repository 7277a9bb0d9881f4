/// Writes replies in canonical form (RFC 5321 §4.2.1).
public enum ReplySerializer {
    /// The most octets of a line, its CRLF included (RFC 5321 §4.5.3.1.5).
    public static let lineLimit = 512

    /// Appends a reply.
    ///
    /// The enhanced code stands on every line (RFC 2034 §4), except in 3yz replies. Lines that are too long go on in the next
    /// one. Control characters become question marks, so that no text can end a line.
    public static func serialize(_ reply: Reply, into output: inout [UInt8]) {
        let code = digits(of: min(max(reply.code, 200), 599))
        var prefix: [UInt8] = []
        if let status = reply.enhancedStatus, reply.severity != .intermediate {
            prefix = Array("\(status) ".utf8)
        }
        let room = lineLimit - 2 - 4 - prefix.count
        let lines = reply.lines.isEmpty ? [""] : reply.lines
        for (index, line) in lines.enumerated() {
            var rest = safe(line)[...]
            let isLastLine = index == lines.count - 1
            repeat {
                let piece = rest.prefix(cut(rest, room))
                rest = rest.dropFirst(piece.count)
                output.append(contentsOf: code)
                output.append(isLastLine && rest.isEmpty ? 0x20 : 0x2D)
                output.append(contentsOf: prefix)
                output.append(contentsOf: piece)
                output.append(0x0D)
                output.append(0x0A)
            } while !rest.isEmpty
        }
    }

    private static func digits(of code: UInt16) -> [UInt8] {
        [UInt8(code / 100) + 0x30, UInt8(code / 10 % 10) + 0x30, UInt8(code % 10) + 0x30]
    }

    private static func safe(_ text: String) -> [UInt8] {
        guard text.unicodeScalars.contains(where: ReplyParser.isUnsafe) else { return Array(text.utf8) }
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
    private static func cut(_ text: ArraySlice<UInt8>, _ room: Int) -> Int {
        guard text.count > room else { return text.count }
        let start = text.startIndex
        for index in stride(from: start + room - 1, to: start + room / 2, by: -1) where text[index] == 0x20 {
            return index + 1 - start
        }
        var end = start + room
        while end > start + 1, text[end] & 0xC0 == 0x80 { end -= 1 }
        return end - start
    }
}
