import SMTPSecurity

/// Reads IP addresses the slow way.
enum ReferenceAddress {
    /// `IPv4-address-literal` (RFC 5321 §4.1.3).
    ///
    /// Deviation: `Snum` allows leading zeros, the library documents that it does not.
    static func v4(_ text: some Collection<UInt8>) -> UInt32? {
        let parts = text.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard let number = ReferenceGrammar.number(part, atMost: 3), number <= 255 else { return nil }
            guard part.count == 1 || part.first != 0x30 else { return nil }
            address = address * 256 + UInt32(number)
        }
        return address
    }

    /// The eight groups of an IPv6 address (RFC 4291 §2.2).
    ///
    /// - Parameter shortestGap: how many groups `::` stands for at least: two in an address literal (RFC 5321 §4.1.3).
    static func v6(_ text: [UInt8], shortestGap: Int = 1) -> [UInt16]? {
        let gap = text.indices.dropLast().first { text[$0] == 0x3A && text[$0 + 1] == 0x3A }
        guard let gap else {
            guard let all = groups(text[...], endsAddress: true), all.count == 8 else { return nil }
            return all
        }
        let before = text[..<gap]
        let after = text[(gap + 2)...]
        guard let head = before.isEmpty ? [] : groups(before, endsAddress: false),
            let tail = after.isEmpty ? [] : groups(after, endsAddress: true),
            head.count + tail.count + shortestGap <= 8
        else { return nil }
        return head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    /// Groups with colons between them; at the end of an address the last two may be dotted decimal.
    private static func groups(_ text: ArraySlice<UInt8>, endsAddress: Bool) -> [UInt16]? {
        let parts = text.split(separator: 0x3A, omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (position, part) in parts.enumerated() {
            if endsAddress, position == parts.count - 1, let address = v4(part) {
                groups.append(UInt16(address >> 16))
                groups.append(UInt16(address & 0xFFFF))
                continue
            }
            guard (1...4).contains(part.count) else { return nil }
            var group: UInt16 = 0
            for octet in part {
                let upper = ReferenceGrammar.isAlpha(octet) ? octet & 0xDF : octet
                guard let digit = ReferenceGrammar.upperHexadecimal(upper) else { return nil }
                group = group * 16 + UInt16(digit)
            }
            groups.append(group)
        }
        return groups
    }

    /// An IPv4 or IPv6 address.
    static func address(_ text: [UInt8], shortestGap: Int = 1) -> IPAddress? {
        if let address = v4(text) { return .v4(address) }
        guard let groups = v6(text, shortestGap: shortestGap) else { return nil }
        func half(_ groups: ArraySlice<UInt16>) -> UInt64 { groups.reduce(0) { $0 * 0x1_0000 + UInt64($1) } }
        return .v6(half(groups[..<4]), half(groups[4...]))
    }

    /// The canonical text: dotted decimal, or RFC 5952 §4 and §5.
    static func text(_ address: IPAddress) -> String {
        switch address {
        case .v4(let value): return [24, 16, 8, 0].map { "\(value >> $0 & 0xFF)" }.joined(separator: ".")
        case .v6(0, let low) where low >> 32 == 0xFFFF: return "::ffff:" + text(.v4(UInt32(low & 0xFFFF_FFFF)))
        case .v6(let high, let low):
            let groups = [high, low].flatMap { half in [48, 32, 16, 0].map { half >> UInt64($0) & 0xFFFF } }
            func joined(_ groups: ArraySlice<UInt64>) -> String {
                groups.map { String($0, radix: 16) }.joined(separator: ":")
            }
            for count in (2...8).reversed() {
                for start in 0...(8 - count) where groups[start..<(start + count)].allSatisfy({ $0 == 0 }) {
                    return joined(groups[..<start]) + "::" + joined(groups[(start + count)...])
                }
            }
            return joined(groups[...])
        }
    }

    /// The bits of an address, first one first.
    static func bits(_ address: IPAddress) -> [Bool] {
        func bits(_ value: UInt64, _ count: Int) -> [Bool] {
            (0..<count).reversed().map { value >> UInt64($0) & 1 == 1 }
        }
        switch address {
        case .v4(let value): return bits(UInt64(value), 32)
        case .v6(let high, let low): return bits(high, 64) + bits(low, 64)
        }
    }

    /// `address["/" prefix-length]`, no bit after the prefix set.
    static func network(_ text: String) -> (address: IPAddress, prefixLength: Int)? {
        let parts = Array(text.utf8).split(separator: 0x2F, maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = address(Array(first)) else { return nil }
        let bits = bits(address)
        guard parts.count == 2 else { return (address, bits.count) }
        guard let length = ReferenceGrammar.number(parts[1], atMost: 3), length <= bits.count,
            !bits[Int(length)...].contains(true)
        else { return nil }
        return (address, Int(length))
    }
}
