import SMTPSecurity

/// Passes over parts of the wire path that the other passes take together.
public enum PartPass {
    /// Reads replies of a mail server, one after the other.
    ///
    /// - Returns: how many there were.
    public static func replies(_ octets: [UInt8]) -> Int {
        var parser = ReplyParser()
        var count = 0
        var index = 0
        while index < octets.count {
            let step = parser.consume(octets.span.extracting(droppingFirst: index))
            index += step.consumed
            guard case .reply = step.outcome else { break }
            count += 1
        }
        return count
    }

    /// Replies as Postfix gives them to a session with three recipients.
    public static let sessionReplies = Array(
        """
        220 mail.example.org ESMTP\r
        250-mail.example.org\r
        250-PIPELINING\r
        250-SIZE 10240000\r
        250-ENHANCEDSTATUSCODES\r
        250 8BITMIME\r
        250 2.1.0 Ok\r
        250 2.1.5 Ok\r
        250 2.1.5 Ok\r
        550 5.1.1 <carol@example.org>: Recipient address rejected: User unknown in local recipient table\r
        354 End data with <CR><LF>.<CR><LF>\r
        250 2.0.0 Ok: queued as 4F1A5C0D2E\r
        221 2.0.0 Bye\r

        """.utf8)

    /// Reads mailboxes and IP addresses into values of their own.
    ///
    /// - Returns: how many could be read.
    public static func addresses(_ texts: [String]) -> Int {
        var count = 0
        for text in texts where (try? Mailbox(text)) != nil || (try? IPAddress(text)) != nil { count += 1 }
        return count
    }

    /// Mailboxes and addresses of every form.
    public static let addressTexts = [
        "alice@example.org", "bob.smith+tag@mail-3.example.co.uk", "\"quoted string\"@example.com",
        "postmaster@[192.0.2.7]", "root@[IPv6:2001:db8::1]", "192.0.2.200", "2001:db8:0:1::ffff", "::ffff:192.0.2.1",
    ]

    /// Writes every command of a corpus in canonical form.
    ///
    /// - Parameter output: receives them; not reallocated while its capacity suffices.
    public static func serialize(_ commands: ParsedCorpus, into output: inout [UInt8]) {
        output.removeAll(keepingCapacity: true)
        for (line, command) in zip(commands.lines, commands.parsed) {
            CommandSerializer.serialize(CommandView(line: line.span, parsed: command), into: &output)
        }
    }

    /// Reads message data in chunks (`BDAT`).
    ///
    /// - Returns: octets of content.
    public static func chunks(_ octets: [UInt8], of size: Int) -> UInt64 {
        var scanner = ChunkScanner()
        var index = 0
        while index < octets.count {
            let end = min(index + size, octets.count)
            scanner.begin(size: UInt64(end - index), last: end == octets.count)
            index += scanner.scan(octets.span.extracting(index..<end))
        }
        return scanner.contentLength
    }
}

/// Commands that were parsed already.
public struct ParsedCorpus: Sendable {
    let lines: [[UInt8]]
    let parsed: [ParsedCommand]

    /// The commands of a corpus that parse.
    public init(_ octets: [UInt8]) {
        var lines: [[UInt8]] = []
        var parsed: [ParsedCommand] = []
        for part in octets.split(separator: 0x0A) {
            let line = Array(part.dropLast())
            var command = ParsedCommand()
            guard (try? CommandParser.parse(line.span, into: &command)) != nil else { continue }
            lines.append(line)
            parsed.append(command)
        }
        self.lines = lines
        self.parsed = parsed
    }
}
