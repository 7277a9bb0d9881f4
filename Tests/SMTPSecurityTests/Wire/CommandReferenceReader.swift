import SMTPSecurity

/// Reads command lines one octet at a time, as the RFCs and the doc comments of ``CommandParser`` have them: slow, obvious,
/// and written apart from it.
///
/// It is the oracle of the generated tests: whatever the parser becomes, it has to find the same, or the same error at the same
/// offset. Where the library means to differ from an RFC, and says so or has a test that does, the reader follows the library
/// at a comment that starts with `Deviation:`.
struct CommandReferenceReader {
    typealias Grammar = ReferenceGrammar

    private static let verbs = Verb.allCases.compactMap { verb in verb.keyword.map { ("\($0)", verb) } }

    let line: [UInt8]
    /// Where trailing white space begins.
    let end: Int
    var index = 0
    var command = ReferenceCommand()

    /// The command in a line, or what is wrong with it.
    static func read(_ line: [UInt8]) -> Result<ReferenceCommand, CommandParseError> {
        do throws(CommandParseError) {
            var reader = try CommandReferenceReader(line)
            try reader.readCommand()
            return .success(reader.command)
        } catch {
            return .failure(error)
        }
    }

    /// A reader at the start of a line, all octets of which a command may hold.
    init(_ line: [UInt8]) throws(CommandParseError) {
        guard line.count <= 65_535 else { throw CommandParseError(.lineTooLong, at: 65_535) }
        self.line = line
        end = (line.lastIndex { !Grammar.isSpace($0) } ?? -1) + 1
        command.containsNonASCII = try Self.checkCharacters(line)
        if end < line.count { command.leniencies.insert(.trailingSpace) }
    }

    /// Finds the first character that no command may hold: whatever else is wrong, it comes first.
    ///
    /// - Returns: whether any octet is above 127.
    static func checkCharacters(_ line: [UInt8]) throws(CommandParseError) -> Bool {
        var containsNonASCII = false
        var index = 0
        while index < line.count {
            guard let character = Grammar.character(line, at: index) else {
                throw CommandParseError(.invalidUTF8, at: index)
            }
            switch character.scalar {
            case 0x09: break
            case 0x00...0x1F, 0x7F...0x9F: throw CommandParseError(.forbiddenOctet, at: index)
            default: break
            }
            if character.length > 1 { containsNonASCII = true }
            index += character.length
        }
        return containsNonASCII
    }

    /// The next octet, if the line goes on.
    var next: UInt8? { index < end ? line[index] : nil }

    /// An error that shows at the next octet.
    func error(_ kind: CommandParseError.Kind) -> CommandParseError { CommandParseError(kind, at: index) }

    /// Passes octets for as long as they belong.
    mutating func take(while belongs: (UInt8) -> Bool) -> Range<Int> {
        let start = index
        while let octet = next, belongs(octet) { index += 1 }
        return start..<index
    }

    /// `SP`; more white space, or a tab, is tolerated.
    ///
    /// - Returns: whether there was any.
    mutating func takeSpace() -> Bool {
        let space = take(while: Grammar.isSpace)
        if space.isEmpty { return false }
        if Array(line[space]) != [0x20] { command.leniencies.insert(.extraSpace) }
        return true
    }

    /// `verb [SP argument]`.
    private mutating func readCommand() throws(CommandParseError) {
        try readVerb()
        switch command.verb {
        case .mail, .send, .soml, .saml: try readPathCommand(isReverse: true)
        case .rcpt: try readPathCommand(isReverse: false)
        case .helo, .ehlo, .lhlo: try readGreeting()
        case .bdat: try readChunk()
        case .auth: try readAuthentication()
        case .data, .rset, .quit, .startTLS, .turn:
            _ = take(while: Grammar.isSpace)
            guard next == nil else { throw error(.unexpectedArgument) }
        case .vrfy, .expn:
            try readText(isRequired: true)
            // RFC 6531 §3.7.4.2: the one parameter that they take.
            let words = line[command.argument].split(separator: 0x20, omittingEmptySubsequences: false)
            if words.count > 1, let last = words.last, Grammar.isSame(last, "SMTPUTF8") {
                command.values.smtpUTF8 = true
            }
        case .etrn, .burl, .xclient, .xforward: try readText(isRequired: true)
        case .noop, .help, .atrn, .unknown: try readText(isRequired: false)
        }
    }

    /// A letter, then letters, digits, hyphens and underscores: 64 octets at most.
    private mutating func readVerb() throws(CommandParseError) {
        guard let first = next, Grammar.isAlpha(first) else { throw error(.missingVerb) }
        let word = take { Grammar.isLetDig($0) || $0 == 0x2D || $0 == 0x5F }
        if let octet = next, !Grammar.isSpace(octet) { throw error(.malformedVerb) }
        guard word.count <= 64 else { throw CommandParseError(.malformedVerb, at: 64) }
        command.verbText = word
        for (text, verb) in Self.verbs where Grammar.isSame(line[word], text) { command.verb = verb }
    }

    /// The rest of the line, in which a tab is a control character like any other.
    private mutating func readText(isRequired: Bool) throws(CommandParseError) {
        guard takeSpace() else {
            if isRequired { throw error(.missingArgument) }
            return
        }
        command.argument = take { $0 != 0x09 }
        guard next == nil else { throw error(.forbiddenOctet) }
    }

    /// `( Domain / address-literal )` (RFC 5321 §4.1.1.1).
    ///
    /// Deviation: `HELO` has no address literal in RFC 5321 §4.1.1.1; the library reads one, and no ``Leniencies`` say so.
    private mutating func readGreeting() throws(CommandParseError) {
        guard takeSpace() else { throw error(.missingArgument) }
        let start = index
        command.argument = start..<end
        var domain = ParsedPath()
        do throws(CommandParseError) {
            try readDomain(&domain)
            guard next == nil else { throw error(.malformedDomain) }
            command.path.domain = domain.domain
            command.path.domainKind = domain.domainKind
        } catch {
            index = start
            _ = take { !Grammar.isSpace($0) }
            guard next == nil else { throw self.error(.malformedGreeting) }
            guard line[start] != 0x5B, end - start <= 255 else {
                throw CommandParseError(.malformedGreeting, at: start)
            }
            command.leniencies.insert(.improperGreetingName)
        }
    }

    /// `chunk-size [SP end-marker]` (RFC 3030 §2).
    ///
    /// Deviation: `chunk-size` is `1*DIGIT`; the library documents 20 digits and 63 bits.
    private mutating func readChunk() throws(CommandParseError) {
        guard takeSpace() else { throw error(.missingArgument) }
        let digits = take(while: Grammar.isDigit)
        guard let size = Grammar.number(line[digits], atMost: 20) else {
            throw CommandParseError(.malformedChunkSize, at: digits.lowerBound)
        }
        command.size = size
        if next == nil { return }
        guard takeSpace() else { throw error(.malformedChunkSize) }
        guard Grammar.isSame(line[index..<end], "LAST") else { throw error(.unexpectedArgument) }
        command.isLastChunk = true
    }

    /// `sasl-mech [SP initial-response]` (RFC 4954 §4).
    ///
    /// Deviation: `mech-char` has capitals only (RFC 4422 §3.1); the library takes small letters too.
    private mutating func readAuthentication() throws(CommandParseError) {
        guard takeSpace() else { throw error(.missingArgument) }
        let mechanism = take { Grammar.isLetDig($0) || $0 == 0x2D || $0 == 0x5F }
        guard (1...20).contains(mechanism.count), next.map(Grammar.isSpace) ?? true else {
            throw CommandParseError(.malformedAuthentication, at: mechanism.lowerBound)
        }
        command.argument = mechanism
        guard takeSpace() else { return }
        guard Array(line[index..<end]) == [0x3D] || ReferenceValue.isBase64(line[index..<end]) else {
            throw error(.malformedAuthentication)
        }
        command.initialResponse = index..<end
    }
}
