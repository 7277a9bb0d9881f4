public import SMTPSecurity

/// A domain name (RFC 1034 §3.1): labels of any octets, without regard to ASCII case.
///
/// ```swift
/// let name = try DNSName("mail.example.org")
/// ```
public struct DNSName: Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with a name.
    public enum Problem: Error, Sendable, Hashable, CustomStringConvertible {
        /// A label has no octets.
        case emptyLabel
        /// A label has more than 63 octets.
        case labelTooLong
        /// The name has more than 255 octets on the wire.
        case nameTooLong
        /// A backslash without what it stands for.
        case badEscape

        /// In words.
        public var description: String {
            switch self {
            case .emptyLabel: "a label is empty"
            case .labelTooLong: "a label is longer than 63 octets"
            case .nameTooLong: "the name is longer than 255 octets"
            case .badEscape: "a backslash is not followed by a character or three digits up to 255"
            }
        }
    }

    /// Length octets and labels in lower case, without the root's: what goes over the wire but for the last octet.
    public let wire: [UInt8]

    /// The root.
    public static let root = DNSName(wire: [])

    private init(wire: [UInt8]) { self.wire = wire }

    /// A name as it is written in a message or a record: labels with dots between them, and one at the end if wanted. Nothing is escaped.
    ///
    /// - Throws: what is wrong with it.
    public init(_ text: Span<UInt8>) throws(Problem) {
        var wire: [UInt8] = []
        wire.reserveCapacity(text.count + 1)
        var index = 0
        var end = text.count
        if end > 1, text[end - 1] == UInt8(ascii: ".") { end -= 1 }
        guard end > 0 else { throw .emptyLabel }
        while index <= end {
            let start = wire.count
            wire.append(0)
            while index < end, text[index] != UInt8(ascii: ".") {
                wire.append(Self.lowercased(text[index]))
                index += 1
            }
            let length = wire.count - start - 1
            guard length > 0 else { throw .emptyLabel }
            guard length <= 63 else { throw .labelTooLong }
            wire[start] = UInt8(length)
            guard wire.count <= 254 else { throw .nameTooLong }
            index += 1
        }
        self.wire = wire
    }

    /// A name; see ``init(_:)-(Span<UInt8>)``.
    ///
    /// - Throws: what is wrong with it.
    public init(_ text: String) throws(Problem) { try self.init(text.utf8.span) }

    /// A name as master files have it (RFC 1035 §5.1), where a backslash escapes a character or is followed by three digits.
    ///
    /// - Throws: what is wrong with it.
    public init(escaped text: String) throws(Problem) {
        guard text != "." else {
            self = .root
            return
        }
        var labels: [[UInt8]] = [[]]
        var octets = Array(text.utf8)[...]
        while let octet = octets.popFirst() {
            switch octet {
            case UInt8(ascii: "."):
                if !octets.isEmpty { labels.append([]) }
            case UInt8(ascii: "\\"):
                guard let next = octets.first else { throw .badEscape }
                if next &- 0x30 < 10 {
                    let digits = octets.prefix(3)
                    guard digits.count == 3, digits.allSatisfy({ $0 &- 0x30 < 10 }) else { throw .badEscape }
                    let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
                    guard let octet = UInt8(exactly: value) else { throw .badEscape }
                    labels[labels.count - 1].append(octet)
                    octets = octets.dropFirst(3)
                } else {
                    labels[labels.count - 1].append(next)
                    octets = octets.dropFirst()
                }
            default: labels[labels.count - 1].append(octet)
            }
        }
        try self.init(labels: labels)
    }

    /// A name of these labels, the one nearest the root last.
    ///
    /// - Throws: what is wrong with it.
    public init(labels: some Sequence<[UInt8]>) throws(Problem) {
        var wire: [UInt8] = []
        for label in labels {
            guard !label.isEmpty else { throw .emptyLabel }
            guard label.count <= 63 else { throw .labelTooLong }
            wire.append(UInt8(label.count))
            wire.append(contentsOf: label.lazy.map(Self.lowercased))
        }
        guard wire.count <= 254 else { throw .nameTooLong }
        self.wire = wire
    }

    /// The name at which the names of an address are (RFC 1035 §3.5, RFC 3596 §2.5), for example `1.2.0.192.in-addr.arpa`.
    public init(reverseOf address: IPAddress) {
        var wire: [UInt8] = []
        func append(_ label: String) {
            wire.append(UInt8(label.utf8.count))
            wire += label.utf8
        }
        switch address {
        case .v4(let value):
            for index in 0..<4 { append(String(value >> (8 * index) & 255)) }
            append("in-addr")
        case .v6(let high, let low):
            for word in [low, high] {
                for index in 0..<16 { append(String(word >> (4 * UInt64(index)) & 15, radix: 16)) }
            }
            append("ip6")
        }
        append("arpa")
        self.wire = wire
    }

    private static func lowercased(_ octet: UInt8) -> UInt8 { octet &- 0x41 < 26 ? octet | 0x20 : octet }

    /// Hashes all octets in one go.
    public func hash(into hasher: inout Hasher) {
        unsafe wire.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }

    /// The labels in lower case, the one nearest the root last.
    public var labels: [ArraySlice<UInt8>] {
        var labels: [ArraySlice<UInt8>] = []
        var index = 0
        while index < wire.count {
            let end = index + 1 + Int(wire[index])
            labels.append(wire[(index + 1)..<end])
            index = end
        }
        return labels
    }

    /// Whether it has two labels at least.
    public var hasSeveralLabels: Bool { wire.first.map { Int($0) + 1 < wire.count } ?? false }

    /// The name above this one; `nil` for the root.
    public var parent: DNSName? {
        guard let length = wire.first else { return nil }
        return DNSName(wire: Array(wire.dropFirst(1 + Int(length))))
    }

    /// Whether this is the other name, or one below it.
    public func isWithin(_ other: DNSName) -> Bool {
        var name: DNSName? = self
        while let current = name {
            if current == other { return true }
            name = current.parent
        }
        return false
    }

    /// The name as text, without the last dot. What could be mistaken for something else is escaped as in master files.
    public var description: String {
        guard !wire.isEmpty else { return "." }
        var text = ""
        for (index, label) in labels.enumerated() {
            if index > 0 { text += "." }
            for octet in label {
                switch octet {
                case UInt8(ascii: "."), UInt8(ascii: "\\"): text += "\\" + String(UnicodeScalar(octet))
                case 0x21..<0x7F: text.unicodeScalars.append(UnicodeScalar(octet))
                default:
                    let digits = String(octet)
                    text += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
                }
            }
        }
        return text
    }
}
