/// The addresses of a field: `From`, `Sender`, `Reply-To`, `To`, `Cc`, `Bcc` (RFC 5322 §3.4, RFC 6532).
///
/// There is nothing that cannot be read. What is no address is an ``Anomaly``, and the next one is looked for behind the next comma.
public struct AddressList: Sendable, Hashable {
    /// How many addresses are looked at.
    public static let mostMailboxes = 10_000

    /// An address, or several with a name (RFC 5322 §3.4).
    public enum Entry: Sendable, Hashable {
        /// An address.
        case mailbox(HeaderMailbox)
        /// A group, which may have nobody in it.
        case group(name: [UInt8], [HeaderMailbox])
    }

    /// Addresses and groups in order.
    public private(set) var entries: [Entry] = []
    /// What was unusual.
    public private(set) var anomalies = Anomalies()

    /// All addresses, those of groups included.
    public var mailboxes: [HeaderMailbox] {
        entries.flatMap { entry -> [HeaderMailbox] in
            switch entry {
            case .mailbox(let mailbox): [mailbox]
            case .group(_, let mailboxes): mailboxes
            }
        }
    }

    private typealias Token = AddressLexer.Token

    /// Reads a field's body, in time that grows with its length.
    ///
    /// - Parameters:
    ///   - body: what stands behind the colon, line ends of folding included.
    ///   - offset: where in the message it begins.
    public init(_ body: Span<UInt8>, at offset: Int = 0) {
        var lexer = AddressLexer(body, at: offset)
        var words: [Token] = []
        var group: (name: [UInt8], mailboxes: [HeaderMailbox])?
        var isInBrackets = false
        var count = 0
        /// Whether there is something before the comma that is next.
        var isEmpty = true

        func finishMailbox(_ list: inout AddressList) {
            defer { words.removeAll(keepingCapacity: true) }
            isInBrackets = false
            guard !words.isEmpty, let mailbox = list.mailbox(words) else { return }
            count += 1
            guard count <= Self.mostMailboxes else { return list.anomalies.add(.addressCount, at: mailbox.offset) }
            if group != nil { group?.mailboxes.append(mailbox) } else { list.entries.append(.mailbox(mailbox)) }
        }

        while let token = lexer.next() {
            switch token.kind {
            case .sign(UInt8(ascii: ",")) where !isInBrackets || !Self.isRoute(words):
                if isEmpty { anomalies.add(.addressObsolete, at: token.offset) }
                isEmpty = true
                finishMailbox(&self)
                continue
            case .sign(UInt8(ascii: ":")) where !isInBrackets && group == nil:
                if words.isEmpty { anomalies.add(.addressSyntax, at: token.offset) }
                group = (phrase(words), [])
                words = []
                isEmpty = true
                continue
            case .sign(UInt8(ascii: ";")) where group != nil:
                finishMailbox(&self)
                if let done = group { entries.append(.group(name: done.name, done.mailboxes)) }
                group = nil
                isEmpty = false
                continue
            case .sign(UInt8(ascii: "<")): isInBrackets = true
            case .sign(UInt8(ascii: ">")): isInBrackets = false
            default: break
            }
            isEmpty = false
            words.append(token)
        }
        if isEmpty, !entries.isEmpty, group == nil { anomalies.add(.addressObsolete, at: offset + body.count) }
        finishMailbox(&self)
        if let open = group {
            anomalies.add(.addressSyntax, at: offset + body.count)
            entries.append(.group(name: open.name, open.mailboxes))
        }
        for anomaly in lexer.anomalies.first { anomalies.add(anomaly.kind, at: anomaly.offset) }
        if (try? UTF8Span(validating: body)) == nil { anomalies.add(.fieldEncoding, at: offset) }
    }

    /// Whether brackets begin with a route, in which commas stand (RFC 5322 §4.4).
    private static func isRoute(_ words: [Token]) -> Bool {
        guard let open = words.lastIndex(where: { $0.kind == .sign(UInt8(ascii: "<")) }) else { return false }
        return open + 1 == words.count || words[open + 1].kind == .sign(UInt8(ascii: "@"))
            || words[open + 1].kind == .sign(UInt8(ascii: ","))
    }

    /// An address with or without a name and brackets; `nil` if there is nothing like it.
    private mutating func mailbox(_ words: [Token]) -> HeaderMailbox? {
        guard let first = words.first else { return nil }
        guard let open = words.firstIndex(where: { $0.kind == .sign(UInt8(ascii: "<")) }) else {
            return address(words[...], from: first.offset)
        }
        let name = phrase(Array(words[..<open]))
        var inner = words[(open + 1)...]
        if let close = inner.firstIndex(where: { $0.kind == .sign(UInt8(ascii: ">")) }) {
            if close + 1 < words.endIndex { anomalies.add(.addressTrailing, at: words[close + 1].offset) }
            inner = inner[..<close]
        } else {
            anomalies.add(.addressSyntax, at: words[open].offset)
        }
        if inner.first?.kind == .sign(UInt8(ascii: "@")) || inner.first?.kind == .sign(UInt8(ascii: ",")) {
            // A route: `<@a,@b:c@d>`.
            anomalies.add(.addressObsolete, at: words[open].offset)
            guard let colon = inner.firstIndex(where: { $0.kind == .sign(UInt8(ascii: ":")) }) else {
                anomalies.add(.addressSyntax, at: words[open].offset)
                return nil
            }
            inner = inner[(colon + 1)...]
        }
        guard !inner.isEmpty else {
            anomalies.add(.addressSyntax, at: words[open].offset)
            return nil
        }
        var mailbox = address(inner, from: words[open].offset)
        mailbox?.displayName = name
        return mailbox
    }

    /// `local-part "@" domain` (RFC 5322 §3.4.1).
    private mutating func address(_ words: ArraySlice<Token>, from offset: Int) -> HeaderMailbox? {
        guard let sign = words.lastIndex(where: { $0.kind == .sign(UInt8(ascii: "@")) }) else {
            anomalies.add(.addressMissingDomain, at: offset)
            return HeaderMailbox(localPart: dotted(words, mayBeQuoted: true), domain: [], offset: offset)
        }
        let local = words[..<sign]
        let domain = words[(sign + 1)...]
        if local.isEmpty || domain.isEmpty { anomalies.add(.addressSyntax, at: words[sign].offset) }
        if words[sign].isApart && !local.isEmpty || domain.first?.isApart == true {
            // White space around the sign (RFC 5322 §3.4.1 has it; RFC 5321 does not).
            anomalies.add(.addressObsolete, at: words[sign].offset)
        }
        let localPart = dotted(local, mayBeQuoted: true)
        if domain.count == 1, let literal = domain.first, literal.kind == .literal {
            return HeaderMailbox(localPart: localPart, domain: literal.octets.map { lowercased($0) }, offset: offset)
        }
        let name = dotted(domain, mayBeQuoted: false).map { lowercased($0) }
        return HeaderMailbox(localPart: localPart, domain: name, offset: offset)
    }

    /// Words with dots between them.
    private mutating func dotted(_ words: ArraySlice<Token>, mayBeQuoted: Bool) -> [UInt8] {
        var octets: [UInt8] = []
        var expectsWord = true
        for (index, word) in zip(words.indices, words) {
            switch word.kind {
            case .sign(UInt8(ascii: ".")):
                if expectsWord { anomalies.add(.addressSyntax, at: word.offset) }
                expectsWord = true
            case .atom, .quoted:
                if !expectsWord || word.kind == .quoted && !mayBeQuoted {
                    anomalies.add(.addressSyntax, at: word.offset)
                }
                // A quoted word among others (RFC 5322 §4.4, obs-local-part).
                if word.kind == .quoted, words.count > 1 { anomalies.add(.addressObsolete, at: word.offset) }
                expectsWord = false
            case .literal, .sign:
                anomalies.add(.addressSyntax, at: word.offset)
                expectsWord = false
            }
            if word.isApart, index > words.startIndex { anomalies.add(.addressObsolete, at: word.offset) }
            octets += word.octets
        }
        if expectsWord, let last = words.last { anomalies.add(.addressSyntax, at: last.offset) }
        return octets
    }

    /// A name: words with spaces between them (RFC 5322 §3.2.5).
    private mutating func phrase(_ words: [Token]) -> [UInt8] {
        var octets: [UInt8] = []
        for word in words {
            switch word.kind {
            case .atom, .quoted: break
            case .sign(UInt8(ascii: ".")): anomalies.add(.addressObsolete, at: word.offset)
            // An address in a name is how a sender is made to look like somebody else.
            case .sign, .literal: anomalies.add(.addressSyntax, at: word.offset)
            }
            if word.isApart, !octets.isEmpty { octets.append(0x20) }
            octets += word.octets
        }
        return octets
    }
}
