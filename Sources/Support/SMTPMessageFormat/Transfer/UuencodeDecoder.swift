/// Decodes the lines of uuencode (POSIX.1, `uuencode`), however broken.
struct UuencodeDecoder: Sendable {
    /// What was unusual.
    private(set) var anomalies = Anomalies()
    /// The line so far, without its end: the longest line has 63 octets in 84 letters.
    private var line: [UInt8] = []
    private var isTooLong = false

    /// The name in a line `begin 644 name`; `nil` if it is no such line.
    static func name(in line: Span<UInt8>) -> [UInt8]? {
        let word = Array("begin ".utf8)
        guard line.count > 10 else { return nil }
        for index in 0..<6 where lowercased(line[index]) != word[index] { return nil }
        var index = 6
        while index < line.count, line[index] & 0xF8 == 0x30 { index += 1 }
        // Three or four digits of permissions.
        guard (9...10).contains(index), index + 1 < line.count, line[index] == 0x20 else { return nil }
        return (index + 1..<line.count).map { line[$0] }
    }

    /// Takes an octet.
    mutating func decode(_ octet: UInt8, at offset: Int, into output: inout DecodedOctets) {
        switch octet {
        case 0x0A: finishLine(at: offset, into: &output)
        case 0x0D: break
        case _ where line.count < 128: line.append(octet)
        default: isTooLong = true
        }
    }

    /// The text ends before a line `end`.
    mutating func truncate(at offset: Int, into output: inout DecodedOctets) {
        finishLine(at: offset, into: &output)
        anomalies.add(.uuencodeTruncated, at: offset)
    }

    /// Whether a line ends the file.
    static func isEnd(_ line: Span<UInt8>) -> Bool {
        guard line.count >= 3, lowercased(line[0]) == 0x65, lowercased(line[1]) == 0x6E, lowercased(line[2]) == 0x64
        else { return false }
        return (3..<line.count).allSatisfy { line[$0] == 0x20 || line[$0] == 0x09 }
    }

    private mutating func finishLine(at offset: Int, into output: inout DecodedOctets) {
        defer {
            line.removeAll(keepingCapacity: true)
            isTooLong = false
        }
        guard let first = line.first else { return }
        guard !isTooLong, first >= 0x20, first <= 0x60 else { return anomalies.add(.uuencodeSyntax, at: offset) }
        let count = Int(first &- 0x20) & 63
        let letters = (count + 2) / 3 * 4
        // Spaces at the ends of lines get lost, some writers add a check digit.
        if line.count - 1 > letters + 1 || line.contains(where: { $0 < 0x20 || $0 > 0x60 }) {
            anomalies.add(.uuencodeSyntax, at: offset)
        }
        var written = 0
        var index = 1
        while written < count {
            var group: UInt32 = 0
            for place in index..<(index + 4) {
                let letter = place < line.count ? line[place] : 0x20
                group = group << 6 | UInt32((letter &- 0x20) & 63)
            }
            for shift in [16, 8, 0] as [UInt32] where written < count {
                output.append(UInt8(truncatingIfNeeded: group >> shift))
                written += 1
            }
            index += 4
        }
    }
}
