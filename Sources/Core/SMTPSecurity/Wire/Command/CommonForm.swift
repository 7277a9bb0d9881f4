/// The forms that nearly all commands have, read without a look at each octet.
///
/// Every function returns the offset after what it read, or 0 if it is anything else, right or wrong: then ``LineReader`` reads it
/// again from the start, octet by octet. A form that is accepted here is one that it accepts, with the same result.
enum CommonForm {
    /// `<local-part@domain>` in ASCII without quotes, literals or a source route. The offset is that of the `<`.
    @inline(never)
    static func path(_ line: Span<UInt8>, at start: Int, into command: inout ParsedCommand) -> Int {
        let stop = shortPath(line, at: start, into: &command)
        return stop > 0 ? stop : longPath(line, at: start, into: &command)
    }

    /// The same where the `>` comes at most 48 octets after the `<`: the octets between them are classified once.
    @inline(always)
    private static func shortPath(_ line: Span<UInt8>, at before: Int, into command: inout ParsedCommand) -> Int {
        let start = before &+ 1
        guard before >= 0, start < line.count, line.count >= OctetBlock.size else { return 0 }
        let window = NameWindow(line, from: start)
        // The local part may hold a few octets that a name does not.
        var others = window.others
        var at = others.trailingZeroBitCount
        while true {
            guard at < NameWindow.size, start &+ at < line.count else { return 0 }
            let octet = line[start &+ at]
            if octet == 0x40 { break }
            guard octet < 0x80, OctetClass.contains(octet, OctetClass.atext) else { return 0 }
            others &= others &- 1
            at = others.trailingZeroBitCount
        }
        others &= others &- 1
        let close = others.trailingZeroBitCount
        guard close < NameWindow.size, start &+ close < line.count, line[start &+ close] == 0x3E, at > 0,
            close &- at > 1,
            window.areSeparatorsApart(in: 0, at), window.areSeparatorsApart(in: at &+ 1, close)
        else { return 0 }
        command.fields.path.kind = .mailbox
        command.fields.path.domainKind = .name
        command.fields.path.localPart = ByteRange(inLine: start, start &+ at)
        command.fields.path.domain = ByteRange(inLine: start &+ at &+ 1, start &+ close)
        return start &+ close &+ 1
    }

    @inline(never)
    private static func longPath(_ line: Span<UInt8>, at start: Int, into command: inout ParsedCommand) -> Int {
        let at = TokenScan.dotString(line, from: start &+ 1)
        guard at > 0, at &- start <= 65, at < line.count, line[at] == 0x40 else { return 0 }
        let close = TokenScan.domainName(line, from: at &+ 1)
        guard close > 0, close < line.count, line[close] == 0x3E else { return 0 }
        command.fields.path.kind = .mailbox
        command.fields.path.domainKind = .name
        command.fields.path.localPart = ByteRange(inLine: start &+ 1, at)
        command.fields.path.domain = ByteRange(inLine: at &+ 1, close)
        return close &+ 1
    }

    /// `Dot-string`.
    @inline(never)
    static func dotString(_ line: Span<UInt8>, at start: Int) -> Int { TokenScan.dotString(line, from: start) }

    /// `Domain`, a name without labels that could be too long.
    @inline(never)
    static func domainName(_ line: Span<UInt8>, at start: Int) -> Int { TokenScan.domainName(line, from: start) }

    /// `SIZE=` of at most seven digits and `BODY=` of 7BIT or 8BITMIME.
    @inline(never)
    static func senderParameter(_ line: Span<UInt8>, at start: Int, into command: inout ParsedCommand) -> Int {
        let value = start &+ 5
        switch upperWord(line, at: start) >> 24 {
        case 0x53_495A_453D where command.fields.size == .max:  // SIZE=
            let (size, digits) = DecimalWord.leadingNumber(KeywordWord.word(line, at: value))
            let end = value &+ digits
            guard digits > 0, digits < 8, ends(line, at: end), append(.size, start, 4, end, to: &command) else {
                return 0
            }
            command.fields.size = size
            return end
        case 0x42_4F44_593D where command.fields.values.body == .absent:  // BODY=
            let word = upperWord(line, at: value)
            let isEightBit = word == 0x3842_4954_4D49_4D45  // 8BITMIME
            let end = value &+ (isEightBit ? 8 : 4)
            guard isEightBit || word >> 32 == 0x3742_4954, ends(line, at: end),  // 7BIT
                append(.body, start, 4, end, to: &command)
            else { return 0 }
            command.fields.values.body = isEightBit ? .eightBitMIME : .sevenBit
            return end
        default:
            return 0
        }
    }

    /// `NOTIFY=`, and `ORCPT=rfc822;` with nothing encoded in it.
    @inline(never)
    static func recipientParameter(_ line: Span<UInt8>, at start: Int, into command: inout ParsedCommand) -> Int {
        let word = upperWord(line, at: start)
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
        KeywordWord.upper(KeywordWord.word(line, at: offset))
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
