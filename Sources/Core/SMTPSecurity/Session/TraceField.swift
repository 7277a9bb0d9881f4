/// A header field that is written at the top of a message, folded (RFC 5322 §2.2.3).
///
/// Whatever its words contain, no field but this one comes of it: control characters become question marks, and lines stay below 998 octets.
public struct TraceField: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The value: words, between which a line may end.
    public let words: [String]

    /// A field.
    public init(_ name: String, _ words: [String]) {
        self.name = name
        self.words = words
    }

    /// A value as a quoted string (RFC 5322 §3.2.4), of 400 octets at most.
    public static func quoted(_ value: String) -> String {
        var octets: [UInt8] = [UInt8(ascii: "\"")]
        for octet in shortened(value).utf8 {
            if octet == UInt8(ascii: "\"") || octet == UInt8(ascii: "\\") { octets.append(UInt8(ascii: "\\")) }
            octets.append(octet)
        }
        octets.append(UInt8(ascii: "\""))
        return String(decoding: octets, as: UTF8.self)
    }

    /// A value as it is where it is letters, digits and some signs, with single dots between them; a quoted string otherwise.
    ///
    /// - Parameters:
    ///   - value: the value.
    ///   - others: further characters that need no quotes.
    public static func quotedIfNeeded(_ value: String, besides others: String = "") -> String {
        let octets = value.utf8
        let isPlain = octets.allSatisfy { octet in
            (octet | 0x20) &- 0x61 < 26 || octet &- 0x30 < 10 || octet >= 0x80 || "-_+.".utf8.contains(octet)
                || others.utf8.contains(octet)
        }
        let hasOddDots =
            octets.first == UInt8(ascii: ".") || octets.last == UInt8(ascii: ".") || value.contains("..")
        return isPlain && !hasOddDots && !value.isEmpty && octets.count <= 400 ? value : quoted(value)
    }

    /// A text as a comment, of 400 octets at most.
    public static func comment(_ text: String) -> [String] {
        var octets: [UInt8] = [UInt8(ascii: "(")]
        for octet in shortened(text).utf8 {
            if "()\\".utf8.contains(octet) { octets.append(UInt8(ascii: "\\")) }
            octets.append(octet)
        }
        octets.append(UInt8(ascii: ")"))
        return String(decoding: octets, as: UTF8.self).split(separator: " ").map(String.init)
    }

    private static func shortened(_ text: String) -> String {
        guard text.utf8.count > 400 else { return text }
        return String(decoding: text.utf8.prefix(397), as: UTF8.self) + "..."
    }

    func serialize(into output: inout [UInt8], allowsUTF8: Bool) {
        output += name.utf8.filter { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
        output.append(UInt8(ascii: ":"))
        var column = name.utf8.count + 1
        for word in words {
            let octets = word.utf8.prefix(900)
            // RFC 5322 §2.1.1: 78 characters.
            if column + 1 + octets.count > 78, column > 1 {
                output += [0x0D, 0x0A]
                column = 0
            }
            output.append(0x20)
            for octet in octets {
                let isText = octet >= 0x20 && octet != 0x7F && (octet < 0x80 || allowsUTF8)
                output.append(isText ? octet : UInt8(ascii: "?"))
            }
            column += 1 + octets.count
        }
        output += [0x0D, 0x0A]
    }
}
