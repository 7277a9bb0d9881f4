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
    @inlinable
    @inline(__always)
    public static func parse(_ line: Span<UInt8>, into command: inout ParsedCommand) throws(CommandParseError) {
        try parseCommand(line, into: &command)
    }

    /// Reads the line, or the rest of it, exactly.
    @inline(never)
    fileprivate static func read(
        _ line: Span<UInt8>, after progress: CommonForm.Progress, into command: inout ParsedCommand
    ) throws(CommandParseError) {
        command.fields.isCanonical = false
        let end = endWithoutTrailingSpace(line)
        if end < line.count { command.fields.leniencies = .trailingSpace }
        var reader = LineReader(line: line, end: end)
        do throws(CommandParseError) {
            switch progress {
            case .nothing:
                try reader.command(&command)
            case .path(let offset):
                reader.index = offset
                try reader.pathAndParameters(&command)
            case .parameters(let offset):
                reader.index = offset
                try reader.parameters(&command)
            }
        } catch {
            // An octet that no command may hold comes before anything else that is wrong.
            _ = try OctetCheck(line)
            throw error
        }
        if reader.isUnchecked { command.fields.containsNonASCII = try OctetCheck(line).containsNonASCII }
    }

    @inline(__always)
    private static func endWithoutTrailingSpace(_ line: Span<UInt8>) -> Int {
        var end = line.count
        while end > 0, line[end - 1] <= 0x20, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
        return end
    }
}

/// What ``CommandParser/parse(_:into:)`` does. A function by itself: one of a type gets another one around it that drops the type.
@usableFromInline
func parseCommand(_ line: Span<UInt8>, into command: inout ParsedCommand) throws(CommandParseError) {
    guard line.count <= Int(UInt16.max) else { throw CommandParseError(.lineTooLong, at: Int(UInt16.max)) }
    command.fields = ParsedFields()
    var progress = CommonForm.head(line, into: &command)
    if case .parameters(let offset) = progress {
        if offset == line.count { return }
        let stop = CommonForm.parameters(line, at: offset, into: &command)
        if stop == line.count { return }
        progress = .parameters(stop)
    }
    try CommandParser.read(line, after: progress, into: &command)
}

extension LineReader {
    /// `verb [SP argument]`.
    @inline(__always)
    fileprivate mutating func command(_ command: inout ParsedCommand) throws(CommandParseError) {
        try verb(&command)
        switch command.fields.verb {
        case .mail, .send, .soml, .saml, .rcpt: try pathCommand(&command)
        case .helo, .ehlo, .lhlo: try greeting(&command)
        case .data, .rset, .quit, .startTLS, .turn: try nothing()
        case .bdat: try chunk(&command)
        case .auth: try authentication(&command)
        case .vrfy, .expn, .etrn, .burl, .xclient, .xforward: try text(&command, isRequired: true)
        case .noop, .help, .atrn, .unknown: try text(&command, isRequired: false)
        }
    }
}
