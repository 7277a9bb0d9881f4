public import SMTPDNS
public import SMTPSecurity

/// Senders and clients, for lists of those who are allowed and those who are not.
///
/// ```
/// # One entry a line.
/// sender  alice@example.org      one address
/// sender  example.net            all of a domain
/// sender  .example.net           all below a domain
/// client  192.0.2.0/24           addresses
/// client  .dynamic.example.com   clients whose reverse name is below this one; without the dot, that is this one
/// ```
///
/// ASCII case makes no difference.
public struct SenderList: Sendable, Hashable {
    /// A line that is not what it should be.
    public struct ParseError: Error, Sendable, Hashable, CustomStringConvertible {
        /// The number of the line, from 1.
        public let line: Int
        /// What is wrong with it, and what would be right.
        public let description: String

        fileprivate init(_ line: Int, _ text: Substring, _ problem: String) {
            self.line = line
            description = "line \(line): \"\(Evidence(String(text)))\": \(problem)"
        }
    }

    private var mailboxes: Set<Mailbox> = []
    private var domains = NameSet()
    private var hosts = NameSet()
    private var networks: [IPNetwork] = []

    /// A list of nobody.
    public init() {}

    /// Reads a list.
    ///
    /// - Throws: what is wrong with which line.
    public init(parsing text: String) throws(ParseError) {
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
            guard let kind = words.first else { continue }
            let rule = "write \"sender\" and an address or a domain, or \"client\" and a network or a name"
            guard words.count == 2 else { throw ParseError(number, line, rule) }
            let value = String(words[1])
            switch kind {
            case "sender" where value.contains("@"):
                guard let mailbox = try? Mailbox(value) else {
                    throw ParseError(number, line, "\"\(Evidence(value))\" is no address; alice@example.org is one")
                }
                insert(sender: mailbox)
            case "sender":
                try domains.insert(value, number, line)
            case "client":
                if let network = try? IPNetwork(value) {
                    insert(client: network)
                } else {
                    try hosts.insert(value, number, line)
                }
            default: throw ParseError(number, line, rule)
            }
        }
    }

    /// Whether it is a list of nobody.
    public var isEmpty: Bool { self == SenderList() }

    /// Adds a sender.
    public mutating func insert(sender: Mailbox) { mailboxes.insert(sender) }
    /// Adds the senders of a domain; of those below it too if wanted.
    public mutating func insert(senderDomain: DNSName, andBelow: Bool = false) {
        domains.itself.insert(senderDomain)
        if andBelow { domains.above.insert(senderDomain) }
    }
    /// Adds clients by their addresses.
    public mutating func insert(client: IPNetwork) { networks.append(client) }
    /// Adds clients by a reverse name; those below it too if wanted.
    public mutating func insert(clientName: DNSName, andBelow: Bool = false) {
        hosts.itself.insert(clientName)
        if andBelow { hosts.above.insert(clientName) }
    }

    /// Whether a client's names have to be known to judge it.
    var hasClientNames: Bool { hosts != NameSet() }

    func contains(sender: Mailbox?, domain: DNSName?) -> Bool {
        if let sender,
            mailboxes.contains(where: { $0.domain == sender.domain && $0.localPart.isSame(as: sender.localPart) })
        {
            return true
        }
        guard let domain else { return false }
        return domains.contains(domain)
    }

    func contains(client: IPAddress) -> Bool { networks.contains { $0.contains(client) } }

    func contains(clientName: DNSName) -> Bool { hosts.contains(clientName) }
}

/// Names, and all below some names.
private struct NameSet: Sendable, Hashable {
    var itself: Set<DNSName> = []
    var above: Set<DNSName> = []

    /// Adds a name as it is written in a list.
    mutating func insert(_ text: String, _ number: Int, _ line: Substring) throws(SenderList.ParseError) {
        let isBelow = text.first == "."
        // An address or a network that was written wrongly is no name.
        guard let name = try? DNSName(isBelow ? String(text.dropFirst()) : text), !text.contains("/"),
            text.last.map({ !$0.isNumber }) ?? false
        else {
            throw SenderList.ParseError(
                number, line,
                "\"\(Evidence(text))\" is no domain or network; example.org, .example.org, 192.0.2.0/24 are")
        }
        if isBelow { above.insert(name) } else { itself.insert(name) }
    }

    func contains(_ name: DNSName) -> Bool {
        if itself.contains(name) { return true }
        guard !above.isEmpty else { return false }
        var parent = name.parent
        while let current = parent {
            if above.contains(current) { return true }
            parent = current.parent
        }
        return false
    }
}

extension LocalPart {
    fileprivate func isSame(as other: LocalPart) -> Bool {
        func folded(_ text: String) -> [UInt8] { text.utf8.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 } }
        return folded(text) == folded(other.text)
    }
}
