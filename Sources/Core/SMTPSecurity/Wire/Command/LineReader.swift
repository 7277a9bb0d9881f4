/// Reads a command line from left to right. One method per production; each leaves ``index`` after what it read.
///
/// Tokens are found sixteen octets at a time. Whatever that cannot decide, or must not accept, is read again octet by octet, so
/// that there is one place that knows the exact grammar and the exact offset of an error.
struct LineReader: ~Escapable {
    let line: Span<UInt8>
    /// The offset after the last octet that is not trailing white space.
    let end: Int
    var index = 0
    /// Whether an octet was taken that no class of octets vouches for: one above 127, or any octet of free text. The parser looks at
    /// the whole line then.
    var isUnchecked = false

    @_lifetime(copy line)
    init(line: Span<UInt8>, end: Int) {
        self.line = line
        self.end = end
    }

    /// The octet at ``index``; NUL, which no line holds here, at the end.
    @inline(__always)
    var current: UInt8 { index < end ? line[index] : 0 }

    @inline(__always)
    var isAtEnd: Bool { index >= end }

    @inline(__always)
    var isAtSpace: Bool { current == 0x20 || current == 0x09 }

    @inline(__always)
    func error(_ kind: CommandParseError.Kind) -> CommandParseError { CommandParseError(kind, at: index) }

    /// Octets of a class.
    @inline(__always)
    mutating func run(_ classes: UInt8) -> Range<Int> {
        let start = index
        while index < end, OctetClass.contains(line[index], classes) { index += 1 }
        return start..<index
    }

    // MARK: Verbs and arguments

    /// The verb, with its range in the command.
    @inline(__always)
    mutating func verb(_ command: inout ParsedCommand) throws(CommandParseError) {
        let head = KeywordWord.word(line, at: 0)
        let verb = FourLetterVerb.verb(UInt32(truncatingIfNeeded: KeywordWord.upper(head) >> 32))
        // Four letters that are a verb, then a space or the end.
        if verb != .unknown, end == 4 || (head >> 24) & 0xFF == 0x20 {
            index = 4
            command.fields.verb = verb
            command.fields.verbRange = ByteRange(inLine: 0, 4)
        } else {
            let range = try anyVerb()
            command.fields.verb = KeywordWord(line, range).verb
            command.fields.verbRange = ByteRange(inLine: range.lowerBound, range.upperBound)
        }
    }

    /// A letter, then letters, digits, hyphens and underscores, at most 64 in all, then white space or the end.
    @inline(never)
    private mutating func anyVerb() throws(CommandParseError) -> Range<Int> {
        guard !isAtEnd, current & 0xDF >= 0x41, current & 0xDF <= 0x5A else { throw error(.missingVerb) }
        let range = run(OctetClass.keyword)
        guard isAtEnd || isAtSpace else { throw error(.malformedVerb) }
        guard range.count <= 64 else { throw CommandParseError(.malformedVerb, at: 64) }
        return range
    }

    /// One space, or more white space, which is a leniency.
    @inline(__always)
    mutating func space(_ command: inout ParsedCommand) -> Bool {
        guard !isAtEnd, current == 0x20 || current == 0x09 else { return false }
        if current == 0x20, index + 1 < end, line[index + 1] != 0x20, line[index + 1] != 0x09 {
            index += 1
            return true
        }
        command.fields.leniencies.insert(.extraSpace)
        while current == 0x20 || current == 0x09 { index += 1 }
        return true
    }

    mutating func nothing() throws(CommandParseError) {
        while current == 0x20 || current == 0x09 { index += 1 }
        guard isAtEnd else { throw error(.unexpectedArgument) }
    }

    /// The rest of the line, without tabs.
    mutating func text(_ command: inout ParsedCommand, isRequired: Bool) throws(CommandParseError) {
        guard space(&command) else {
            if isRequired { throw error(.missingArgument) }
            return
        }
        let start = index
        isUnchecked = true
        while index < end {
            if line[index] == 0x09 { throw error(.forbiddenOctet) }
            index += 1
        }
        command.fields.argument = ByteRange(inLine: start, end)
        // VRFY and EXPN take one parameter (RFC 6531 §3.7.4.2).
        if command.fields.verb == .vrfy || command.fields.verb == .expn, end - start > 9, line[end - 9] == 0x20,
            KeywordWord(line, (end - 8)..<end).parameter == .smtpUTF8
        {
            command.fields.values.smtpUTF8 = true
        }
    }

    /// `HELO`, `EHLO`, `LHLO`: a domain or an address literal; harmless text without spaces is tolerated.
    mutating func greeting(_ command: inout ParsedCommand) throws(CommandParseError) {
        guard space(&command) else { throw error(.missingArgument) }
        let start = index
        var path = ParsedPath()
        do throws(CommandParseError) {
            try domain(&path)
            guard isAtEnd else { throw error(.malformedDomain) }
        } catch {
            index = start
            path = ParsedPath()
            isUnchecked = true
            while index < end {
                let octet = line[index]
                if octet == 0x20 || octet == 0x09 { throw self.error(.malformedGreeting) }
                index += 1
            }
            // An address literal that is none is nothing else either.
            if line[start] == 0x5B || end - start > 255 { throw CommandParseError(.malformedGreeting, at: start) }
            command.fields.leniencies.insert(.improperGreetingName)
        }
        command.fields.path.domain = path.domain
        command.fields.path.domainKind = path.domainKind
        command.fields.argument = ByteRange(inLine: start, end)
    }

    /// `BDAT size [LAST]` (RFC 3030 §2).
    mutating func chunk(_ command: inout ParsedCommand) throws(CommandParseError) {
        guard space(&command) else { throw error(.missingArgument) }
        let start = index
        guard let size = decimal(digits: 20) else { throw CommandParseError(.malformedChunkSize, at: start) }
        command.fields.size = size
        if isAtEnd { return }
        guard space(&command) else { throw error(.malformedChunkSize) }
        let word = run(OctetClass.keyword)
        guard isAtEnd, KeywordWord(line, word).isLast else {
            throw CommandParseError(.unexpectedArgument, at: word.lowerBound)
        }
        command.fields.isLastChunk = true
    }

    /// `AUTH mechanism [initial-response]` (RFC 4954 §4, RFC 4422 §3.1).
    mutating func authentication(_ command: inout ParsedCommand) throws(CommandParseError) {
        guard space(&command) else { throw error(.missingArgument) }
        let mechanism = run(OctetClass.keyword)
        guard (1...20).contains(mechanism.count), isAtEnd || isAtSpace else {
            throw CommandParseError(.malformedAuthentication, at: mechanism.lowerBound)
        }
        command.fields.argument = ByteRange(inLine: mechanism.lowerBound, mechanism.upperBound)
        if isAtEnd { return }
        _ = space(&command)
        let start = index
        guard end - start == 1 && current == 0x3D || Base64Grammar.isValid(line.extracting(start..<end)) else {
            throw CommandParseError(.malformedAuthentication, at: start)
        }
        command.fields.initialResponse = ByteRange(inLine: start, end)
    }

    /// 1 to `digits` decimal digits that fit 63 bits.
    @inline(__always)
    mutating func decimal(digits limit: Int) -> UInt64? {
        let (value, count) = DecimalWord.leadingNumber(KeywordWord.word(line, at: index))
        if count < 8, count > 0, count <= limit {
            index += count
            return value
        }
        return longDecimal(digits: limit)
    }

    @inline(never)
    private mutating func longDecimal(digits limit: Int) -> UInt64? {
        let start = index
        var value: UInt64 = 0
        while index < end, line[index] &- 0x30 < 10 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(UInt64(line[index] - 0x30))
            guard !overflow, !carried, index - start < limit else { return nil }
            value = sum
            index += 1
        }
        return index > start && value <= UInt64(Int64.max) ? value : nil
    }
}
