public import SMTPSecurity

extension ValueForm where Value == String {
    /// A text without control characters.
    static func line(_ allowed: String, maximumOctets: Int = 255) -> ValueForm {
        .text(allowed, pattern: "^[^\\u0000-\\u001f\\u007f]{1,\(maximumOctets)}$") { text in
            let isLine = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            return isLine && (1...maximumOctets).contains(text.utf8.count) ? text : nil
        } show: {
            $0
        }
    }

    /// The name of a host or a domain, in lower case (RFC 5321 §2.3.5).
    static var domain: ValueForm {
        .text("a domain such as mail.example.org", pattern: domainPattern) { text in
            let text = text.lowercased()
            return isDomain(text) ? text : nil
        } show: {
            $0
        }
    }

    private static var domainPattern: String {
        "^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$"
    }

    private static func isDomain(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            let isWord = label.allSatisfy { octet in
                (0x61...0x7A).contains(octet) || (0x30...0x39).contains(octet) || octet == 0x2D || octet == 0x5F
            }
            return isWord && (1...63).contains(label.count) && label.first != 0x2D && label.last != 0x2D
        }
    }

    /// A domain, or with a dot before it all that are below it.
    static var domainOrBelow: ValueForm {
        .text(
            "a domain such as example.org, or .example.org for all below it",
            pattern: "^(?=.{1,254}$)\\.?" + domainPattern.dropFirst("^(?=.{1,253}$)".count)
        ) { text in
            let text = text.lowercased()
            return isDomain(text.hasPrefix(".") ? String(text.dropFirst()) : text) ? text : nil
        } show: {
            $0
        }
    }

    /// Words of letters, digits and a few marks.
    static func token(_ allowed: String, pattern: String, _ isAllowed: @escaping (UInt8) -> Bool) -> ValueForm {
        .text(allowed, pattern: pattern) { text in
            (1...100).contains(text.utf8.count) && text.utf8.allSatisfy(isAllowed) ? text : nil
        } show: {
            $0
        }
    }
}

extension ValueForm where Value == IPNetwork {
    /// An address or a network.
    public static var network: ValueForm {
        .text("an address or a network such as 192.0.2.0/24 or 2001:db8::/32") { text in
            try? IPNetwork(text)
        } show: {
            $0.description
        }
    }
}
