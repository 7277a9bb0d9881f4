/// Reads `address-list` and `obs-addr-list` (RFC 5322 §3.4, §4.4).
struct AddressListReader: ~Escapable {
    private enum Place { case begin, behindComma, behindEntry }

    private(set) var entries: [AddressList.Entry] = []
    private var scanner: AddressScanner
    private var place = Place.begin
    /// The group that has begun.
    private var group: (name: [UInt8], members: [HeaderMailbox])?
    private var count = 0

    @_lifetime(copy body)
    init(_ body: Span<UInt8>, at offset: Int) { scanner = AddressScanner(body, at: offset) }

    var anomalies: Anomalies { scanner.anomalies }

    mutating func read() {
        scanner.checkOctets()
        _ = scanner.skipSpace()
        while let octet = scanner.next {
            switch octet {
            case UInt8(ascii: ","):
                if place != .behindEntry { scanner.add(.addressObsolete) }
                scanner.skip()
                place = .behindComma
            case UInt8(ascii: ";"):
                endGroup()
                scanner.skip()
            default:
                guard count < AddressList.limit else {
                    scanner.add(.addressMany)
                    closeGroup()
                    return
                }
                if place == .behindEntry { scanner.add(.addressSyntax) }
                place = .behindEntry
                entry()
            }
            _ = scanner.skipSpace()
        }
        if place == .behindComma { scanner.add(.addressObsolete) }
        if group != nil || entries.isEmpty { scanner.add(.addressSyntax) }
        closeGroup()
    }

    private mutating func endGroup() {
        if group == nil {
            // For some a separator.
            scanner.add(.addressSyntax)
            place = .begin
        } else {
            if place == .behindComma { scanner.add(.addressObsolete) }
            closeGroup()
            place = .behindEntry
        }
    }

    private mutating func closeGroup() {
        if let group { entries.append(.group(name: group.name, group.members)) }
        group = nil
    }

    private mutating func keep(_ mailbox: HeaderMailbox) {
        count += 1
        if group == nil { entries.append(.mailbox(mailbox)) } else { group?.members.append(mailbox) }
    }

    // MARK: An entry

    /// Reads up to the next comma or semicolon, or behind the colon of a group.
    private mutating func entry() {
        var mailbox = HeaderMailbox(localPart: [], domain: [], offset: scanner.position)
        var words = AddressWords()
        collect(&words)
        switch scanner.next {
        case UInt8(ascii: ":"):
            beginGroup(words)
            return
        case UInt8(ascii: "<"):
            checkPhrase(words)
            mailbox.displayName = words.phrase
            angleAddress(&mailbox)
        case UInt8(ascii: "@"):
            mailbox.displayName = words.textBeforeLocalPart
            addressSpecification(&mailbox, words)
            textBehind(&mailbox, words)
        default:
            if words.isWrongLocalPart || words.endsWithDot {
                scanner.add(.addressSyntax)
                mailbox.displayName = words.phrase
            } else {
                scanner.add(.addressMissingDomain)
                mailbox.localPart = words.localPart
            }
        }
        keep(mailbox)
    }

    private mutating func beginGroup(_ words: AddressWords) {
        checkPhrase(words)
        // Groups have no groups.
        if words.isEmpty || group != nil { scanner.add(.addressSyntax) }
        scanner.skip()
        place = .begin
        guard group == nil else { return }
        group = (words.phrase, [])
        count += 1
    }

    private mutating func checkPhrase(_ words: AddressWords) {
        if words.beginsWithDot { scanner.add(.addressSyntax) }
        if words.hasDot { scanner.add(.addressObsolete) }
    }

    /// What stands behind an address without angle brackets, if it is not the next entry.
    private mutating func textBehind(_ mailbox: inout HeaderMailbox, _ words: AddressWords) {
        guard !isAtEndOfEntry else { return }
        scanner.add(.addressTrailing)
        var all = words
        all.add(word: [UInt8(ascii: "@")] + mailbox.domain)
        text(&all, isInAngle: false, endsAtAngle: true)
        guard scanner.next == UInt8(ascii: "<") else { return }
        mailbox.displayName = all.phrase
        mailbox.localPart = []
        mailbox.domain = []
        angleAddress(&mailbox)
    }

    // MARK: Addresses

    /// `angle-addr` and `obs-angle-addr`, and what stands behind them.
    private mutating func angleAddress(_ mailbox: inout HeaderMailbox) {
        scanner.skip()
        _ = scanner.skipSpace()
        while scanner.next == UInt8(ascii: "<") {
            scanner.add(.addressSyntax)
            scanner.skip()
            _ = scanner.skipSpace()
        }
        guard route(&mailbox) else { return }
        var words = AddressWords()
        collect(&words, isInAngle: true)
        if scanner.next == UInt8(ascii: "@") {
            addressSpecification(&mailbox, words)
        } else if words.isEmpty || !mailbox.domain.isEmpty {
            scanner.add(.addressSyntax)
        } else {
            scanner.add(words.isWrongLocalPart ? .addressSyntax : .addressMissingDomain)
            mailbox.localPart = words.localPart
        }
        var rest = AddressWords()
        if !isAtEndOfEntry, scanner.next != UInt8(ascii: ">") {
            scanner.add(.addressTrailing)
            text(&rest, isInAngle: true)
        }
        guard scanner.next == UInt8(ascii: ">") else {
            scanner.add(.addressSyntax)
            return
        }
        scanner.skip()
        _ = scanner.skipSpace()
        guard !isAtEndOfEntry else { return }
        scanner.add(.addressTrailing)
        text(&rest, isInAngle: false)
    }

    /// `obs-route`, which has no meaning (RFC 5322 §4.4); without its colon it is a domain that lacks its local part.
    ///
    /// - Returns: whether the entry goes on.
    private mutating func route(_ mailbox: inout HeaderMailbox) -> Bool {
        var last: UInt8?
        var hop: [UInt8] = []
        while let octet = scanner.next, octet == UInt8(ascii: "@") || octet == UInt8(ascii: ",") {
            last = octet
            scanner.skip()
            if octet == UInt8(ascii: "@") { hop = domain() }
            _ = scanner.skipSpace()
        }
        guard let last else { return true }
        if scanner.next == UInt8(ascii: ":"), !hop.isEmpty {
            scanner.add(.addressObsolete)
            scanner.skip()
            _ = scanner.skipSpace()
            return true
        }
        scanner.add(.addressSyntax)
        mailbox.domain = hop
        guard last == UInt8(ascii: ",") else { return true }
        place = .behindComma
        return false
    }

    /// `addr-spec` from its `@` on.
    private mutating func addressSpecification(_ mailbox: inout HeaderMailbox, _ words: AddressWords) {
        if words.isEmpty || words.isWrongLocalPart || words.endsWithDot { scanner.add(.addressSyntax) }
        if words.isObsoleteLocalPart || words.endsWithSpace { scanner.add(.addressObsolete) }
        scanner.skip()
        mailbox.localPart = words.localPart
        mailbox.domain = domain()
    }

    /// `domain`, `obs-domain` and white space behind them.
    private mutating func domain() -> [UInt8] {
        var octets: [UInt8] = []
        // Not forbidden, but discouraged (RFC 5322 §3.4.1).
        if scanner.skipSpace() { scanner.add(.addressObsolete) }
        if scanner.next == UInt8(ascii: "["), scanner.literal(into: &octets) {
            _ = scanner.skipSpace()
            return octets.map { lowercased($0) }
        }
        var isBehindLabel = false
        var hasSpace = false
        while let octet = scanner.next {
            if octet == UInt8(ascii: ".") {
                if !isBehindLabel { scanner.add(.addressSyntax) }
                if hasSpace { scanner.add(.addressObsolete) }
                octets.append(octet)
                scanner.skip()
                isBehindLabel = false
            } else if isBehindLabel || AddressOctet.isDelimiter(octet) || octet == UInt8(ascii: "\"") {
                break
            } else {
                if hasSpace { scanner.add(.addressObsolete) }
                scanner.atom(into: &octets)
                isBehindLabel = true
            }
            hasSpace = scanner.skipSpace()
        }
        if !isBehindLabel { scanner.add(octets.isEmpty ? .addressMissingDomain : .addressSyntax) }
        return octets.map { lowercased($0) }
    }

    // MARK: Words

    private var isAtEndOfEntry: Bool {
        switch scanner.next {
        case nil, UInt8(ascii: ","), UInt8(ascii: ";"): true
        default: false
        }
    }

    /// Reads words and dots up to what ends a name or a local part.
    private mutating func collect(_ words: inout AddressWords, isInAngle: Bool = false) {
        while let octet = scanner.next {
            if scanner.skipSpace() {
                words.addSpace()
                continue
            }
            switch octet {
            case UInt8(ascii: "<"), UInt8(ascii: "@"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"): return
            case UInt8(ascii: ">") where isInAngle: return
            case UInt8(ascii: "."):
                words.addDot()
                scanner.skip()
            default:
                var word: [UInt8] = []
                let isQuoted = octet == UInt8(ascii: "\"") && scanner.quotedString(into: &word)
                if !isQuoted { scanner.atom(into: &word) }
                words.add(word: word, isQuoted: isQuoted)
            }
        }
    }

    /// Reads on to the end of an entry, of an angle bracket, or to the beginning of one.
    private mutating func text(_ words: inout AddressWords, isInAngle: Bool, endsAtAngle: Bool = false) {
        while true {
            collect(&words, isInAngle: isInAngle)
            guard !isAtEndOfEntry, let octet = scanner.next else { return }
            if octet == UInt8(ascii: ">") || octet == UInt8(ascii: "<") && endsAtAngle { return }
            words.add(word: [octet])
            scanner.skip()
        }
    }
}
