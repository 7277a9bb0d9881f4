extension LineReader {
    /// `MAIL FROM:path *(SP parameter)` and `RCPT TO:path *(SP parameter)`.
    mutating func pathCommand(_ command: inout ParsedCommand) throws(CommandParseError) {
        try keyword(&command, isReverse: command.fields.verb != .rcpt)
        try pathAndParameters(&command)
    }

    /// `path *(SP parameter)`.
    mutating func pathAndParameters(_ command: inout ParsedCommand) throws(CommandParseError) {
        try path(&command.fields.path, isReverse: command.fields.verb != .rcpt)
        if !command.fields.path.sourceRoute.isEmpty { command.fields.leniencies.insert(.sourceRoute) }
        try parameters(&command)
    }

    /// `*(SP parameter)`.
    mutating func parameters(_ command: inout ParsedCommand) throws(CommandParseError) {
        while !isAtEnd {
            guard space(&command) else { throw error(.malformedParameter) }
            try parameter(&command)
            // After a rare one the frequent ones may go on.
            if end == line.count { index = CommonForm.parameters(line, at: index, into: &command) }
        }
    }

    /// `FROM:` or `TO:`, with white space around it.
    @inline(never)
    private mutating func keyword(_ command: inout ParsedCommand, isReverse: Bool) throws(CommandParseError) {
        guard space(&command) else { throw error(.missingArgument) }
        let keyword = run(OctetClass.keyword)
        let word = KeywordWord(line, keyword)
        guard current == 0x3A, isReverse ? word.isFrom : word.isTo else {
            throw CommandParseError(.missingKeyword, at: keyword.lowerBound)
        }
        index += 1
        if isAtSpace {
            command.fields.leniencies.insert(.spaceBeforePath)
            while isAtSpace { index += 1 }
        }
        guard !isAtEnd else { throw error(.missingArgument) }
    }

    /// `Path`, `"<>"` for a reverse-path, `"<Postmaster>"` for a forward-path (RFC 5321 §4.1.2, §4.1.1.3).
    @inline(never)
    private mutating func path(_ path: inout ParsedPath, isReverse: Bool) throws(CommandParseError) {
        let start = index
        guard current == 0x3C else { throw error(.missingAngleBracket) }
        index += 1
        if current == 0x3E {
            guard isReverse else { throw error(.nullForwardPath) }
            index += 1
            path.kind = .null
            return
        }
        if current == 0x40 { try sourceRoute(&path) }
        try localPart(&path)
        if current == 0x40 {
            index += 1
            try domain(&path)
            path.kind = .mailbox
        } else {
            guard !isReverse, current == 0x3E, !path.isQuoted, path.sourceRoute.isEmpty,
                isPostmaster(path.localPart.range)
            else { throw error(isAtEnd || current == 0x3E ? .missingDomain : .malformedLocalPart) }
            path.kind = .postmaster
        }
        guard current == 0x3E else {
            throw error(isAtEnd || current == 0x20 ? .missingAngleBracket : .malformedDomain)
        }
        index += 1
        // RFC 5321 §4.5.3.1.3, punctuation included; a source route is not part of what goes on.
        guard index - start - path.sourceRoute.count <= 256 else { throw CommandParseError(.pathTooLong, at: start) }
    }

    private func isPostmaster(_ range: Range<Int>) -> Bool {
        let word = KeywordWord(line, range)
        return word.first == 0x504F_5354_4D41_5354 && word.second == 0x4552_0000_0000_0000  // POSTMAST ER
    }

    /// `A-d-l ":"` (RFC 5321 §4.1.2, appendix C).
    @inline(never)
    private mutating func sourceRoute(_ path: inout ParsedPath) throws(CommandParseError) {
        let start = index
        while true {
            guard current == 0x40 else { throw error(.malformedSourceRoute) }
            index += 1
            var hop = ParsedPath()
            do throws(CommandParseError) { try domain(&hop) } catch {
                throw CommandParseError(.malformedSourceRoute, at: Int(error.offset))
            }
            // At-domain has a domain name, not a literal.
            guard hop.domainKind == .name else {
                throw CommandParseError(.malformedSourceRoute, at: Int(hop.domain.lowerBound))
            }
            if current == 0x2C {
                index += 1
                continue
            }
            guard current == 0x3A else { throw error(.malformedSourceRoute) }
            index += 1
            break
        }
        guard index - start <= 256 else { throw CommandParseError(.pathTooLong, at: start) }
        path.sourceRoute = ByteRange(inLine: start, index)
    }

    /// `Local-part = Dot-string / Quoted-string` (RFC 5321 §4.1.2, RFC 6531 §3.3).
    @inline(__always)
    private mutating func localPart(_ path: inout ParsedPath) throws(CommandParseError) {
        let start = index
        if current == 0x22 {
            try quotedString(&path)
        } else {
            let stop = CommonForm.dotString(line, at: start)
            if stop > 0 { index = stop } else { try dotString(&path) }
        }
        guard index - start <= 64 else { throw CommandParseError(.localPartTooLong, at: start) }
        path.localPart = ByteRange(inLine: start, index)
    }

    /// `Dot-string`, octet by octet.
    @inline(never)
    private mutating func dotString(_ path: inout ParsedPath) throws(CommandParseError) {
        while true {
            let before = index
            while index < end, OctetClass.contains(line[index], OctetClass.atext) {
                if line[index] >= 0x80 { noteNonASCII(&path) }
                index += 1
            }
            guard index > before else { throw error(.malformedLocalPart) }
            guard current == 0x2E else { break }
            index += 1
        }
    }

    private mutating func noteNonASCII(_ path: inout ParsedPath) {
        path.isInternationalized = true
        isUnchecked = true
    }

    @inline(never)
    private mutating func quotedString(_ path: inout ParsedPath) throws(CommandParseError) {
        path.isQuoted = true
        index += 1
        while index < end {
            index = min(TokenScan.end(of: QuotedTextSet.self, line, from: index), end)
            switch current {
            case 0x22:
                index += 1
                return
            case 0x5C:
                // quoted-pairSMTP: backslash, then printable ASCII or space.
                guard index + 1 < end, (0x20...0x7E).contains(line[index + 1]) else { throw error(.malformedLocalPart) }
                index += 2
            default:
                guard OctetClass.contains(current, OctetClass.qtext) else { throw error(.malformedLocalPart) }
                if line[index] >= 0x80 { noteNonASCII(&path) }
                index += 1
            }
        }
        throw error(.malformedLocalPart)
    }

    /// `Domain` or `address-literal` (RFC 5321 §4.1.2, §4.1.3).
    @inline(__always)
    mutating func domain(_ path: inout ParsedPath) throws(CommandParseError) {
        let start = index
        if current == 0x5B {
            try addressLiteral(&path)
        } else {
            path.domainKind = .name
            let stop = CommonForm.domainName(line, at: start)
            if stop > 0 { index = stop } else { try domainName(&path) }
        }
        guard index - start <= 255 else { throw CommandParseError(.domainTooLong, at: start) }
        path.domain = ByteRange(inLine: start, index)
    }

    /// `Domain`, octet by octet.
    @inline(never)
    private mutating func domainName(_ path: inout ParsedPath) throws(CommandParseError) {
        while true {
            let before = index
            var isULabel = false
            while index < end {
                let octet = line[index]
                guard OctetClass.contains(octet, OctetClass.letDig) || octet == 0x2D else { break }
                if octet >= 0x80 {
                    if isIdeographicFullStop { throw error(.malformedDomain) }
                    isULabel = true
                }
                index += 1
            }
            if isULabel { noteNonASCII(&path) }
            guard index > before, line[before] != 0x2D, line[index - 1] != 0x2D else {
                throw CommandParseError(
                    .malformedDomain, at: index > before && line[before] == 0x2D ? before : index)
            }
            // RFC 1035 §2.3.4. A U-label is bounded by the whole domain's limit: its A-label form may be shorter.
            guard index - before <= 63 || isULabel else {
                throw CommandParseError(.domainTooLong, at: before)
            }
            guard current == 0x2E else { break }
            index += 1
        }
    }

    /// U+3002, U+FF0E or U+FF61, which some readers of U-labels take for a dot (RFC 3490 §3.1) and others do not.
    private var isIdeographicFullStop: Bool {
        guard index + 2 < end else { return false }
        switch (line[index], line[index + 1], line[index + 2]) {
        case (0xE3, 0x80, 0x82), (0xEF, 0xBC, 0x8E), (0xEF, 0xBD, 0xA1): return true
        default: return false
        }
    }

    /// Whether the whole line is a mailbox.
    mutating func isMailbox() -> Bool {
        var path = ParsedPath()
        do throws(CommandParseError) {
            try localPart(&path)
            guard current == 0x40 else { return false }
            index += 1
            try domain(&path)
        } catch {
            return false
        }
        return isAtEnd
    }

    @inline(never)
    private mutating func addressLiteral(_ path: inout ParsedPath) throws(CommandParseError) {
        let start = index
        var close = index + 1
        close = min(TokenScan.end(of: LiteralContentSet.self, line, from: close), end)
        guard close < end, line[close] == 0x5D, close > start + 1 else {
            throw CommandParseError(.malformedAddressLiteral, at: close)
        }
        let content = line.extracting((start + 1)..<close)
        if IPAddress.v4(in: content) != nil {
            path.domainKind = .ipv4Literal
        } else {
            var colon = start + 1
            while colon < close, OctetClass.contains(line[colon], OctetClass.letDig) || line[colon] == 0x2D {
                colon += 1
            }
            guard colon < close, line[colon] == 0x3A, colon > start + 1, line[colon - 1] != 0x2D, colon + 1 < close,
                line[start + 1] < 0x80
            else { throw CommandParseError(.malformedAddressLiteral, at: start + 1) }
            if KeywordWord(line, (start + 1)..<colon).isIPv6 {
                guard IPAddress.v6(in: line.extracting((colon + 1)..<close), shortestGap: 2) != nil else {
                    throw CommandParseError(.malformedAddressLiteral, at: colon + 1)
                }
                path.domainKind = .ipv6Literal
            } else {
                path.domainKind = .generalLiteral
            }
        }
        index = close + 1
    }
}
