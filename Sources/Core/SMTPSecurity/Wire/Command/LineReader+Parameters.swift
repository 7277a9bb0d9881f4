extension LineReader {
    /// `esmtp-param = esmtp-keyword ["=" esmtp-value]` (RFC 5321 §4.1.2), with the value grammar of the parameters that
    /// this library knows.
    mutating func parameter(_ command: inout ParsedCommand) throws(CommandParseError) {
        let start = index
        guard OctetClass.contains(current, OctetClass.letDig), current < 0x80 else { throw error(.malformedParameter) }
        index = TokenScan.end(of: ParameterKeywordSet.self, line, from: index)
        let keywordEnd = index
        let keyword = KeywordWord(line, start..<index).parameter
        if current == 0x3D {
            index += 1
            guard !value().isEmpty else { throw error(.malformedParameterValue) }
        }
        let parameter = ParsedParameter(keyword, at: start, keywordEnd: keywordEnd, end: index)
        guard isAtEnd || isAtSpace else { throw error(.malformedParameter) }
        try validate(parameter, &command)
        try refuseDuplicate(parameter, command)
        guard Int(command.fields.parameterCount) < ParsedCommand.maximumParameters else {
            throw CommandParseError(.tooManyParameters, at: start)
        }
        command.parameters[Int(command.fields.parameterCount)] = parameter
        command.fields.parameterCount += 1
    }

    /// `esmtp-value` (RFC 5321 §4.1.2, RFC 6531 §3.3).
    @inline(__always)
    private mutating func value() -> Range<Int> {
        let start = index
        index = TokenScan.end(of: ParameterValueSet.self, line, from: index)
        if current >= 0x80 {
            isUnchecked = true
            _ = run(OctetClass.value)
        }
        return start..<index
    }

    @inline(__always)
    private func refuseDuplicate(_ parameter: ParsedParameter, _ command: borrowing ParsedCommand)
        throws(CommandParseError)
    {
        for position in 0..<Int(command.fields.parameterCount) {
            let earlier = command.parameters[position]
            // RFC 4865 §4: one of the two, not both.
            if earlier.keyword == .holdFor && parameter.keyword == .holdUntil
                || earlier.keyword == .holdUntil && parameter.keyword == .holdFor
            {
                throw CommandParseError(.duplicateParameter, at: Int(parameter.keywordRange.lowerBound))
            }
            guard earlier.keyword == parameter.keyword else { continue }
            if parameter.keyword != .unknown || isSame(earlier.keywordRange, parameter.keywordRange) {
                throw CommandParseError(.duplicateParameter, at: Int(parameter.keywordRange.lowerBound))
            }
        }
    }

    private func isSame(_ first: ByteRange, _ second: ByteRange) -> Bool {
        guard first.count == second.count else { return false }
        for offset in 0..<first.count {
            let a = line[Int(first.lowerBound) + offset]
            let b = line[Int(second.lowerBound) + offset]
            let fold: UInt8 = (a & 0xDF) &- 0x41 < 26 ? 0xDF : 0xFF
            if a & fold != b & fold { return false }
        }
        return true
    }

    private func validate(_ parameter: ParsedParameter, _ command: inout ParsedCommand) throws(CommandParseError) {
        let isRecipient = command.fields.verb == .rcpt
        switch parameter.keyword {
        case .unknown: return
        case .notify, .orcpt:
            guard isRecipient else { throw misplaced(parameter) }
        default:
            guard !isRecipient else { throw misplaced(parameter) }
        }
        switch parameter.keyword {
        case .smtpUTF8, .requireTLS:
            guard !parameter.hasValue else { throw mismatch(parameter) }
            if parameter.keyword == .smtpUTF8 {
                command.fields.values.smtpUTF8 = true
            } else {
                command.fields.values.requireTLS = true
            }
            return
        default:
            guard parameter.hasValue else { throw mismatch(parameter) }
        }
        guard try isValid(parameter, &command) else {
            throw CommandParseError(.malformedParameterValue, at: Int(parameter.valueRange.lowerBound))
        }
    }

    private func misplaced(_ parameter: ParsedParameter) -> CommandParseError {
        CommandParseError(.misplacedParameter, at: Int(parameter.keywordRange.lowerBound))
    }

    private func mismatch(_ parameter: ParsedParameter) -> CommandParseError {
        CommandParseError(.parameterValueMismatch, at: Int(parameter.keywordRange.upperBound))
    }

    private func isValid(_ parameter: ParsedParameter, _ command: inout ParsedCommand) throws(CommandParseError) -> Bool
    {
        let range = parameter.valueRange.range
        let value = line.extracting(range)
        switch parameter.keyword {
        case .size:
            guard let size = ValueGrammar.decimal(value, digits: 20) else { return false }
            command.fields.size = size
        case .body:
            command.fields.values.body = KeywordWord(line, range).body
            return command.fields.values.body != .absent
        case .ret:
            command.fields.values.ret = KeywordWord(line, range).ret
            return command.fields.values.ret != .absent
        case .notify:
            guard let notify = notifyList(range) else { return false }
            command.fields.values.notify = notify
        case .mtPriority:
            guard let priority = ValueGrammar.priority(value) else { return false }
            command.fields.values.mtPriority = priority
        case .auth: return ValueGrammar.isAuthenticatedSender(value)
        case .envid:
            // RFC 3461 §4.4: at most 100 characters before encoding.
            return ValueGrammar.xtext(value).map { $0 <= 100 } ?? false
        case .orcpt: return ValueGrammar.isOriginalRecipient(value)
        case .holdFor: return ValueGrammar.isHoldTime(value)
        case .holdUntil: return ValueGrammar.isDateTime(value)
        case .by: return ValueGrammar.isDeliverBy(value)
        case .smtpUTF8, .requireTLS, .unknown: break
        }
        return true
    }

    /// `NEVER`, or some of `SUCCESS`, `FAILURE` and `DELAY`, each once (RFC 3461 §4.1).
    private func notifyList(_ range: Range<Int>) -> ParameterValues.Notify? {
        var all: ParameterValues.Notify = []
        var start = range.lowerBound
        while true {
            var stop = start
            while stop < range.upperBound, line[stop] != 0x2C { stop += 1 }
            let element = KeywordWord(line, start..<stop).notify
            guard !element.isEmpty, all.isDisjoint(with: element) else { return nil }
            all.formUnion(element)
            guard stop < range.upperBound else { break }
            start = stop + 1
        }
        return all.contains(.never) && all != .never ? nil : all
    }
}
