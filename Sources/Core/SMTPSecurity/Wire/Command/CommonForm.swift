/// The forms that nearly all commands have, read without a look at each octet.
///
/// What is anything else, right or wrong, ``LineReader`` reads again, octet by octet; functions that return an offset, that of the octet
/// after what they read, return 0 then. A form that is accepted here is one that it accepts, with the same result.
enum CommonForm {
    /// How far a line was read.
    enum Progress {
        /// Nothing is in the command.
        case nothing
        /// Verb and keyword are; a path comes at the offset.
        case path(Int)
        /// The path is too; parameters come at the offset, if anything.
        case parameters(Int)
    }

    /// A verb by itself, a greeting with a domain name, or a verb with a path; what comes after the path is not read.
    ///
    /// - Parameter command: has nothing in it yet.
    @inline(always)
    static func head(_ line: Span<UInt8>, into command: inout ParsedCommand) -> Progress {
        guard line.count >= 8 else {
            return line.count == 4 ? bareVerb(line, into: &command) : .nothing
        }
        // Proof, here and below: the loads check their bounds themselves, and every bit pattern is a valid number.
        let head = unsafe line.bytes.unsafeLoadUnaligned(as: UInt64.self).bigEndian
        // Letters are compared in either case, everything else as it is.
        let path: Int
        if head & 0xDFDF_DFDF_FFDF_DFFF == 0x5243_5054_2054_4F3A {  // RCPT TO:
            guard line.count > 8, line[8] == 0x3C else { return .nothing }
            begin(&command, .rcpt, isCanonical: head == 0x5243_5054_2054_4F3A)
            path = 8
        } else if head & 0xDFDF_DFDF_FFDF_DFDF == 0x4D41_494C_2046_524F {  // MAIL FRO
            guard line.count >= 12 else { return .nothing }
            let tail = unsafe line.bytes.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt32.self).bigEndian
            guard tail & 0xDFFF_FF00 == 0x4D3A_3C00 else { return .nothing }  // M:<
            begin(
                &command, .mail, isCanonical: head == 0x4D41_494C_2046_524F && tail >> 8 == 0x4D_3A3C)
            if tail & 0xFF == 0x3E {
                command.fields.path.kind = .null
                return .parameters(12)
            }
            path = 10
        } else if head & 0xDFDF_DFDF_FF00_0000 == 0x4548_4C4F_2000_0000 {  // EHLO
            return greeting(line, .ehlo, isCanonical: head >> 32 == 0x4548_4C4F, into: &command)
        } else if head & 0xDFDF_DFDF_FF00_0000 == 0x4845_4C4F_2000_0000 {  // HELO
            return greeting(line, .helo, isCanonical: head >> 32 == 0x4845_4C4F, into: &command)
        } else {
            return .nothing
        }
        let stop = self.path(line, at: path, into: &command)
        return stop > 0 ? .parameters(stop) : .path(path)
    }

    @inline(always)
    private static func begin(_ command: inout ParsedCommand, _ verb: Verb, isCanonical: Bool) {
        command.fields.verb = verb
        command.fields.isCanonical = isCanonical
        command.fields.verbRange = ByteRange(inLine: 0, 4)
    }

    /// A line of four octets.
    @inline(always)
    private static func bareVerb(_ line: Span<UInt8>, into command: inout ParsedCommand) -> Progress {
        // Proof: the load checks its bounds itself, and every bit pattern is a valid number.
        let word = unsafe line.bytes.unsafeLoadUnaligned(as: UInt32.self).bigEndian
        let upper = UInt32(truncatingIfNeeded: KeywordWord.upper(UInt64(word)))
        let verb = FourLetterVerb.verb(upper)
        switch verb {
        case .data, .rset, .noop, .quit, .help, .turn, .atrn:
            begin(&command, verb, isCanonical: word == upper)
            return .parameters(4)
        default:
            return .nothing
        }
    }

    /// One space and a domain name.
    @inline(never)
    private static func greeting(
        _ line: Span<UInt8>, _ verb: Verb, isCanonical: Bool, into command: inout ParsedCommand
    ) -> Progress {
        let start = 5
        let window = NameWindow<UInt64>(line, from: start)
        let end = window.others.trailingZeroBitCount
        if end >= UInt64.bitWidth {
            guard TokenScan.domainName(line, from: start) == line.count else { return .nothing }
        } else {
            guard start &+ end / 2 == line.count, window.areSeparatorsApart(from: 0, to: 1 &<< UInt64(end)) else {
                return .nothing
            }
        }
        begin(&command, verb, isCanonical: isCanonical)
        command.fields.argument = ByteRange(inLine: start, line.count)
        command.fields.path.domain = command.fields.argument
        command.fields.path.domainKind = .name
        return .parameters(line.count)
    }

    /// `<local-part@domain>` in ASCII without quotes, literals or a source route. The offset is that of the `<`.
    @inline(__always)
    private static func path(_ line: Span<UInt8>, at before: Int, into command: inout ParsedCommand) -> Int {
        let start = before &+ 1
        // Without parameters the path ends where the line does.
        if line.count &- start > 32, line[line.count &- 1] == 0x3E { return longPath(line, at: start, into: &command) }
        let stop = mailbox(NameWindow<UInt64>(line, from: start), line, at: start, into: &command)
        return stop < 0 ? longPath(line, at: start, into: &command) : stop
    }

    /// The same of up to 64 octets.
    @inline(never)
    private static func longPath(_ line: Span<UInt8>, at start: Int, into command: inout ParsedCommand) -> Int {
        guard line.count &- start >= 32 else { return 0 }
        let window = NameWindow<UInt128>(line, from: start)
        return max(0, mailbox(window, line, at: start, into: &command))
    }

    /// `local-part@domain>`.
    ///
    /// - Returns: −1 if it may go on after the window.
    @inline(always)
    private static func mailbox<Places>(
        _ window: NameWindow<Places>, _ line: Span<UInt8>, at start: Int, into command: inout ParsedCommand
    ) -> Int {
        // What lies after the line looks like what ends a name.
        let limit = min(Places.bitWidth, 2 &* (line.count &- start))
        // The local part may hold a few octets that a name does not.
        var others = window.others
        var at = others.trailingZeroBitCount
        while true {
            guard at < limit else { return -1 }
            let octet = line[start &+ at / 2]
            if octet == 0x40 { break }
            guard octet < 0x80, OctetClass.contains(octet, OctetClass.atext) else { return 0 }
            others &= others &- 1
            at = others.trailingZeroBitCount
        }
        others &= others &- 1
        let end = others.trailingZeroBitCount
        guard end < limit else { return -1 }
        let middle = start &+ at / 2
        let close = start &+ end / 2
        guard line[close] == 0x3E,
            window.areSeparatorsApart(
                from: 1 &<< Places(truncatingIfNeeded: at), to: 1 &<< Places(truncatingIfNeeded: end))
        else { return 0 }
        command.fields.path.setMailbox(
            localPart: ByteRange(inLine: start, middle), domain: ByteRange(inLine: middle &+ 1, close))
        return close &+ 1
    }

    /// `Dot-string`.
    @inline(never)
    static func dotString(_ line: Span<UInt8>, at start: Int) -> Int { TokenScan.dotString(line, from: start) }

    /// `Domain`, a name without labels that could be too long.
    @inline(never)
    static func domainName(_ line: Span<UInt8>, at start: Int) -> Int { TokenScan.domainName(line, from: start) }

    /// `*(SP parameter)`, as far as the parameters are frequent ones.
    ///
    /// - Returns: where what was read ends, `start` at least.
    @inline(never)
    static func parameters(_ line: Span<UInt8>, at start: Int, into command: inout ParsedCommand) -> Int {
        // Every line with a verb and a path has that many. The proofs of the loads below rest on it.
        guard line.count >= 8, start >= 0 else { return start }
        var index = start
        while index < line.count, line[index] == 0x20 {
            let stop =
                command.fields.verb == .rcpt
                ? recipientParameter(line, at: index &+ 1, into: &command)
                : senderParameter(line, at: index &+ 1, into: &command)
            guard stop > 0 else { break }
            index = stop
        }
        return index
    }

    /// `SIZE=` of at most seven digits and `BODY=` of 7BIT or 8BITMIME.
    @inline(always)
    private static func senderParameter(_ line: Span<UInt8>, at start: Int, into command: inout ParsedCommand) -> Int {
        let value = start &+ 5
        // Proof: see parameters(_:at:into:).
        let word = unsafe KeywordWord.word(line, uncheckedAt: start)
        let upper = KeywordWord.upper(word)
        switch upper >> 24 {
        case 0x53_495A_453D where command.fields.size == .max:  // SIZE=
            let (size, digits) = DecimalWord.leadingNumber(eightOctets(line, at: value))
            let end = value &+ digits
            guard digits > 0, digits < 8, ends(line, at: end), append(.size, start, 4, end, to: &command) else {
                return 0
            }
            command.fields.size = size
            if word >> 24 != upper >> 24 { command.fields.isCanonical = false }
            return end
        case 0x42_4F44_593D where command.fields.values.body == .absent:  // BODY=
            let body = upperWord(line, at: value)
            let isEightBit = body == 0x3842_4954_4D49_4D45  // 8BITMIME
            let end = value &+ (isEightBit ? 8 : 4)
            guard isEightBit || body >> 32 == 0x3742_4954, ends(line, at: end),  // 7BIT
                append(.body, start, 4, end, to: &command)
            else { return 0 }
            command.fields.values.body = isEightBit ? .eightBitMIME : .sevenBit
            if word >> 24 != upper >> 24 { command.fields.isCanonical = false }
            return end
        default:
            return 0
        }
    }

    /// `NOTIFY=`, and `ORCPT=rfc822;` with nothing encoded in it.
    @inline(always)
    private static func recipientParameter(_ line: Span<UInt8>, at start: Int, into command: inout ParsedCommand) -> Int
    {
        // Proof: see parameters(_:at:into:).
        let raw = unsafe KeywordWord.word(line, uncheckedAt: start)
        let word = KeywordWord.upper(raw)
        if word >> 8 == 0x4E_4F54_4946_593D, command.fields.values.notify.isEmpty {  // NOTIFY=
            var notify = ParameterValues.Notify()
            var index = start &+ 7
            while true {
                let element = notification(upperWord(line, at: index))
                guard element.length > 0, notify.isDisjoint(with: element.notify) else { return 0 }
                notify.formUnion(element.notify)
                index = index &+ element.length
                guard index < line.count, line[index] == 0x2C else { break }
                index = index &+ 1
            }
            guard !notify.contains(.never) || notify == .never, ends(line, at: index),
                append(.notify, start, 6, index, to: &command)
            else { return 0 }
            command.fields.values.notify = notify
            if raw >> 8 != word >> 8 { command.fields.isCanonical = false }
            return index
        }
        let value = start &+ 6
        guard word >> 16 == 0x4F52_4350_543D,  // ORCPT=
            upperWord(line, at: value) >> 8 == 0x52_4643_3832_323B  // RFC822;
        else { return 0 }
        for position in 0..<min(Int(command.fields.parameterCount), ParsedCommand.maximumParameters)
        where command.parameters[position].keyword == .orcpt {
            return 0
        }
        let address = value &+ 7
        let end = TokenScan.end(of: XCharSet.self, line, from: address)
        guard end > address, end &- value <= 500, ends(line, at: end), append(.orcpt, start, 5, end, to: &command)
        else {
            return 0
        }
        if raw >> 16 != word >> 16 { command.fields.isCanonical = false }
        return end
    }

    /// One element of `NOTIFY`, and its length; 0 if it is none.
    @inline(always)
    private static func notification(_ word: UInt64) -> (notify: ParameterValues.Notify, length: Int) {
        if word >> 8 == 0x46_4149_4C55_5245 { return (.failure, 7) }
        if word >> 8 == 0x53_5543_4345_5353 { return (.success, 7) }
        if word >> 24 == 0x44_454C_4159 { return (.delay, 5) }
        if word >> 24 == 0x4E_4556_4552 { return (.never, 5) }
        return ([], 0)
    }

    @inline(always)
    private static func upperWord(_ line: Span<UInt8>, at offset: Int) -> UInt64 {
        KeywordWord.upper(eightOctets(line, at: offset))
    }

    @inline(always)
    private static func eightOctets(_ line: Span<UInt8>, at offset: Int) -> UInt64 {
        // Proof: see parameters(_:at:into:); offsets only grow from there.
        unsafe KeywordWord.word(line, uncheckedAt: offset)
    }

    /// Whether the line or a parameter ends at an offset.
    @inline(always)
    private static func ends(_ line: Span<UInt8>, at offset: Int) -> Bool {
        offset == line.count || (offset < line.count && line[offset] == 0x20)
    }

    /// Adds a parameter.
    ///
    /// - Returns: whether there was room for it.
    @inline(always)
    private static func append(
        _ keyword: ParameterKeyword, _ start: Int, _ length: Int, _ end: Int, to command: inout ParsedCommand
    ) -> Bool {
        let position = Int(command.fields.parameterCount)
        guard position < ParsedCommand.maximumParameters else { return false }
        command.parameters[position] = ParsedParameter(keyword, at: start, keywordEnd: start &+ length, end: end)
        command.fields.parameterCount = UInt8(truncatingIfNeeded: position &+ 1)
        return true
    }
}
