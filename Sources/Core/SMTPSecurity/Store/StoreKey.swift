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
        appendEscaped(purpose.utf8.span, asciiCaseFold: 0)
    }

    /// A part without a value.
    public mutating func append(_ tag: Tag) {
        octets.append(addingCapacity: Self.tagCapacity) { (output: inout OutputSpan<UInt8>) in
            Self.write(tag, to: &output)
        }
    }

    /// An address. An IPv4 address in IPv6 notation counts as IPv4.
    public mutating func append(_ tag: Tag, _ address: IPAddress) {
        octets.append(addingCapacity: Self.tagCapacity + Self.addressCapacity) { (output: inout OutputSpan<UInt8>) in
            Self.write(tag, to: &output)
            Self.write(address.canonical, to: &output)
        }
    }

    /// A network. A network of IPv4 addresses in IPv6 notation counts as IPv4.
    public mutating func append(_ tag: Tag, _ network: IPNetwork) {
        let network = network.canonical
        octets.append(addingCapacity: Self.tagCapacity + Self.addressCapacity + 4) {
            (output: inout OutputSpan<UInt8>) in
            Self.write(tag, to: &output)
            Self.write(network.address, to: &output)
            output.append(UInt8(ascii: "/"))
            Self.write(decimal: UInt8(truncatingIfNeeded: network.prefixLength), to: &output)
        }
    }

    /// A mailbox as written, `local-part@domain`, without angle brackets. Quotes that say nothing and ASCII case make no difference: hardly a
    /// server tells `Bob` from `bob`, and whoever wants to be counted apart would use it.
    public mutating func append(_ tag: Tag, mailbox: Span<UInt8>) {
        let end = Self.endOfLocalPart(mailbox)
        append(tag)
        appendLocalPart(mailbox.extracting(first: end))
        guard end < mailbox.count else { return }
        octets.append(UInt8(ascii: "@"))
        appendFolded(mailbox.extracting(droppingFirst: end + 1))
    }

    /// The mailbox of a path. Quotes that say nothing and ASCII case make no difference.
    public mutating func append(_ tag: Tag, mailboxOf path: PathView) {
        append(tag)
        appendLocalPart(path.localPart)
        let domain = path.domain
        guard !domain.isEmpty else { return }
        octets.append(UInt8(ascii: "@"))
        appendFolded(domain)
    }

    /// The domain of a mailbox as written.
    public mutating func append(_ tag: Tag, domainOf mailbox: Span<UInt8>) {
        let end = Self.endOfLocalPart(mailbox)
        append(tag, name: mailbox.extracting(droppingFirst: min(end + 1, mailbox.count)))
    }

    /// A domain or user name. ASCII case makes no difference.
    public mutating func append(_ tag: Tag, name: Span<UInt8>) {
        append(tag)
        appendFolded(name)
    }

    /// A domain or user name. ASCII case makes no difference.
    public mutating func append(_ tag: Tag, name: String) {
        append(tag, name: name.utf8.span)
    }

    // MARK: Text

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
        guard text.count >= 2, text[0] == UInt8(ascii: "\"") else { return appendFolded(text) }
        octets.append(addingCapacity: 3 * text.count) { (output: inout OutputSpan<UInt8>) in
            var index = 1
            while index < text.count - 1 {
                if text[index] == UInt8(ascii: "\\"), index + 1 < text.count - 1 { index += 1 }
                Self.write(escaped: Self.folded(text[index], by: 0x20), to: &output)
                index += 1
            }
        }
    }

    private mutating func appendFolded(_ text: Span<UInt8>) {
        appendEscaped(text, asciiCaseFold: 0x20)
    }

    /// - Parameter asciiCaseFold: what is added to capital letters.
    @inline(__always)
    private mutating func appendEscaped(_ text: Span<UInt8>, asciiCaseFold fold: UInt8) {
        var capacity = 0
        var isAsItIs = true
        for index in 0..<text.count {
            let octet = text[index]
            capacity &+= Self.width(octet)
            isAsItIs = isAsItIs && (octet &- 0x41 >= 26 || fold == 0)
        }
        if isAsItIs, capacity == text.count {
            unsafe text.withUnsafeBufferPointer { unsafe octets.append(contentsOf: $0) }
            return
        }
        octets.append(addingCapacity: capacity) { (output: inout OutputSpan<UInt8>) in
            for index in 0..<text.count {
                Self.write(escaped: Self.folded(text[index], by: fold), to: &output)
            }
        }
    }

    // MARK: Writing

    // These write into room that was made before: making it for each octet takes longer than all the rest.

    /// The longest tag with its separators.
    private static let tagCapacity = 16
    /// The longest address.
    private static let addressCapacity = 40

    @inline(__always)
    private static func folded(_ octet: UInt8, by fold: UInt8) -> UInt8 { octet &- 0x41 < 26 ? octet | fold : octet }

    private static func write(_ tag: Tag, to output: inout OutputSpan<UInt8>) {
        output.append(UInt8(ascii: "|"))
        let text = tag.text
        text.withUTF8Buffer { octets in
            for index in octets.indices { output.append(unsafe octets[index]) }
        }
        output.append(UInt8(ascii: "="))
    }

    /// How many octets one takes.
    @inline(__always)
    private static func width(_ octet: UInt8) -> Int {
        let isPlain = octet > 0x20 && octet < 0x7F && octet != UInt8(ascii: "%") && octet != UInt8(ascii: "|")
        return isPlain ? 1 : 3
    }

    @inline(__always)
    private static func write(escaped octet: UInt8, to output: inout OutputSpan<UInt8>) {
        if width(octet) == 1 {
            output.append(octet)
        } else {
            output.append(UInt8(ascii: "%"))
            write(hexadecimal: octet >> 4, to: &output)
            write(hexadecimal: octet & 15, to: &output)
        }
    }

    private static func write(hexadecimal digit: UInt8, to output: inout OutputSpan<UInt8>) {
        output.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }

    private static func write(_ address: IPAddress, to output: inout OutputSpan<UInt8>) {
        switch address {
        case .v4(let value):
            for part in 0..<4 {
                if part > 0 { output.append(UInt8(ascii: ".")) }
                write(decimal: UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * part)), to: &output)
            }
        case .v6(let high, let low):
            // All eight groups: shorter forms take time to find and save nothing that matters here.
            for group in 0..<8 {
                if group > 0 { output.append(UInt8(ascii: ":")) }
                let word = group < 4 ? high : low
                write(group: UInt16(truncatingIfNeeded: word >> UInt64(48 - 16 * (group & 3))), to: &output)
            }
        }
    }

    private static func write(group: UInt16, to output: inout OutputSpan<UInt8>) {
        var started = false
        for position in 0..<4 {
            let shift = UInt16(12 - 4 * position)
            let digit = UInt8(group >> shift & 15)
            started = started || digit != 0 || shift == 0
            if started { write(hexadecimal: digit, to: &output) }
        }
    }

    private static func write(decimal number: UInt8, to output: inout OutputSpan<UInt8>) {
        if number >= 100 { output.append(0x30 + number / 100) }
        if number >= 10 { output.append(0x30 + number / 10 % 10) }
        output.append(0x30 + number % 10)
    }
}
