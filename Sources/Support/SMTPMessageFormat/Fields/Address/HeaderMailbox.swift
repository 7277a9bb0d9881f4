/// An address of a field (RFC 5322 §3.4).
public struct HeaderMailbox: Sendable, Hashable, CustomStringConvertible {
    /// The name that stands before it, without quotes; encoded words are not decoded.
    public var displayName: [UInt8]
    /// What stands left of the `@`, without quotes and escapes.
    public var localPart: [UInt8]
    /// What stands right of the `@`, ASCII in lower case; a literal with its brackets. Empty if there is none.
    public var domain: [UInt8]
    /// Where it begins: octets from the beginning of the message.
    public var offset: Int

    /// An address.
    public init(displayName: [UInt8] = [], localPart: [UInt8], domain: [UInt8], offset: Int = 0) {
        self.displayName = displayName
        self.localPart = localPart
        self.domain = domain
        self.offset = offset
    }

    /// The local part, quoted if it has to be, `@` and the domain.
    public var address: String {
        let parts = localPart.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isDotAtom = parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(AddressLexer.isAtom) }
        var text = localPart
        if !isDotAtom {
            text = localPart.flatMap {
                $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") ? [UInt8(ascii: "\\"), $0] : [$0]
            }
            text = [UInt8(ascii: "\"")] + text + [UInt8(ascii: "\"")]
        }
        if !domain.isEmpty { text += [UInt8(ascii: "@")] + domain }
        return String(decoding: text, as: UTF8.self)
    }

    /// The address.
    public var description: String { address }
}
