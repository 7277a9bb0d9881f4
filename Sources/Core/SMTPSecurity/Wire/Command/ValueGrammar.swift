/// The grammars of parameter values.
enum ValueGrammar {
    /// 1 to `digits` decimal digits that fit 63 bits.
    static func decimal(_ value: Span<UInt8>, digits limit: Int) -> UInt64? {
        guard (1...limit).contains(value.count) else { return nil }
        var result: UInt64 = 0
        for index in 0..<value.count {
            let digit = value[index] &- 0x30
            guard digit < 10 else { return nil }
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(UInt64(digit))
            guard !overflow, !carried else { return nil }
            result = sum
        }
        return result <= UInt64(Int64.max) ? result : nil
    }

    /// `xtext = *( xchar / hexchar )` (RFC 3461 §4) that stands for printable ASCII and spaces.
    ///
    /// - Parameters:
    ///   - allowsUTF8: it may also stand for octets above 127.
    ///   - decoded: is called with each octet that it stands for.
    /// - Returns: how many octets it stands for; `nil` if it is not such a text, or empty.
    static func xtext(_ value: Span<UInt8>, allowsUTF8: Bool = false, _ decoded: (UInt8) -> Void = { _ in }) -> Int? {
        var index = 0
        var count = 0
        while index < value.count {
            if value[index] == 0x2B {
                guard index + 2 < value.count, let high = upperHex(value[index + 1]),
                    let low = upperHex(value[index + 2]),
                    (0x20...0x7E).contains(high << 4 | low) || (allowsUTF8 && high >= 8)
                else { return nil }
                decoded(high << 4 | low)
                index += 3
            } else {
                guard OctetClass.contains(value[index], OctetClass.xchar) else { return nil }
                decoded(value[index])
                index += 1
            }
            count += 1
        }
        return count > 0 ? count : nil
    }

    static func upperHex(_ octet: UInt8) -> UInt8? {
        if octet &- 0x30 < 10 { return octet - 0x30 }
        return octet &- 0x41 < 6 ? octet - 0x41 + 10 : nil
    }

    /// `AUTH=`: xtext of a mailbox, or `<>` (RFC 4954 §5).
    static func isAuthenticatedSender(_ value: Span<UInt8>) -> Bool {
        if value.count == 2, value[0] == 0x3C, value[1] == 0x3E { return true }
        // 64 and 255 octets with an "@" between them, three octets for each.
        guard value.count <= 3 * 320 else { return false }
        var mailbox: [UInt8] = []
        guard xtext(value, allowsUTF8: true, { mailbox.append($0) }) != nil, (try? OctetCheck(mailbox.span)) != nil
        else {
            return false
        }
        var reader = LineReader(line: mailbox.span, end: mailbox.count)
        return reader.isMailbox()
    }

    /// `original-recipient-address = addr-type ";" xtext` (RFC 3461 §4.2); for `utf-8` also the forms of RFC 6533 §3.
    static func isOriginalRecipient(_ value: Span<UInt8>) -> Bool {
        guard value.count <= 500 else { return false }
        var semicolon = 0
        while semicolon < value.count, value[semicolon] != 0x3B {
            guard value[semicolon] < 0x80, OctetClass.contains(value[semicolon], OctetClass.atext) else {
                return false
            }
            semicolon += 1
        }
        guard semicolon > 0, semicolon + 1 < value.count else { return false }
        let address = value.extracting(droppingFirst: semicolon + 1)
        let isUTF8 =
            semicolon == 5 && value[0] & 0xDF == 0x55 && value[1] & 0xDF == 0x54 && value[2] & 0xDF == 0x46
            && value[3] == 0x2D && value[4] == 0x38
        return isUTF8 ? isInternationalizedAddress(address) : xtext(address) != nil
    }

    /// The address of type `utf-8` (RFC 6533 §3): UTF-8 as it is, or `\x{HEX}` for what ASCII or the parameter's grammar
    /// cannot hold.
    private static func isInternationalizedAddress(_ address: Span<UInt8>) -> Bool {
        var index = 0
        while index < address.count {
            if address[index] != 0x5C {
                guard OctetClass.contains(address[index], OctetClass.value), address[index] != 0x2B else {
                    return false
                }
                index += 1
                continue
            }
            guard index + 2 < address.count, address[index + 1] == 0x78, address[index + 2] == 0x7B else {
                return false
            }
            index += 3
            let start = index
            var point: UInt32 = 0
            while index < address.count, let digit = upperHex(address[index]), index - start < 6 {
                point = point << 4 | UInt32(digit)
                index += 1
            }
            guard index - start >= 2, index < address.count, address[index] == 0x7D,
                index - start == 2 || address[start] != 0x30, isEmbeddable(point)
            else { return false }
            index += 1
        }
        return true
    }

    /// What is written as `\x{HEX}`: `+`, `=`, the backslash, the space, and everything above C1.
    private static func isEmbeddable(_ point: UInt32) -> Bool {
        switch point {
        case 0x20, 0x2B, 0x3D, 0x5C: true
        default: point >= 0xA0 && Unicode.Scalar(point) != nil
        }
    }

    /// `future-release-integer = %x31-39 *8DIGIT` (RFC 4865 §3), in seconds: not 0, no leading zeros.
    static func isHoldTime(_ value: Span<UInt8>) -> Bool {
        decimal(value, digits: 9) != nil && value[0] != 0x30
    }

    /// −9 to 9 (RFC 6710 §4.1).
    static func priority(_ value: Span<UInt8>) -> Int8? {
        switch value.count {
        case 1 where value[0] &- 0x30 < 10: Int8(value[0] - 0x30)
        case 2 where value[0] == 0x2D && value[1] &- 0x31 < 9: -Int8(value[1] - 0x30)
        default: nil
        }
    }

    /// `by-value = by-time ";" by-mode [by-trace]` (RFC 2852 §4); a return mode needs a time above 0.
    static func isDeliverBy(_ value: Span<UInt8>) -> Bool {
        var index = 0
        var isNegative = false
        if !value.isEmpty, value[0] == 0x2D || value[0] == 0x2B {
            isNegative = value[0] == 0x2D
            index = 1
        }
        let start = index
        while index < value.count, value[index] &- 0x30 < 10 { index += 1 }
        guard let time = decimal(value.extracting(start..<index), digits: 9), index < value.count, value[index] == 0x3B
        else {
            return false
        }
        index += 1
        guard index < value.count else { return false }
        switch value[index] & 0xDF {
        case 0x52: guard !isNegative, time > 0 else { return false }
        case 0x4E: break
        default: return false
        }
        index += 1
        if index < value.count, value[index] & 0xDF == 0x54 { index += 1 }
        return index == value.count
    }

    /// `date-time` of RFC 3339 §5.6, as RFC 4865 §4 has it for `HOLDUNTIL`.
    static func isDateTime(_ value: Span<UInt8>) -> Bool {
        func number(_ start: Int, _ count: Int) -> Int? {
            guard start + count <= value.count else { return nil }
            return decimal(value.extracting(start..<(start + count)), digits: count).map { Int($0) }
        }
        func has(_ octet: UInt8, at index: Int) -> Bool { index < value.count && value[index] == octet }
        guard let year = number(0, 4), has(0x2D, at: 4), let month = number(5, 2), has(0x2D, at: 7),
            let day = number(8, 2), value.count > 10, value[10] & 0xDF == 0x54, let hour = number(11, 2),
            has(0x3A, at: 13),
            let minute = number(14, 2), has(0x3A, at: 16), let second = number(17, 2)
        else { return false }
        guard (1...12).contains(month), (1...daysIn(month, year)).contains(day), hour < 24, minute < 60,
            second < (minute == 59 ? 61 : 60)
        else {
            return false
        }
        var index = 19
        if has(0x2E, at: index) {
            index += 1
            let start = index
            while index < value.count, value[index] &- 0x30 < 10 { index += 1 }
            guard index > start else { return false }
        }
        guard index < value.count else { return false }
        if value[index] & 0xDF == 0x5A { return index + 1 == value.count }
        guard value[index] == 0x2B || value[index] == 0x2D, index + 6 == value.count,
            let offsetHour = number(index + 1, 2), has(0x3A, at: index + 3), let offsetMinute = number(index + 4, 2)
        else { return false }
        return offsetHour < 24 && offsetMinute < 60
    }

    private static func daysIn(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
