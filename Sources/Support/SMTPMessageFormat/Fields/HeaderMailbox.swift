/// A mailbox of a field like `From` (RFC 5322 §3.4), as far as it could be read: what it lacks is empty.
public struct HeaderMailbox: Sendable, Hashable {
    /// The name before the angle bracket, without quotes, escapes and comments. Encoded words are still encoded (RFC 2047).
    public var displayName: [UInt8]
    /// What stands left of the `@`, without quotes, escapes, comments and white space around dots.
    public var localPart: [UInt8]
    /// What stands right of the `@`, ASCII letters in lower case; a literal with its brackets.
    public var domain: [UInt8]
    /// Where it begins: octets from the beginning of the message.
    public var offset: Int

    /// A mailbox.
    public init(displayName: [UInt8] = [], localPart: [UInt8], domain: [UInt8], offset: Int = 0) {
        self.displayName = displayName
        self.localPart = localPart
        self.domain = domain
        self.offset = offset
    }

    /// `local-part@domain`, the local part quoted where it has to be; without the `@` if there is no domain.
    public var address: String {
        guard !localPart.isEmpty || !domain.isEmpty else { return "" }
        var octets = Self.isDotAtom(localPart) ? localPart : Self.quoted(localPart)
        if !domain.isEmpty { octets += [UInt8(ascii: "@")] + domain }
        return String(decoding: octets, as: UTF8.self)
    }

    /// Whether octets are a `dot-atom-text` (RFC 5322 §3.2.3, RFC 6532 §3.2).
    static func isDotAtom(_ octets: [UInt8]) -> Bool {
        var isAfterDot = true
        for octet in octets {
            let isDot = octet == UInt8(ascii: ".")
            guard isDot ? !isAfterDot : AddressOctet.isAtomText(octet) else { return false }
            isAfterDot = isDot
        }
        return !isAfterDot
    }

    /// A `quoted-string` (RFC 5322 §3.2.4).
    static func quoted(_ octets: [UInt8]) -> [UInt8] {
        let quote = UInt8(ascii: "\"")
        let backslash = UInt8(ascii: "\\")
        return [quote] + octets.flatMap { $0 == quote || $0 == backslash ? [backslash, $0] : [$0] } + [quote]
    }
}
