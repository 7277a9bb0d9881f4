/// A command that outlives the line it stood in: the octets, copied, with what the parser found in them.
public struct OwnedCommand: Sendable {
    /// The line, without its line end.
    public let line: [UInt8]
    /// What the parser found.
    public let parsed: ParsedCommand

    /// A copy of a command.
    public init(_ command: CommandView) {
        var octets: [UInt8] = []
        octets.append(octetsOf: command.line)
        self.line = octets
        var parsed = ParsedCommand()
        parsed.fields = command.fields
        for position in 0..<command.parameterCount { parsed.parameters[position] = command.parameters[position] }
        self.parsed = parsed
    }

    /// The verb.
    public var verb: Verb { parsed.verb }

    /// The command as a view.
    public var view: CommandView {
        @_lifetime(borrow self)
        get { CommandView(line: line.span, parsed: parsed) }
    }

    /// The argument as text, for example the name in `EHLO`; octets that are not UTF-8 are replaced.
    public var argument: String { text(parsed.argument) }

    /// The mailbox of `MAIL` or `RCPT` as written, `local-part@domain`; empty for `<>`, the local part alone for
    /// `<Postmaster>`.
    public var address: String {
        switch parsed.path.kind {
        case .absent, .null: ""
        case .postmaster: text(parsed.path.localPart)
        case .mailbox: "\(text(parsed.path.localPart))@\(text(parsed.path.domain))"
        }
    }

    private func text(_ range: ByteRange) -> String {
        guard Int(range.upperBound) <= line.count else { return "" }
        return String(decoding: line[range.range], as: UTF8.self)
    }
}
