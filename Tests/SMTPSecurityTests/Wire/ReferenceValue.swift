import SMTPSecurity

/// Reads values of parameters and responses of `AUTH` the slow way.
enum ReferenceValue {
    typealias Grammar = ReferenceGrammar

    /// `"NEVER" / 1#( "SUCCESS" / "FAILURE" / "DELAY" )` (RFC 3461 §4.1).
    ///
    /// Deviation: the RFC does not say that each stands once, and its `#` tolerates empty elements; the library refuses both.
    static func notify(_ value: [UInt8]) -> ParameterValues.Notify? {
        if Grammar.isSame(value, "NEVER") { return .never }
        var all: ParameterValues.Notify = []
        for element in value.split(separator: 0x2C, omittingEmptySubsequences: false) {
            let one: ParameterValues.Notify
            if Grammar.isSame(element, "SUCCESS") {
                one = .success
            } else if Grammar.isSame(element, "FAILURE") {
                one = .failure
            } else if Grammar.isSame(element, "DELAY") {
                one = .delay
            } else {
                return nil
            }
            if all.contains(one) { return nil }
            all.insert(one)
        }
        return all
    }

    /// What an `xtext` stands for (RFC 3461 §4); `nil` if it is none.
    static func xtext(_ value: some Collection<UInt8>) -> [UInt8]? {
        var text: [UInt8] = []
        var rest = value[...]
        while let octet = rest.popFirst() {
            if octet == 0x2B {
                guard let high = rest.popFirst().flatMap(Grammar.upperHexadecimal),
                    let low = rest.popFirst().flatMap(Grammar.upperHexadecimal)
                else { return nil }
                text.append(UInt8(high * 16 + low))
            } else {
                guard Grammar.isXchar(octet) else { return nil }
                text.append(octet)
            }
        }
        return text.isEmpty ? nil : text
    }

    /// `"<>"`, or the `xtext` of a mailbox (RFC 4954 §5).
    static func isAuthenticatedSender(_ value: [UInt8]) -> Bool {
        if value == [0x3C, 0x3E] { return true }
        guard let mailbox = xtext(value), !mailbox.contains(0x09) else { return false }
        return isMailbox(mailbox)
    }

    /// `Mailbox` (RFC 5321 §4.1.2, RFC 6531 §3.3) and nothing after it.
    static func isMailbox(_ text: [UInt8]) -> Bool {
        guard var reader = try? CommandReferenceReader(text), reader.end == text.count else { return false }
        var path = ParsedPath()
        do throws(CommandParseError) {
            _ = try reader.readLocalPart(&path)
            guard reader.next == 0x40 else { return false }
            reader.index += 1
            _ = try reader.readDomain(&path)
        } catch {
            return false
        }
        return reader.next == nil
    }

    /// `addr-type ";" xtext` (RFC 3461 §4.2), where `addr-type` is an atom; for type `utf-8` see RFC 6533 §3.
    static func isOriginalRecipient(_ value: [UInt8]) -> Bool {
        // RFC 3461 §4.2: 500 characters.
        guard value.count <= 500, let semicolon = value.firstIndex(of: 0x3B) else { return false }
        let type = value[..<semicolon]
        let address = Array(value[(semicolon + 1)...])
        guard !type.isEmpty, type.allSatisfy(Grammar.isAtext), !address.isEmpty else { return false }
        if Grammar.isSame(type, "utf-8") { return isInternationalizedAddress(address) }
        return xtext(address)?.allSatisfy { (32...126).contains($0) } ?? false
    }

    /// `utf-8-addr-xtext / utf-8-addr-unitext` (RFC 6533 §3).
    ///
    /// Deviation: the RFC lets control characters stand as `\x{…}`, and `utf-8-address` is an address as it is, with `+` and
    /// backslashes; the library refuses both.
    private static func isInternationalizedAddress(_ address: [UInt8]) -> Bool {
        var rest = address[...]
        while let octet = rest.popFirst() {
            if octet != 0x5C {
                // QUCHAR
                guard octet != 0x2B, octet != 0x3D, octet > 0x20, octet != 0x7F else { return false }
                continue
            }
            guard rest.popFirst() == 0x78, rest.popFirst() == 0x7B, let close = rest.firstIndex(of: 0x7D),
                let character = hexadecimalPoint(rest[..<close])
            else { return false }
            rest = rest[(close + 1)...]
            guard [0x20, 0x2B, 0x3D, 0x5C].contains(character) || character > 0x9F else { return false }
        }
        return true
    }

    /// `HEXPOINT`: two to six digits, no more than needed.
    private static func hexadecimalPoint(_ digits: ArraySlice<UInt8>) -> UInt32? {
        guard (2...6).contains(digits.count), digits.count == 2 || digits.first != 0x30 else { return nil }
        var character: UInt32 = 0
        for octet in digits {
            guard let digit = Grammar.upperHexadecimal(octet) else { return nil }
            character = character * 16 + digit
        }
        return character > 0x10_FFFF || (0xD800...0xDFFF).contains(character) ? nil : character
    }

    /// `future-release-integer = %x31-39 *8DIGIT` (RFC 4865 §3), in seconds.
    static func isHoldTime(_ value: [UInt8]) -> Bool {
        value.first != 0x30 && Grammar.number(value, atMost: 9) != nil
    }

    /// `by-time ";" by-mode [by-trace]` (RFC 2852 §4); to return what is late already makes no sense.
    static func isDeliverBy(_ value: [UInt8]) -> Bool {
        let halves = value.split(separator: 0x3B, maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, let mode = ["R", "RT", "N", "NT"].first(where: { Grammar.isSame(halves[1], $0) })
        else {
            return false
        }
        let hasSign = halves[0].first == 0x2B || halves[0].first == 0x2D
        guard let seconds = Grammar.number(halves[0].dropFirst(hasSign ? 1 : 0), atMost: 9) else { return false }
        return mode.hasPrefix("N") || (seconds > 0 && halves[0].first != 0x2D)
    }

    /// `date-time` (RFC 3339 §5.6).
    ///
    /// Deviation: a leap second ends a UTC day (RFC 3339 §5.7); the library takes one at the end of any hour as written.
    static func isDateTime(_ value: [UInt8]) -> Bool {
        // A digit where the pattern has a 0, the same octet, in any case, elsewhere.
        func matches(_ pattern: String, _ text: ArraySlice<UInt8>) -> Bool {
            text.count == pattern.utf8.count
                && zip(pattern.utf8, text).allSatisfy {
                    $0 == 0x30 ? Grammar.isDigit($1) : Grammar.isSame([$1], "\(Unicode.Scalar($0))")
                }
        }
        func number(_ range: Range<Int>) -> Int { Int(Grammar.number(value[range], atMost: 4) ?? 9_999) }
        guard value.count > 19, matches("0000-00-00T00:00:00", value[..<19]) else { return false }
        var rest = value[19...]
        if rest.first == 0x2E {
            let fraction = rest.dropFirst().prefix(while: Grammar.isDigit)
            guard !fraction.isEmpty else { return false }
            rest = rest[fraction.endIndex...]
        }
        if !matches("Z", rest) {
            guard matches("+00:00", rest) || matches("-00:00", rest) else { return false }
            guard number((rest.startIndex + 1)..<(rest.startIndex + 3)) < 24,
                number((rest.startIndex + 4)..<(rest.startIndex + 6)) < 60
            else { return false }
        }
        let year = number(0..<4)
        let isLeapYear = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
        let days = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let month = number(5..<7)
        guard (1...12).contains(month), (1...days[month - 1]).contains(number(8..<10)) else { return false }
        guard number(11..<13) < 24, number(14..<16) < 60 else { return false }
        return number(17..<19) < (number(14..<16) == 59 ? 61 : 60)
    }

    /// Base64 of at least one octet (RFC 4648 §4), what padding leaves over zero (§3.5).
    static func isBase64(_ text: some Collection<UInt8>) -> Bool {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        guard !text.isEmpty, text.count.isMultiple(of: 4) else { return false }
        var digits: [Int] = []
        var padding = 0
        for octet in text {
            if octet == 0x3D {
                padding += 1
            } else {
                guard padding == 0, let digit = alphabet.firstIndex(of: octet) else { return false }
                digits.append(digit)
            }
        }
        guard padding <= 2, let last = digits.last else { return false }
        return padding == 0 || last.isMultiple(of: padding == 1 ? 4 : 16)
    }
}
