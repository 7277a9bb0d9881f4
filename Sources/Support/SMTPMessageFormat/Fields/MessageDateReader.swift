/// Reads `date-time` in its current and its obsolete form (RFC 5322 §3.3, §4.3).
struct MessageDateReader: ~Escapable {
    /// The numbers as they stand there.
    struct Parts {
        /// 0 is Sunday.
        var weekday: Int?
        var day = 0
        var month = 0
        var year = 0
        var hour = 0
        var minute = 0
        var second = 0
        /// In seconds.
        var zone: Int?
    }

    private enum Space { case none, white, comment }

    /// Whether what was read is only allowed in old messages.
    private(set) var isObsolete = false
    private let body: Span<UInt8>
    private var index = 0

    @_lifetime(copy body)
    init(_ body: Span<UInt8>) { self.body = body }

    private var next: UInt8? { index < body.count ? body[index] : nil }

    mutating func read() -> Parts? {
        var parts = Parts()
        guard optionalSpace(), weekday(&parts), date(&parts), time(&parts), zone(&parts) else { return nil }
        // What stands there may be a comment, usually the zone's name.
        guard space() != nil, next == nil else { return nil }
        return parts
    }

    // MARK: Parts

    /// `[ day-of-week "," ]`.
    private mutating func weekday(_ parts: inout Parts) -> Bool {
        guard let octet = next, !Self.isDigit(octet) else { return true }
        guard let name = word(atMost: 3), let weekday = Self.weekdays.firstIndex(of: name) else { return false }
        parts.weekday = weekday
        guard noSpace(), next == UInt8(ascii: ",") else { return false }
        index += 1
        return optionalSpace()
    }

    /// `date = day month year`.
    private mutating func date(_ parts: inout Parts) -> Bool {
        guard let day = number(1...2), neededSpace() else { return false }
        guard let name = word(atMost: 3), let month = Self.months.firstIndex(of: name), neededSpace() else {
            return false
        }
        let begin = index
        guard var year = number(2...9) else { return false }
        switch index - begin {
        case 2:
            isObsolete = true
            year += year < 50 ? 2_000 : 1_900
        case 3:
            isObsolete = true
            year += 1_900
        default: break
        }
        (parts.day, parts.month, parts.year) = (day, month + 1, year)
        return neededSpace()
    }

    /// `time-of-day = hour ":" minute [ ":" second ]`, and the white space behind it.
    private mutating func time(_ parts: inout Parts) -> Bool {
        guard let hour = number(2...2), colon() == true, let minute = number(2...2) else { return false }
        (parts.hour, parts.minute) = (hour, minute)
        let before = index
        guard let hasSecond = colon() else { return false }
        if hasSecond {
            guard let second = number(2...2) else { return false }
            parts.second = second
        } else {
            index = before
        }
        // `09:55+0100` was allowed before (RFC 822 §5.1).
        return neededSpace()
    }

    /// `zone`; a name that is not one of §4.3 means that nothing is known.
    private mutating func zone(_ parts: inout Parts) -> Bool {
        guard let octet = next else { return false }
        guard octet == UInt8(ascii: "+") || octet == UInt8(ascii: "-") else {
            isObsolete = true
            guard let name = word(atMost: 8) else { return false }
            parts.zone = Self.zones[name].map { $0 * 3_600 }
            return true
        }
        index += 1
        guard let digits = number(4...4), digits % 100 < 60 else { return false }
        let seconds = (digits / 100 * 60 + digits % 100) * 60
        let isNegative = octet == UInt8(ascii: "-")
        // -0000: the time is UTC, and nothing is said about a zone.
        parts.zone = isNegative && seconds == 0 ? nil : isNegative ? -seconds : seconds
        return true
    }

    private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    /// In hours. Letters are not among them: they were defined the wrong way round, so they mean nothing.
    private static let zones = [
        "ut": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    ]

    // MARK: Octets

    private static func isDigit(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 }

    /// All digits that stand there, if they are as many as allowed.
    private mutating func number(_ allowed: ClosedRange<Int>) -> Int? {
        let begin = index
        var value = 0
        while let octet = next, Self.isDigit(octet) {
            guard index - begin < allowed.upperBound else { return nil }
            value = value * 10 + Int(octet - 0x30)
            index += 1
        }
        return index - begin >= allowed.lowerBound ? value : nil
    }

    /// All letters that stand there, in lower case, if they are not too many.
    private mutating func word(atMost limit: Int) -> String? {
        var letters: [UInt8] = []
        while let octet = next, (octet | 0x20) &- 0x61 < 26 {
            guard letters.count < limit else { return nil }
            letters.append(octet | 0x20)
            index += 1
        }
        return letters.isEmpty ? nil : String(decoding: letters, as: UTF8.self)
    }

    // MARK: White space

    /// A colon with white space around it that is not there today; `nil` if a comment does not end.
    private mutating func colon() -> Bool? {
        let wasObsolete = isObsolete
        guard noSpace() else { return nil }
        guard next == UInt8(ascii: ":") else {
            isObsolete = wasObsolete
            return false
        }
        index += 1
        return noSpace() ? true : nil
    }

    /// Passes white space where it may be.
    private mutating func optionalSpace() -> Bool {
        guard let space = space() else { return false }
        if space == .comment { isObsolete = true }
        return true
    }

    /// Passes white space where today it has to be.
    private mutating func neededSpace() -> Bool {
        guard let space = space() else { return false }
        if space != .white { isObsolete = true }
        return true
    }

    /// Passes white space where today none may be.
    private mutating func noSpace() -> Bool {
        guard let space = space() else { return false }
        if space != .none { isObsolete = true }
        return true
    }

    /// Passes white space and comments; `nil` if a comment does not end.
    private mutating func space() -> Space? {
        var space = Space.none
        var depth = 0
        while let octet = next {
            switch octet {
            case UInt8(ascii: "("):
                depth += 1
                space = .comment
            case UInt8(ascii: ")") where depth > 0: depth -= 1
            case UInt8(ascii: "\\") where depth > 0: index += 1
            case 0x20, 0x09, 0x0D, 0x0A: if space == .none { space = .white }
            default: if depth == 0 { return space }
            }
            index = min(index + 1, body.count)
        }
        return depth == 0 ? space : nil
    }
}
