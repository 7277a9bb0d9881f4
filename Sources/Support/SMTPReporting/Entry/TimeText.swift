public import SMTPSecurity

extension Timestamp {
    /// The point so many milliseconds after 1970-01-01T00:00:00Z; saturates.
    init(milliseconds: Int64) {
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        self.init(nanoseconds: overflow ? (milliseconds < 0 ? .min : .max) : product)
    }

    /// The same point without what is smaller than a millisecond: what a file and JSON keep.
    var wholeMilliseconds: Timestamp { Timestamp(milliseconds: milliseconds) }

    /// How many whole minutes since 1970-01-01T00:00:00Z.
    var minute: Int64 { nanoseconds.flooredQuotient(60_000_000_000) }

    /// The start of a minute.
    init(minute: Int64) {
        let (product, overflow) = minute.multipliedReportingOverflow(by: 60_000)
        self.init(milliseconds: overflow ? (minute < 0 ? .min : .max) : product)
    }

    // MARK: Text

    /// ISO 8601 in UTC with milliseconds: `2026-07-01T12:34:56.789Z`.
    public var iso8601: String {
        let milliseconds = self.milliseconds
        let days = milliseconds.flooredQuotient(86_400_000)
        let rest = milliseconds - days * 86_400_000
        let (year, month, day) = Self.date(days)
        let date = "\(Self.digits(year, 4))-\(Self.digits(month, 2))-\(Self.digits(day, 2))"
        let hours = Self.digits(rest / 3_600_000, 2)
        let minutes = Self.digits(rest / 60_000 % 60, 2)
        let seconds = Self.digits(rest / 1_000 % 60, 2)
        return "\(date)T\(hours):\(minutes):\(seconds).\(Self.digits(rest % 1_000, 3))Z"
    }

    /// Reads what ``iso8601`` writes; `nil` for anything else.
    init?(iso8601 text: String) {
        let octets = Array(text.utf8)
        guard octets.count == 24 else { return nil }
        let separators: [(Int, Unicode.Scalar)] = [
            (4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"), (19, "."), (23, "Z"),
        ]
        guard separators.allSatisfy({ octets[$0.0] == UInt8(ascii: $0.1) }) else { return nil }
        let fields = [0..<4, 5..<7, 8..<10, 11..<13, 14..<16, 17..<19, 20..<23].map { Self.number(octets[$0]) }
        guard let year = fields[0], let month = fields[1], let day = fields[2], let hour = fields[3],
            let minute = fields[4], let second = fields[5], let millisecond = fields[6]
        else { return nil }
        let days = Self.days(year, month, day)
        // What is no date comes back as another one.
        guard Self.date(days) == (year, month, day), hour < 24, minute < 60, second < 60 else { return nil }
        self.init(milliseconds: ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1_000 + millisecond)
    }

    private static func digits(_ number: Int64, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    // MARK: Calendar

    // The year begins in March here, so that the day that not every year has is the last one. An era has 400 years,
    // which are 146,097 days; 719,468 days lie between the first era's start and 1970.

    private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.flooredQuotient(146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.flooredQuotient(400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension Int64 {
    /// The quotient, rounded down also below zero.
    func flooredQuotient(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
