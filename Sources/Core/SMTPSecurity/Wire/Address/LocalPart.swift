/// A local part. Equality is exact: only the domain's own server may ignore case (RFC 5321 §2.4).
public struct LocalPart: Sendable, Hashable, CustomStringConvertible {
    /// What it means: without quotes and backslashes.
    public let text: String

    /// A local part that means this text.
    public init(_ text: String) { self.text = text }

    init(_ path: PathView) {
        var octets: [UInt8] = []
        let raw = path.localPart
        var index = path.parsed.isQuoted ? 1 : 0
        let end = raw.count - index
        while index < end {
            if path.parsed.isQuoted, raw[index] == 0x5C { index += 1 }
            if index < end { octets.append(raw[index]) }
            index += 1
        }
        text = String(decoding: octets, as: UTF8.self)
    }

    /// The wire form, quoted only where it has to be.
    public var description: String {
        let octets = Array(text.utf8)
        let isDotString =
            !octets.isEmpty && octets.first != 0x2E && octets.last != 0x2E
            && octets.allSatisfy { $0 == 0x2E || OctetClass.contains($0, OctetClass.atext) }
            && !zip(octets, octets.dropFirst()).contains { $0 == 0x2E && $1 == 0x2E }
        if isDotString { return text }
        var quoted = "\""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "\""
    }
}
