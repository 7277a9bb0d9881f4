/// A mailbox, `local-part@domain` (RFC 5321 §4.1.2, RFC 6531 §3.3), as a value that outlives the line it stood in.
public struct Mailbox: Sendable, Hashable, CustomStringConvertible {
    /// The local part without quotes and backslashes.
    public let localPart: LocalPart
    /// The domain or address literal.
    public let domain: MailDomain

    /// A mailbox of parts.
    public init(localPart: LocalPart, domain: MailDomain) {
        self.localPart = localPart
        self.domain = domain
    }

    /// Reads `local-part@domain`.
    ///
    /// - Throws: what is wrong, with the offset in octets.
    public init(_ text: String) throws(CommandParseError) {
        let line = Array("MAIL FROM:<\(text)>".utf8)
        let prefix = 11
        let length = line.count - prefix - 1
        func wrong(_ kind: CommandParseError.Kind, at offset: Int) -> CommandParseError {
            CommandParseError(kind, at: min(max(0, offset - prefix), length))
        }
        var command = ParsedCommand()
        do throws(CommandParseError) { try CommandParser.parse(line.span, into: &command) } catch {
            throw wrong(error.kind, at: Int(error.offset))
        }
        guard let mailbox = Mailbox(CommandView(line: line.span, parsed: command).path) else {
            throw wrong(.missingDomain, at: prefix)
        }
        // A path may have a source route, and a command parameters; a mailbox has neither.
        guard command.path.sourceRoute.isEmpty else { throw wrong(.malformedLocalPart, at: prefix) }
        guard Int(command.path.domain.upperBound) == prefix + length else {
            throw wrong(.malformedDomain, at: Int(command.path.domain.upperBound))
        }
        self = mailbox
    }

    /// A copy of a path's mailbox; `nil` if the path is not a mailbox.
    public init?(_ path: PathView) {
        guard path.kind == .mailbox, let domain = MailDomain(path) else { return nil }
        self.localPart = LocalPart(path)
        self.domain = domain
    }

    /// The canonical wire form.
    public var description: String { "\(localPart)@\(domain)" }
}
