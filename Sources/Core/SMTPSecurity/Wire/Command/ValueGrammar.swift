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

    /// `xtext = *( xchar / hexchar )` (RFC 3461 §4). What a `+HH` stands for is printable or not as the sender likes; it
    /// stays encoded here.
    static func isXtext(_ value: Span<UInt8>) -> Bool {
        var index = 0
        while index < value.count {
            if value[index] == 0x2B {
                guard index + 2 < value.count, isUpperHex(value[index + 1]), isUpperHex(value[index + 2]) else {
                    return false
                }
                index += 3
            } else {
                guard OctetClass.contains(value[index], OctetClass.xchar) else { return false }
                index += 1
            }
        }
        return !value.isEmpty
    }

    static func isUpperHex(_ octet: UInt8) -> Bool {
        octet &- 0x30 < 10 || octet &- 0x41 < 6
    }

    /// `original-recipient-address = addr-type ";" xtext` (RFC 3461 §4.2); for `utf-8` also the forms of RFC 6533 §3.
    static func isOriginalRecipient(_ value: Span<UInt8>) -> Bool {
        guard value.count <= 500 else { return false }
        var semicolon = 0
        while semicolon < value.count, value[semicolon] != 0x3B {
            guard value[semicolon] < 0x80, OctetClass.contains(value[semicolon], OctetClass.keyword) else {
                return false
            }
            semicolon += 1
        }
        guard semicolon > 0, semicolon + 1 < value.count else { return false }
        let address = value.extracting(droppingFirst: semicolon + 1)
        if isXtext(address) { return true }
        let isUTF8 =
            semicolon == 5 && value[0] & 0xDF == 0x55 && value[1] & 0xDF == 0x54 && value[2] & 0xDF == 0x46
            && value[3] == 0x2D && value[4] == 0x38
        guard isUTF8 else { return false }
        for index in 0..<address.count where !OctetClass.contains(address[index], OctetClass.value) { return false }
        return true
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
        guard (1...12).contains(month), (1...daysIn(month, year)).contains(day), hour < 24, minute < 60, second <= 60
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
