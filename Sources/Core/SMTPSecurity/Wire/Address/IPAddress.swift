/// An IPv4 or IPv6 address.
public enum IPAddress: Sendable, Hashable {
    /// An IPv4 address, first octet most significant.
    case v4(UInt32)
    /// An IPv6 address: its first and its last 64 bits.
    case v6(UInt64, UInt64)

    /// What is wrong with a text that should be an address or a network.
    public struct ParseError: Error, Sendable, Hashable, CustomStringConvertible {
        /// The text, escaped.
        public let description: String

        init(_ text: String, _ wanted: String) {
            description = "\"\(Evidence(text))\" is not \(wanted)"
        }
    }

    /// Reads dotted decimal (RFC 5321 §4.1.3, without leading zeros) or any form of RFC 4291 §2.2.
    ///
    /// - Throws: ``ParseError`` for anything else.
    public init(_ text: String) throws(ParseError) {
        guard let address = IPAddress(octets: text.utf8.span) else {
            throw ParseError(text, "an IPv4 or IPv6 address")
        }
        self = address
    }

    /// Reads what ``init(_:)`` reads; `nil` for anything else.
    public init?(octets: Span<UInt8>) {
        if let value = Self.v4(in: octets) {
            self = .v4(value)
        } else if let (high, low) = Self.v6(in: octets) {
            self = .v6(high, low)
        } else {
            return nil
        }
    }

    /// The same address, as IPv4 if it is an IPv4 address in IPv6 notation (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2).
    public var canonical: IPAddress {
        if case .v6(0, let low) = self, low >> 32 == 0xFFFF { return .v4(UInt32(truncatingIfNeeded: low)) }
        return self
    }

    // MARK: Grammar

    /// Four decimal numbers from 0 to 255 without leading zeros: some readers take `010` for eight.
    static func v4(in text: Span<UInt8>) -> UInt32? {
        var value: UInt32 = 0
        var index = 0
        for part in 0..<4 {
            if part > 0 {
                guard index < text.count, text[index] == 0x2E else { return nil }
                index += 1
            }
            let start = index
            var number: UInt32 = 0
            while index < text.count, text[index] &- 0x30 < 10, index - start < 4 {
                number = number * 10 + UInt32(text[index] - 0x30)
                index += 1
            }
            let count = index - start
            guard (1...3).contains(count), number <= 255, count == 1 || text[start] != 0x30 else { return nil }
            value = value << 8 | number
        }
        return index == text.count ? value : nil
    }

    /// Groups of hexadecimal digits, one `::` at most, perhaps dotted decimal at the end.
    ///
    /// - Parameter shortestGap: how many groups `::` stands for at least: 1 in RFC 4291 §2.2, 2 in an address literal
    ///   (RFC 5321 §4.1.3).
    static func v6(in text: Span<UInt8>, shortestGap: Int = 1) -> (UInt64, UInt64)? {
        var groups: [8 of UInt16] = .init(repeating: 0)
        var count = 0
        var gap: Int?
        var index = 0
        if text.count >= 2, text[0] == 0x3A, text[1] == 0x3A {
            gap = 0
            index = 2
        }
        while index < text.count {
            guard count < 8 else { return nil }
            let start = index
            var number: UInt32 = 0
            while index < text.count, let digit = hexadecimal(text[index]), index - start < 5 {
                number = number << 4 | UInt32(digit)
                index += 1
            }
            if index < text.count, text[index] == 0x2E {
                guard count <= 6, let tail = v4(in: text.extracting(droppingFirst: start)) else { return nil }
                groups[count] = UInt16(tail >> 16)
                groups[count + 1] = UInt16(truncatingIfNeeded: tail)
                count += 2
                index = text.count
                break
            }
            guard (1...4).contains(index - start) else { return nil }
            groups[count] = UInt16(number)
            count += 1
            guard index < text.count else { break }
            guard text[index] == 0x3A, index + 1 < text.count else { return nil }
            index += 1
            if text[index] == 0x3A {
                guard gap == nil else { return nil }
                gap = count
                index += 1
            }
        }
        if let gap {
            guard count <= 8 - shortestGap else { return nil }
            let moved = count - gap
            for offset in 0..<moved {
                groups[7 - offset] = groups[count - 1 - offset]
                groups[count - 1 - offset] = 0
            }
        } else if count != 8 {
            return nil
        }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for position in 0..<4 {
            high = high << 16 | UInt64(groups[position])
            low = low << 16 | UInt64(groups[position + 4])
        }
        return (high, low)
    }

    private static func hexadecimal(_ octet: UInt8) -> UInt8? {
        if octet &- 0x30 < 10 { return octet - 0x30 }
        let lower = octet | 0x20
        return lower &- 0x61 < 6 ? lower - 0x61 + 10 : nil
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted decimal, or the canonical text of RFC 5952.
    public var description: String {
        switch self {
        case .v4(let value):
            return "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
        case .v6(let high, let low):
            let groups = (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> UInt64(48 - 16 * ($0 & 3))) }
            if high == 0, low >> 32 == 0xFFFF { return "::ffff:\(IPAddress.v4(UInt32(truncatingIfNeeded: low)))" }
            let zeros = Self.longestZeros(groups)
            func text(_ range: Range<Int>) -> String {
                groups[range].map { String($0, radix: 16) }.joined(separator: ":")
            }
            guard zeros.count > 1 else { return text(0..<8) }
            return "\(text(0..<zeros.lowerBound))::\(text(zeros.upperBound..<8))"
        }
    }

    /// The first of the longest runs of zero groups.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
        var best = 0..<0
        var start = 0
        for index in 0...8 where index == 8 || groups[index] != 0 {
            if index - start > best.count { best = start..<index }
            start = index + 1
        }
        return best
    }
}
