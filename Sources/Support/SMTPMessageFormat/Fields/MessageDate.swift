/// A date and time (RFC 5322 §3.3, with what §4.3 has for reading).
public struct MessageDate: Sendable, Hashable {
    /// Seconds since 1970-01-01T00:00:00Z.
    public let secondsSince1970: Int64
    /// By how many seconds the zone is ahead of UTC; `nil` where nothing is known of it, as with `-0000`.
    public let zoneOffset: Int?
    /// Whether it is written as it may be read, and may not be written any more.
    public let isObsolete: Bool
    /// Whether the day of the week that stands there is not the one of this date.
    public let weekdayMismatch: Bool

    /// Reads the body of a field; `nil` if it is no date.
    ///
    /// - Parameter body: what stands behind the colon, line ends of folding included.
    public init?(_ body: Span<UInt8>) {
        guard let words = Words(body) else { return nil }
        var reader = words
        var weekday: Int?
        if let name = reader.letters() {
            guard let day = Self.index(of: name, in: Self.weekdays), reader.sign(",") else { return nil }
            weekday = day
        }
        guard let day = reader.digits(1...2), let monthName = reader.letters(),
            let month = Self.index(of: monthName, in: Self.months), let yearDigits = reader.digits(2...9),
            let hour = reader.digits(1...2), reader.sign(":"), let minute = reader.digits(1...2)
        else { return nil }
        var second = 0
        var isObsolete = reader.hasComment || hour.count < 2 || minute.count < 2 || yearDigits.count < 4
        if reader.sign(":") {
            guard let digits = reader.digits(1...2) else { return nil }
            if digits.count < 2 { isObsolete = true }
            second = digits.value
        }
        var zone: Int?
        if let sign = reader.zoneSign() {
            guard let digits = reader.digits(4...4), digits.value % 100 < 60 else { return nil }
            let seconds = (digits.value / 100 * 60 + digits.value % 100) * 60
            if sign || seconds > 0 { zone = sign ? seconds : -seconds }
        } else if let name = reader.letters() {
            isObsolete = true
            zone = Self.zones[name]
        } else {
            return nil
        }
        guard reader.isAtEnd else { return nil }
        // RFC 5322 §4.3.
        var year = yearDigits.value
        if yearDigits.count == 2 { year += year < 50 ? 2_000 : 1_900 } else if yearDigits.count == 3 { year += 1_900 }
        guard year >= 1_900, year <= 9_999, day.value >= 1, day.value <= Self.days(of: month, in: year),
            hour.value < 24,
            minute.value < 60, second <= 60
        else { return nil }
        let date = Self.days(year: year, month: month, day: day.value)
        secondsSince1970 =
            Int64(date) * 86_400 + Int64(hour.value * 3_600 + minute.value * 60 + second) - Int64(zone ?? 0)
        zoneOffset = zone
        self.isObsolete = isObsolete
        // 1970-01-01 was a Thursday.
        let actual = ((date % 7) + 7 + 4) % 7
        weekdayMismatch = weekday.map { $0 != actual } ?? false
    }

    private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    /// RFC 5322 §4.3; of military zones nothing is known.
    private static let zones: [String: Int] = [
        "ut": 0, "gmt": 0, "est": -5 * 3_600, "edt": -4 * 3_600, "cst": -6 * 3_600, "cdt": -5 * 3_600,
        "mst": -7 * 3_600, "mdt": -6 * 3_600, "pst": -8 * 3_600, "pdt": -7 * 3_600,
    ]

    private static func index(of name: String, in names: [String]) -> Int? { names.firstIndex(of: name) }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && year % 100 != 0 || year % 400 == 0 }

    private static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 1: isLeap(year) ? 29 : 28
        case 3, 5, 8, 10: 30
        default: 31
        }
    }

    /// Days since 1970-01-01.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let before = year - 1
        var days = before * 365 + before / 4 - before / 100 + before / 400 - 719_162
        for earlier in 0..<month { days += Self.days(of: earlier, in: year) }
        return days + day - 1
    }
}

/// The words of a date, without white space and comments.
private struct Words {
    private var octets: [UInt8] = []
    private var index = 0
    /// Whether a comment stands before anything else.
    private(set) var hasComment = false

    /// `nil` if it is longer than any date, or a comment does not end.
    init?(_ body: Span<UInt8>) {
        guard body.count <= 1_000 else { return nil }
        var depth = 0
        var place = 0
        var firstComment: Int?
        while place < body.count {
            let octet = body[place]
            place += 1
            switch octet {
            case UInt8(ascii: "("):
                depth += 1
                if firstComment == nil { firstComment = octets.count }
            case UInt8(ascii: ")") where depth > 0: depth -= 1
            case UInt8(ascii: "\\") where depth > 0: place += 1
            case _ where depth > 0: break
            case 0x20, 0x09, 0x0D, 0x0A: if octets.last != 0x20 { octets.append(0x20) }
            default: octets.append(octet)
            }
        }
        guard depth == 0 else { return nil }
        // What stands behind the zone is in most dates of real mail.
        if let firstComment { hasComment = octets[firstComment...].contains { $0 != 0x20 } }
    }

    private mutating func skipSpace() { while index < octets.count, octets[index] == 0x20 { index += 1 } }

    var isAtEnd: Bool { octets[index...].allSatisfy { $0 == 0x20 } }

    /// A word of letters, in lower case.
    mutating func letters() -> String? {
        skipSpace()
        let begin = index
        while index < octets.count, octets[index] | 0x20 &- 0x61 < 26 { index += 1 }
        return index > begin ? String(decoding: octets[begin..<index].map { lowercased($0) }, as: UTF8.self) : nil
    }

    /// A number of so many digits.
    mutating func digits(_ counts: ClosedRange<Int>) -> (value: Int, count: Int)? {
        skipSpace()
        let begin = index
        while index < octets.count, octets[index] &- 48 < 10 { index += 1 }
        guard counts.contains(index - begin) else { return nil }
        return (octets[begin..<index].reduce(0) { $0 * 10 + Int($1 &- 48) }, index - begin)
    }

    mutating func sign(_ sign: Character) -> Bool {
        skipSpace()
        guard index < octets.count, octets[index] == sign.asciiValue else { return false }
        index += 1
        return true
    }

    /// Whether the zone is ahead; `nil` if no sign stands there.
    mutating func zoneSign() -> Bool? {
        if sign("+") { return true }
        return sign("-") ? false : nil
    }
}
