/// What the standards make of an address that stands alone, without a name, angle brackets and routes.
public enum MailboxGrammar {
    /// The narrowest form that an address has.
    public enum Form: Sendable, Hashable {
        /// A `Mailbox` of SMTP within its limits of length (RFC 5321 §4.1.2, §4.5.3.1, RFC 6531 §3.3).
        case mailbox
        /// An `addr-spec` of a message (RFC 5322 §3.4.1), which no command of SMTP can have: with comments or folding, with a
        /// domain that is no host name or literal of an address, or too long.
        case addressSpecification
        /// An `addr-spec` that is only still to be read (RFC 5322 §4.4), or has white space beside its `@`, which is
        /// discouraged (§3.4.1).
        case obsolete
        /// Nothing of these.
        case invalid
    }

    /// Tells what an address is, in time that grows with its length.
    ///
    /// - Parameters:
    ///   - octets: the address and nothing else.
    ///   - allowsUTF8: whether it may have characters beyond ASCII (RFC 6531, RFC 6532).
    public static func form(of octets: Span<UInt8>, allowsUTF8: Bool = true) -> Form {
        var reader = AddressSpecificationReader(octets, allowsUTF8: allowsUTF8)
        guard reader.read() else { return .invalid }
        if reader.isObsolete { return .obsolete }
        let localPart = reader.localPart
        let domain = reader.domain
        // RFC 5321 §4.5.3.1.1, and §4.5.3.1.3: a path of 256 octets has two angle brackets. A domain's 255 are beyond that.
        guard reader.isPlain, localPart.count <= 64, octets.count <= 254,
            isDomain(octets.extracting(domain))
        else { return .addressSpecification }
        return .mailbox
    }

    /// `Domain` or `address-literal` (RFC 5321 §4.1.2), of which it is known that it is `domain` of RFC 5322.
    private static func isDomain(_ domain: Span<UInt8>) -> Bool {
        if domain[0] == UInt8(ascii: "[") {
            return AddressLiteralGrammar.isLiteral(domain.extracting(1..<(domain.count - 1)))
        }
        var begin = 0
        for index in 0...domain.count where index == domain.count || domain[index] == UInt8(ascii: ".") {
            guard isLabel(domain.extracting(begin..<index)) else { return false }
            begin = index + 1
        }
        return true
    }

    /// `sub-domain` (RFC 5321 §4.1.2), `U-label` (RFC 6531 §3.3).
    private static func isLabel(_ label: Span<UInt8>) -> Bool {
        var isASCII = true
        for index in 0..<label.count {
            let octet = label[index]
            if octet < 0x80 {
                guard AddressLiteralGrammar.isLetterOrDigit(octet) || octet == UInt8(ascii: "-") else { return false }
            } else {
                isASCII = false
                if isFullStop(label, at: index) { return false }
            }
        }
        // RFC 1035 §2.3.4; a U-label's form in ASCII may be shorter.
        return label[0] != UInt8(ascii: "-") && label[label.count - 1] != UInt8(ascii: "-")
            && (label.count <= 63 || !isASCII)
    }

    /// U+3002, U+FF0E or U+FF61, which some take for dots (RFC 3490 §3.1).
    private static func isFullStop(_ label: Span<UInt8>, at index: Int) -> Bool {
        guard label.count - index >= 3 else { return false }
        switch (label[index], label[index + 1], label[index + 2]) {
        case (0xE3, 0x80, 0x82), (0xEF, 0xBC, 0x8E), (0xEF, 0xBD, 0xA1): return true
        default: return false
        }
    }
}
