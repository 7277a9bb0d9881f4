/// Parses command lines (RFC 5321 §4.1.1 and the extensions that ``Verb`` and ``ParameterKeyword`` list).
///
/// Parsing allocates nothing and copies nothing: it fills in offsets. It accepts exactly the grammar, apart from the
/// ``Leniencies`` that it reports.
///
/// ```swift
/// var command = ParsedCommand()
/// try CommandParser.parse(line, into: &command)
/// let view = CommandView(line: line, parsed: command)
/// ```
public enum CommandParser {
    /// Parses one line.
    ///
    /// - Parameters:
    ///   - line: the line without its line end.
    ///   - command: receives what was found. After an error its content is unspecified.
    /// - Throws: what is wrong, and at which offset.
    public static func parse(_ line: Span<UInt8>, into command: inout ParsedCommand) throws(CommandParseError) {
        let octets = try OctetCheck(line)
        var reader = LineReader(line: line, end: octets.end)
        command.leniencies = octets.end < line.count ? .trailingSpace : []
        command.isLastChunk = false
        command.containsNonASCII = octets.containsNonASCII
        command.parameterCount = 0
        command.argument = ByteRange()
        command.initialResponse = ByteRange()
        command.path = ParsedPath()
        command.size = .max
        command.values = ParameterValues()
        let verb = try reader.verb()
        command.verbRange = ByteRange(verb.lowerBound, verb.upperBound)
        command.verb = KeywordWord(line, verb).verb
        switch command.verb {
        case .mail: try reader.pathCommand(&command, isReverse: true)
        case .rcpt: try reader.pathCommand(&command, isReverse: false)
        case .send, .soml, .saml: try reader.pathCommand(&command, isReverse: true)
        case .helo, .ehlo, .lhlo: try reader.greeting(&command)
        case .data, .rset, .quit, .startTLS, .turn: try reader.nothing()
        case .bdat: try reader.chunk(&command)
        case .auth: try reader.authentication(&command)
        case .vrfy, .expn, .etrn, .burl, .xclient, .xforward: try reader.text(&command, isRequired: true)
        case .noop, .help, .atrn, .unknown: try reader.text(&command, isRequired: false)
        }
    }
}

/// A first look at all octets of a line: what no command may hold, and where trailing white space begins.
struct OctetCheck {
    /// The offset after the last octet that is not white space.
    let end: Int
    /// Whether any octet is above 127.
    let containsNonASCII: Bool

    init(_ line: Span<UInt8>) throws(CommandParseError) {
        var highest: UInt8 = 0
        var index = 0
        let control = SIMD16<UInt8>(repeating: 0x20)
        let delete = SIMD16<UInt8>(repeating: 0x7F)
        var isClean = true
        var all = SIMD16<UInt8>(repeating: 0)
        while index + 16 <= line.count {
            // Proof: octets have no padding, the load checks its bounds itself, and every bit pattern is a valid vector.
            let block = unsafe line.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
            let bad = unsafe unsafeBitCast((block .< control) .| (block .== delete), to: SIMD2<UInt64>.self)
            // Proof: a mask of 16 lanes of 8 bits has the size of 2 lanes of 64 bits, and every bit pattern is valid.
            if (bad.x | bad.y) != 0 { isClean = false }
            all |= block
            index += 16
        }
        let folded = unsafe unsafeBitCast(all, to: SIMD2<UInt64>.self)
        // Proof: as above.
        if (folded.x | folded.y) & 0x8080_8080_8080_8080 != 0 { highest = 0x80 }
        while index < line.count {
            let octet = line[index]
            if octet < 0x20 || octet == 0x7F { isClean = false }
            highest |= octet
            index += 1
        }
        containsNonASCII = highest >= 0x80
        if !isClean || containsNonASCII { try Self.examine(line) }
        var end = line.count
        while end > 0, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
        self.end = end
    }

    /// Finds the octet that no command may hold. White space is left to the grammar.
    private static func examine(_ line: Span<UInt8>) throws(CommandParseError) {
        var index = 0
        while index < line.count {
            let octet = line[index]
            if octet < 0x80 {
                if (octet < 0x20 && octet != 0x09) || octet == 0x7F {
                    throw CommandParseError(.forbiddenOctet, at: index)
                }
                index += 1
                continue
            }
            guard let length = UTF8Grammar.length(line, at: index) else {
                throw CommandParseError(.invalidUTF8, at: index)
            }
            // C1 controls: U+0080 to U+009F.
            if octet == 0xC2, line[index + 1] < 0xA0 { throw CommandParseError(.forbiddenOctet, at: index) }
            index += length
        }
    }
}

/// The grammar of UTF-8 (RFC 3629 §4): no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Grammar {
    /// The length in octets of the character that starts at an offset; `nil` if none does.
    static func length(_ octets: Span<UInt8>, at index: Int) -> Int? {
        func tail(_ offset: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
            index + offset < octets.count && octets[index + offset] >= low && octets[index + offset] <= high
        }
        switch octets[index] {
        case 0...0x7F: return 1
        case 0xC2...0xDF: return tail(1) ? 2 : nil
        case 0xE0: return tail(1, 0xA0) && tail(2) ? 3 : nil
        case 0xED: return tail(1, 0x80, 0x9F) && tail(2) ? 3 : nil
        case 0xE1...0xEF: return tail(1) && tail(2) ? 3 : nil
        case 0xF0: return tail(1, 0x90) && tail(2) && tail(3) ? 4 : nil
        case 0xF1...0xF3: return tail(1) && tail(2) && tail(3) ? 4 : nil
        case 0xF4: return tail(1, 0x80, 0x8F) && tail(2) && tail(3) ? 4 : nil
        default: return nil
        }
    }
}
