/// What a store counts by: a purpose, and typed parts such as a client network, a sender and a recipient.
///
/// ```swift
/// var key = StoreKey("greylist")
/// key.append(.network, IPNetwork(client, prefixLength: 24))
/// key.append(.sender, mailbox: session.reversePath.span)
/// ```
///
/// Two keys are equal if and only if their purposes and all of their parts are: parts are separated and tagged, and what they contain cannot
/// look like a separator. The text is readable, in printable ASCII without spaces, so that people find their way in a shared store.
public struct StoreKey: Sendable, Hashable, CustomStringConvertible {
    /// What a part of a key is.
    public enum Tag: UInt8, Sendable, Hashable, CaseIterable {
        /// A client's address.
        case client
        /// A client's network.
        case network
        /// A sender's mailbox.
        case sender
        /// A sender's domain.
        case senderDomain
        /// The null reverse-path.
        case nullSender
        /// A recipient's mailbox.
        case recipient
        /// A recipient's domain.
        case recipientDomain
        /// An authenticated user.
        case user
        /// A domain whose SPF policy authorises the client.
        case provider
        /// A forward-confirmed host or domain name of the client.
        case host

        /// The text in the key.
        var text: StaticString {
            switch self {
            case .client: "ip"
            case .network: "net"
            case .sender: "from"
            case .senderDomain: "from-domain"
            case .nullSender: "null"
            case .recipient: "to"
            case .recipientDomain: "to-domain"
            case .user: "user"
            case .provider: "spf"
            case .host: "host"
            }
        }
    }

    /// The key as octets.
    public private(set) var octets: [UInt8]

    /// The key as text.
    public var description: String { String(decoding: octets, as: UTF8.self) }

    /// A key without parts.
    ///
    /// - Parameter purpose: keeps the keys of one use apart from those of another.
    public init(_ purpose: String) {
        octets = []
        octets.reserveCapacity(128)
        for octet in purpose.utf8 { appendEscaped(octet) }
    }

    /// A part without a value.
    public mutating func append(_ tag: Tag) { appendTag(tag) }

    /// An address. An IPv4 address in IPv6 notation counts as IPv4.
    public mutating func append(_ tag: Tag, _ address: IPAddress) {
        appendTag(tag)
        appendAddress(address.canonical)
    }

    /// A network. A network of IPv4 addresses in IPv6 notation counts as IPv4.
    public mutating func append(_ tag: Tag, _ network: IPNetwork) {
        appendTag(tag)
        let network = network.canonical
        appendAddress(network.address)
        octets.append(UInt8(ascii: "/"))
        appendDecimal(UInt32(truncatingIfNeeded: network.prefixLength))
    }

    /// A mailbox as written, `local-part@domain`, without angle brackets. Quotes that say nothing and ASCII case make no difference: hardly a
    /// server tells `Bob` from `bob`, and whoever wants to be counted apart would use it.
    public mutating func append(_ tag: Tag, mailbox: Span<UInt8>) {
        appendTag(tag)
        let end = Self.endOfLocalPart(mailbox)
        appendLocalPart(mailbox.extracting(first: end))
        guard end < mailbox.count else { return }
        octets.append(UInt8(ascii: "@"))
        for index in (end + 1)..<mailbox.count { appendFolded(mailbox[index]) }
    }

    /// The mailbox of a path. Quotes that say nothing and ASCII case make no difference.
    public mutating func append(_ tag: Tag, mailboxOf path: PathView) {
        appendTag(tag)
        appendLocalPart(path.localPart)
        let domain = path.domain
        guard !domain.isEmpty else { return }
        octets.append(UInt8(ascii: "@"))
        for index in 0..<domain.count { appendFolded(domain[index]) }
    }

    /// The domain of a mailbox as written.
    public mutating func append(_ tag: Tag, domainOf mailbox: Span<UInt8>) {
        let end = Self.endOfLocalPart(mailbox)
        append(tag, name: mailbox.extracting(droppingFirst: min(end + 1, mailbox.count)))
    }

    /// A domain or user name. ASCII case makes no difference.
    public mutating func append(_ tag: Tag, name: Span<UInt8>) {
        appendTag(tag)
        for index in 0..<name.count { appendFolded(name[index]) }
    }

    /// A domain or user name. ASCII case makes no difference.
    public mutating func append(_ tag: Tag, name: String) {
        appendTag(tag)
        for octet in name.utf8 { appendFolded(octet) }
    }

    // MARK: Text

    private mutating func appendTag(_ tag: Tag) {
        octets.append(UInt8(ascii: "|"))
        let text = tag.text
        text.withUTF8Buffer { unsafe octets.append(contentsOf: $0) }
        octets.append(UInt8(ascii: "="))
    }

    /// Where a mailbox's local part ends: at its `@`, or at the end of a mailbox without one. A quoted local part and an address literal
    /// may contain further ones.
    private static func endOfLocalPart(_ mailbox: Span<UInt8>) -> Int {
        var index = 0
        if !mailbox.isEmpty, mailbox[0] == UInt8(ascii: "\"") {
            index = 1
            while index < mailbox.count, mailbox[index] != UInt8(ascii: "\"") {
                index += mailbox[index] == UInt8(ascii: "\\") ? 2 : 1
            }
        }
        while index < mailbox.count, mailbox[index] != UInt8(ascii: "@") { index += 1 }
        return min(index, mailbox.count)
    }

    private mutating func appendLocalPart(_ text: Span<UInt8>) {
        guard text.count >= 2, text[0] == UInt8(ascii: "\"") else {
            for index in 0..<text.count { appendFolded(text[index]) }
            return
        }
        var index = 1
        while index < text.count - 1 {
            if text[index] == UInt8(ascii: "\\"), index + 1 < text.count - 1 { index += 1 }
            appendFolded(text[index])
            index += 1
        }
    }

    private mutating func appendFolded(_ octet: UInt8) {
        appendEscaped(octet &- 0x41 < 26 ? octet | 0x20 : octet)
    }

    private mutating func appendEscaped(_ octet: UInt8) {
        if octet > 0x20, octet < 0x7F, octet != UInt8(ascii: "%"), octet != UInt8(ascii: "|") {
            octets.append(octet)
        } else {
            octets.append(UInt8(ascii: "%"))
            appendHexadecimal(octet >> 4)
            appendHexadecimal(octet & 15)
        }
    }

    private mutating func appendHexadecimal(_ digit: UInt8) {
        octets.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }

    private mutating func appendAddress(_ address: IPAddress) {
        switch address {
        case .v4(let value):
            for part in 0..<4 {
                if part > 0 { octets.append(UInt8(ascii: ".")) }
                appendDecimal(value >> UInt32(24 - 8 * part) & 255)
            }
        case .v6(let high, let low):
            // All eight groups: shorter forms take time to find and save nothing that matters here.
            for group in 0..<8 {
                if group > 0 { octets.append(UInt8(ascii: ":")) }
                appendGroup(UInt16(truncatingIfNeeded: (group < 4 ? high : low) >> UInt64(48 - 16 * (group & 3))))
            }
        }
    }

    private mutating func appendGroup(_ group: UInt16) {
        var started = false
        for position in 0..<4 {
            let shift = UInt16(12 - 4 * position)
            let digit = UInt8(group >> shift & 15)
            started = started || digit != 0 || shift == 0
            if started { appendHexadecimal(digit) }
        }
    }

    private mutating func appendDecimal(_ number: UInt32) {
        if number >= 10 { appendDecimal(number / 10) }
        octets.append(0x30 + UInt8(number % 10))
    }
}
