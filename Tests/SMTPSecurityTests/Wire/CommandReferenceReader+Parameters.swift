import SMTPSecurity

extension CommandReferenceReader {
    private static let keywords: [(String, ParameterKeyword)] = [
        ("SIZE", .size), ("BODY", .body), ("SMTPUTF8", .smtpUTF8), ("AUTH", .auth), ("RET", .ret), ("ENVID", .envid),
        ("NOTIFY", .notify), ("ORCPT", .orcpt), ("REQUIRETLS", .requireTLS), ("MT-PRIORITY", .mtPriority),
        ("HOLDFOR", .holdFor), ("HOLDUNTIL", .holdUntil), ("BY", .by),
    ]

    /// `esmtp-param = esmtp-keyword ["=" esmtp-value]` (RFC 5321 §4.1.2).
    mutating func readParameter() throws(CommandParseError) {
        // esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
        guard let first = next, Grammar.isLetDig(first) else { throw error(.malformedParameter) }
        let name = take { Grammar.isLetDig($0) || $0 == 0x2D }
        var parameter = ReferenceCommand.Parameter(keyword: .unknown, name: name)
        for (text, keyword) in Self.keywords where Grammar.isSame(line[name], text) { parameter.keyword = keyword }
        if next == 0x3D {
            index += 1
            let value = take(while: Grammar.isValue)
            guard !value.isEmpty else { throw error(.malformedParameterValue) }
            parameter.value = value
        }
        if let octet = next, !Grammar.isSpace(octet) { throw error(.malformedParameter) }
        try check(parameter)
        try refuseSecond(parameter)
        guard command.parameters.count < ParsedCommand.maximumParameters else {
            throw CommandParseError(.tooManyParameters, at: name.lowerBound)
        }
        command.parameters.append(parameter)
    }

    /// A parameter stands once, in any case (RFC 5321 §4.1.1.11 leaves it open), and of the two holds one (RFC 4865 §3).
    private func refuseSecond(_ parameter: ReferenceCommand.Parameter) throws(CommandParseError) {
        for earlier in command.parameters {
            let isSame = line[earlier.name].map(Grammar.lower) == line[parameter.name].map(Grammar.lower)
            let holds = [earlier.keyword, parameter.keyword]
            if isSame || holds == [.holdFor, .holdUntil] || holds == [.holdUntil, .holdFor] {
                throw CommandParseError(.duplicateParameter, at: parameter.name.lowerBound)
            }
        }
    }

    /// Whether the parameter belongs here, has a value if it needs one, and the value that its RFC wants.
    private mutating func check(_ parameter: ReferenceCommand.Parameter) throws(CommandParseError) {
        if parameter.keyword == .unknown { return }
        let belongsToRecipient = parameter.keyword == .notify || parameter.keyword == .orcpt
        guard belongsToRecipient == (command.verb == .rcpt) else {
            throw CommandParseError(.misplacedParameter, at: parameter.name.lowerBound)
        }
        let hasNoValue = parameter.keyword == .smtpUTF8 || parameter.keyword == .requireTLS
        guard hasNoValue == (parameter.value == nil) else {
            throw CommandParseError(.parameterValueMismatch, at: parameter.name.upperBound)
        }
        let value = Array(line[parameter.value ?? 0..<0])
        guard accept(value, of: parameter.keyword) else {
            throw CommandParseError(.malformedParameterValue, at: parameter.value?.lowerBound ?? 0)
        }
    }

    private mutating func accept(_ value: [UInt8], of keyword: ParameterKeyword) -> Bool {
        func index(_ choices: [String]) -> Int? { choices.firstIndex { Grammar.isSame(value, $0) } }
        switch keyword {
        case .size:
            // Deviation: RFC 1870 §5 has 1*20DIGIT; the library wants it to fit 63 bits.
            guard let size = Grammar.number(value, atMost: 20) else { return false }
            command.size = size
        case .body:
            // RFC 6152 §3, RFC 3030 §3.
            guard let body = index(["7BIT", "8BITMIME", "BINARYMIME"]) else { return false }
            command.values.body = [.sevenBit, .eightBitMIME, .binaryMIME][body]
        case .ret:
            // RFC 3461 §4.3.
            guard let ret = index(["FULL", "HDRS"]) else { return false }
            command.values.ret = [.full, .headers][ret]
        case .notify:
            guard let notify = ReferenceValue.notify(value) else { return false }
            command.values.notify = notify
        case .mtPriority:
            // RFC 6710 §7: priority-value = (["-"] NZDIGIT) / "0"
            guard let priority = (-9...9).first(where: { value == Array("\($0)".utf8) }) else { return false }
            command.values.mtPriority = Int8(priority)
        case .envid:
            // RFC 3461 §4.4: 100 characters before encoding.
            guard let text = ReferenceValue.xtext(value), text.count <= 100 else { return false }
            return text.allSatisfy { (32...126).contains($0) }
        case .smtpUTF8: command.values.smtpUTF8 = true
        case .requireTLS: command.values.requireTLS = true
        case .auth: return ReferenceValue.isAuthenticatedSender(value)
        case .orcpt: return ReferenceValue.isOriginalRecipient(value)
        case .holdFor: return ReferenceValue.isHoldTime(value)
        case .holdUntil: return ReferenceValue.isDateTime(value)
        case .by: return ReferenceValue.isDeliverBy(value)
        case .unknown: break
        }
        return true
    }
}
