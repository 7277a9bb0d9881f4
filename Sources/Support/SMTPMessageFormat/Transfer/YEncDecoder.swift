/// Decodes the lines of yEnc (the draft of 2002), as far as it goes.
struct YEncDecoder: Sendable {
    /// What was unusual.
    private(set) var anomalies = Anomalies()

    private enum State: Sendable {
        case lineStart
        case text
        /// Behind `=`.
        case escape(isFirst: Bool)
        /// In a line that begins with `=y`: no content.
        case keyword
    }

    private var state = State.lineStart

    /// The name in a line `=ybegin line=128 size=123 name=file`; `nil` if it is no such line.
    static func name(in line: Span<UInt8>) -> [UInt8]? {
        let word = Array("=ybegin ".utf8)
        guard line.count > word.count else { return nil }
        for index in 0..<word.count where lowercased(line[index]) != word[index] { return nil }
        let key = Array("name=".utf8)
        var index = word.count
        while index + key.count <= line.count {
            if (0..<key.count).allSatisfy({ line[index + $0] == key[$0] }) {
                return (index + key.count..<line.count).map { line[$0] }
            }
            index += 1
        }
        return []
    }

    /// Whether a line ends the file.
    static func isEnd(_ line: Span<UInt8>) -> Bool {
        let word = Array("=yend".utf8)
        return line.count >= word.count && word.indices.allSatisfy { lowercased(line[$0]) == word[$0] }
    }

    /// Takes an octet.
    mutating func decode(_ octet: UInt8, into output: inout DecodedOctets) {
        switch (state, octet) {
        case (_, 0x0A): state = .lineStart
        case (_, 0x0D), (.keyword, _): break
        case (.escape(isFirst: true), UInt8(ascii: "y")): state = .keyword
        case (.escape, _):
            output.append(octet &- 106)
            state = .text
        case (.lineStart, UInt8(ascii: "=")): state = .escape(isFirst: true)
        case (.text, UInt8(ascii: "=")): state = .escape(isFirst: false)
        default:
            output.append(octet &- 42)
            state = .text
        }
    }

    /// The text ends before a line `=yend`.
    mutating func truncate(at offset: Int) { anomalies.add(.yEncTruncated, at: offset) }
}
