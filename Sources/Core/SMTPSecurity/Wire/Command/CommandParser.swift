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
        guard line.count <= Int(UInt16.max) else { throw CommandParseError(.lineTooLong, at: Int(UInt16.max)) }
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
