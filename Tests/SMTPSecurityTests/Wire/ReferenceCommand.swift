import SMTPSecurity

/// A command as values that compare: what ``CommandReferenceReader`` finds in a line, and what the parser under test does.
struct ReferenceCommand: Equatable {
    /// One ESMTP parameter; a value of `nil` is one without `=`.
    struct Parameter: Equatable {
        var keyword: ParameterKeyword
        var name: Range<Int>
        var value: Range<Int>?
    }

    var verb = Verb.unknown
    var verbText = 0..<0
    var leniencies: Leniencies = []
    var isLastChunk = false
    var containsNonASCII = false
    var argument = 0..<0
    var initialResponse = 0..<0
    var path = ParsedPath()
    /// What the mailbox of the path means, quotes and backslashes undone.
    var mailbox: Mailbox?
    var size = UInt64.max
    var values = ParameterValues()
    var parameters: [Parameter] = []

    /// A command with nothing in it.
    init() {}

    /// What the parser under test found in a line.
    init(_ parsed: ParsedCommand, in line: Span<UInt8>) {
        verb = parsed.verb
        verbText = parsed.verbRange.range
        leniencies = parsed.leniencies
        isLastChunk = parsed.isLastChunk
        containsNonASCII = parsed.containsNonASCII
        argument = parsed.argument.range
        initialResponse = parsed.initialResponse.range
        path = parsed.path
        mailbox = Mailbox(PathView(line: line, parsed: parsed.path))
        size = parsed.size
        values = parsed.values
        for position in 0..<Int(parsed.parameterCount) {
            let parameter = parsed.parameter(at: position)
            parameters.append(
                Parameter(
                    keyword: parameter.keyword, name: parameter.keywordRange.range,
                    value: parameter.hasValue ? parameter.valueRange.range : nil))
        }
    }

    /// What the parser under test makes of a line.
    ///
    /// - Parameter command: holds whatever an earlier line left in it.
    static func parsing(
        _ line: Span<UInt8>, reusing command: inout ParsedCommand
    ) -> Result<ReferenceCommand, CommandParseError> {
        do throws(CommandParseError) {
            try CommandParser.parse(line, into: &command)
        } catch {
            return .failure(error)
        }
        return .success(ReferenceCommand(command, in: line))
    }
}
