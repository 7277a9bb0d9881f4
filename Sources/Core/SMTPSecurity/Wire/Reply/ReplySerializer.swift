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
        guard !reply.moreLines.isEmpty else { return }
        for (index, line) in reply.moreLines.enumerated() {
            append(line, of: reply, isLast: index == reply.moreLines.count - 1, to: &output)
        }
    }

    private static func append(_ line: String, of reply: Reply, isLast: Bool, to output: inout [UInt8]) {
        let head = Head(reply)
        let text = line.utf8Span.span
        guard isPrintable(text) else { return append(safe(line).span, head, isLast: isLast, to: &output) }
        append(text, head, isLast: isLast, to: &output)
    }

    /// Appends a line of text, in as many lines as it takes.
    @inline(__always)
    private static func append(_ text: Span<UInt8>, _ head: Head, isLast: Bool, to output: inout [UInt8]) {
        let room = lineLimit - 2 - head.count
        if text.count <= room { return append(line: text, head, isLast: isLast, to: &output) }
        var rest = text
        while !rest.isEmpty {
            let count = cut(rest, room)
            append(line: rest.extracting(first: count), head, isLast: isLast && count == rest.count, to: &output)
            rest = rest.extracting(droppingFirst: count)
        }
    }

    @inline(never)
    private static func append(line text: Span<UInt8>, _ head: Head, isLast: Bool, to output: inout [UInt8]) {
        output.append(addingCapacity: Head.room + text.count + 2) { output in
            // Proof: there is room for both words of the head, the text and a line end; what is counted was written.
            unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
                let target = UnsafeMutableRawBufferPointer(buffer)
                let separator: UInt64 = isLast ? 0x20 : 0x2D
                unsafe target.storeBytes(of: (head.first | separator << 24).littleEndian, as: UInt64.self)
                unsafe target.storeBytes(of: head.second.littleEndian, toByteOffset: 8, as: UInt64.self)
                unsafe target.storeBytes(of: head.third.littleEndian, toByteOffset: 16, as: UInt64.self)
                unsafe text.withUnsafeBytes { source in
                    unsafe UnsafeMutableRawBufferPointer(rebasing: target[head.count...]).copyMemory(from: source)
                }
                unsafe target.storeBytes(
                    of: UInt16(0x0A0D).littleEndian, toByteOffset: head.count &+ text.count, as: UInt16.self)
                initialized = head.count &+ text.count &+ 2
            }
        }
    }

    /// What comes before the text of each line: the code, a place for the separator, and perhaps an enhanced code and a space.
    private struct Head {
        /// Octets of all three words.
        static let room = 24

        /// The octets, the first one lowest.
        private(set) var first: UInt64 = 0
        private(set) var second: UInt64 = 0
        private(set) var third: UInt64 = 0
        /// How many of them there are: at most 4, 3 of the class, twice 5 digits, two dots and a space.
        private(set) var count = 4

        @inline(__always)
        init(_ reply: Reply) {
            let code = UInt64(min(max(reply.code, 200), 599))
            first = (code / 100 | (code / 10 % 10) << 8 | (code % 10) << 16) + 0x30_3030
            guard let status = reply.enhancedStatus, code / 100 != 3 else { return }
            if status.statusClass < 10, status.subject < 10, status.detail < 10 {
                // Nearly always: one digit each.
                let start = UInt64(status.statusClass) | UInt64(status.subject) << 16
                first |= (start + 0x2E30_2E30) << 32
                second = UInt64(status.detail) + 0x2030
                count = 10
            } else {
                append(UInt16(status.statusClass))
                append(octet: 0x2E)
                append(status.subject)
                append(octet: 0x2E)
                append(status.detail)
                append(octet: 0x20)
            }
        }

        private mutating func append(octet: UInt8) {
            let shift = UInt64(8 * (count % 8))
            switch count / 8 {
            case 0: first |= UInt64(octet) &<< shift
            case 1: second |= UInt64(octet) &<< shift
            default: third |= UInt64(octet) &<< shift
            }
            count += 1
        }

        private mutating func append(_ number: UInt16) {
            if number >= 10 { append(number / 10) }
            append(octet: UInt8(truncatingIfNeeded: number % 10) + 0x30)
        }
    }

    private static func isPrintable(_ text: Span<UInt8>) -> Bool {
        TokenScan.end(of: PrintableSet.self, text, from: 0) == text.count
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
