import SMTPSecurity

extension CommandReferenceReader {
    /// `SP ( "FROM:" / "TO:" ) path *(SP esmtp-param)` (RFC 5321 §4.1.1.2, §4.1.1.3).
    mutating func readPathCommand(isReverse: Bool) throws(CommandParseError) {
        guard takeSpace() else { throw error(.missingArgument) }
        let keyword = isReverse ? "FROM:" : "TO:"
        guard Grammar.isSame(line[index..<end].prefix(keyword.utf8.count), keyword) else {
            throw error(.missingKeyword)
        }
        index += keyword.utf8.count
        if !take(while: Grammar.isSpace).isEmpty { command.leniencies.insert(.spaceBeforePath) }
        guard next != nil else { throw error(.missingArgument) }
        try readPath(isReverse: isReverse)
        while next != nil {
            guard takeSpace() else { throw error(.malformedParameter) }
            try readParameter()
        }
    }

    /// `Path`, `"<>"` where it is reverse, `"<Postmaster>"` where it is not.
    private mutating func readPath(isReverse: Bool) throws(CommandParseError) {
        let start = index
        var path = ParsedPath()
        guard next == 0x3C else { throw error(.missingAngleBracket) }
        index += 1
        if next == 0x3E {
            guard isReverse else { throw error(.nullForwardPath) }
            command.path.kind = .null
            index += 1
            return
        }
        if next == 0x40 { path.sourceRoute = try readSourceRoute() }
        let localPart = try readLocalPart(&path)
        if next == 0x40 {
            index += 1
            let domain = try readDomain(&path)
            path.kind = .mailbox
            command.mailbox = Mailbox(localPart: LocalPart(localPart), domain: domain)
        } else {
            let isPostmaster = Grammar.isSame(line[path.localPart.range], "postmaster")
            guard !isReverse, isPostmaster, next == 0x3E, path.sourceRoute.isEmpty else {
                throw error(next == nil || next == 0x3E ? .missingDomain : .malformedLocalPart)
            }
            path.kind = .postmaster
        }
        guard next == 0x3E else { throw error(next == nil || next == 0x20 ? .missingAngleBracket : .malformedDomain) }
        index += 1
        // Deviation: the limit of RFC 5321 §4.5.3.1.3 is one for the whole path; the library applies it to the source route,
        // which it leaves out, and to the rest apart.
        guard index - start - path.sourceRoute.count <= 256 else {
            throw CommandParseError(.pathTooLong, at: start)
        }
        command.path = path
    }

    /// `A-d-l ":"`, where `A-d-l = At-domain *( "," At-domain )` and `At-domain = "@" Domain`.
    private mutating func readSourceRoute() throws(CommandParseError) -> ByteRange {
        let start = index
        repeat {
            if index > start { index += 1 }
            guard next == 0x40 else { throw error(.malformedSourceRoute) }
            index += 1
            var hop = ParsedPath()
            do throws(CommandParseError) { _ = try readDomain(&hop) } catch {
                throw CommandParseError(.malformedSourceRoute, at: Int(error.offset))
            }
            guard hop.domainKind == .name else {
                throw CommandParseError(.malformedSourceRoute, at: Int(hop.domain.lowerBound))
            }
        } while next == 0x2C
        guard next == 0x3A else { throw error(.malformedSourceRoute) }
        index += 1
        guard index - start <= 256 else { throw CommandParseError(.pathTooLong, at: start) }
        command.leniencies.insert(.sourceRoute)
        return ByteRange(start, index)
    }

    /// `Dot-string / Quoted-string`.
    ///
    /// - Returns: what it means.
    @discardableResult
    mutating func readLocalPart(_ path: inout ParsedPath) throws(CommandParseError) -> String {
        let start = index
        var meaning: [UInt8] = []
        if next == 0x22 {
            path.isQuoted = true
            index += 1
            meaning = try readQuotedContent()
        } else {
            while true {
                let atom = take { Grammar.isAtext($0) || Grammar.isNonASCII($0) }
                guard !atom.isEmpty else { throw error(.malformedLocalPart) }
                guard next == 0x2E else { break }
                index += 1
            }
            meaning = Array(line[start..<index])
        }
        // RFC 5321 §4.5.3.1.1.
        guard index - start <= 64 else { throw CommandParseError(.localPartTooLong, at: start) }
        path.localPart = ByteRange(start, index)
        if line[start..<index].contains(where: Grammar.isNonASCII) { path.isInternationalized = true }
        return String(decoding: meaning, as: UTF8.self)
    }

    /// `*QcontentSMTP DQUOTE`.
    private mutating func readQuotedContent() throws(CommandParseError) -> [UInt8] {
        var meaning: [UInt8] = []
        while let octet = next {
            if octet == 0x22 {
                index += 1
                return meaning
            }
            if octet == 0x5C {
                guard index + 1 < end, (32...126).contains(line[index + 1]) else { throw error(.malformedLocalPart) }
                meaning.append(line[index + 1])
                index += 2
            } else {
                guard Grammar.isQtext(octet) || Grammar.isNonASCII(octet) else { throw error(.malformedLocalPart) }
                meaning.append(octet)
                index += 1
            }
        }
        throw error(.malformedLocalPart)
    }

    /// `Domain / address-literal`.
    ///
    /// - Returns: what it means.
    @discardableResult
    mutating func readDomain(_ path: inout ParsedPath) throws(CommandParseError) -> MailDomain {
        let start = index
        let meaning: MailDomain
        if next == 0x5B {
            meaning = try readAddressLiteral(&path)
        } else {
            try readLabel()
            while next == 0x2E {
                index += 1
                try readLabel()
            }
            path.domainKind = .name
            if line[start..<index].contains(where: Grammar.isNonASCII) { path.isInternationalized = true }
            meaning = .name(String(decoding: line[start..<index].map(Grammar.lower), as: UTF8.self))
        }
        // RFC 5321 §4.5.3.1.2.
        guard index - start <= 255 else { throw CommandParseError(.domainTooLong, at: start) }
        path.domain = ByteRange(start, index)
        return meaning
    }

    /// `sub-domain = Let-dig [Ldh-str]`, or a U-label (RFC 6531 §3.3).
    private mutating func readLabel() throws(CommandParseError) {
        let start = index
        while let octet = next, Grammar.isLetDig(octet) || octet == 0x2D || Grammar.isNonASCII(octet) {
            // Other readers take these for dots (RFC 3490 §3.1): U+3002, U+FF0E, U+FF61.
            if let character = Grammar.character(line, at: index), [0x3002, 0xFF0E, 0xFF61].contains(character.scalar) {
                throw error(.malformedDomain)
            }
            index += 1
        }
        guard start < index else { throw error(.malformedDomain) }
        guard line[start] != 0x2D else { throw CommandParseError(.malformedDomain, at: start) }
        guard line[index - 1] != 0x2D else { throw error(.malformedDomain) }
        // RFC 1035 §2.3.4. How long a U-label is as an A-label nobody knows here.
        guard index - start <= 63 || line[start..<index].contains(where: Grammar.isNonASCII) else {
            throw CommandParseError(.domainTooLong, at: start)
        }
    }

    /// `"[" ( IPv4-address-literal / IPv6-address-literal / General-address-literal ) "]"` (RFC 5321 §4.1.3).
    private mutating func readAddressLiteral(_ path: inout ParsedPath) throws(CommandParseError) -> MailDomain {
        index += 1
        let content = take(while: Grammar.isDcontent)
        guard !content.isEmpty, next == 0x5D else { throw error(.malformedAddressLiteral) }
        index += 1
        if let address = ReferenceAddress.v4(line[content]) {
            path.domainKind = .ipv4Literal
            return .address(.v4(address))
        }
        let malformed = CommandParseError(.malformedAddressLiteral, at: content.lowerBound)
        guard let colon = line[content].firstIndex(of: 0x3A) else { throw malformed }
        // Standardized-tag = Ldh-str = *( ALPHA / DIGIT / "-" ) Let-dig
        let tag = line[content.lowerBound..<colon]
        let rest = Array(line[(colon + 1)..<content.upperBound])
        guard let last = tag.last, Grammar.isLetDig(last), tag.allSatisfy({ Grammar.isLetDig($0) || $0 == 0x2D }),
            !rest.isEmpty
        else { throw malformed }
        if Grammar.isSame(tag, "IPv6") {
            guard ReferenceAddress.v6(rest, shortestGap: 2) != nil, let address = ReferenceAddress.address(rest) else {
                throw CommandParseError(.malformedAddressLiteral, at: colon + 1)
            }
            path.domainKind = .ipv6Literal
            return .address(address)
        }
        path.domainKind = .generalLiteral
        return .general(
            tag: String(decoding: tag.map(Grammar.lower), as: UTF8.self), content: String(decoding: rest, as: UTF8.self)
        )
    }
}
