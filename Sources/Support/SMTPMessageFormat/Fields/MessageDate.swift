/// A `date-time`, as the field `Date` has it (RFC 5322 §3.3), with what §4.3 has still to be read.
public struct MessageDate: Sendable, Hashable {
    /// Seconds since the beginning of 1970 in UTC, leap seconds not counted. Without a known zone the time is taken for UTC.
    public let secondsSince1970: Int64
    /// How far local time is ahead of UTC, in seconds; `nil` where that is not said, as in `-0000`.
    public let zoneOffset: Int?
    /// Whether only §4.3 allows its form: a year of two or three digits, a zone with a name, white space or a comment in other places.
    public let isObsolete: Bool
    /// Whether it names another day of the week than the one that it was.
    public let weekdayMismatch: Bool

    /// Reads a field's body, in time that grows with its length.
    ///
    /// `nil` for what is no date: bad syntax, no zone, a year before 1900, a day that the month does not have.
    ///
    /// - Parameter body: what stands behind the colon, line ends of folding included.
    public init?(_ body: Span<UInt8>) {
        var reader = MessageDateReader(body)
        guard let parts = reader.read(), let days = Self.days(parts) else { return nil }
        let seconds = Int64(parts.hour * 3_600 + parts.minute * 60 + parts.second)
        secondsSince1970 = days * 86_400 + seconds - Int64(parts.zone ?? 0)
        zoneOffset = parts.zone
        isObsolete = reader.isObsolete
        // The first day of 1970 was a Thursday.
        weekdayMismatch = parts.weekday.map { (days + 4 - Int64($0)) % 7 != 0 } ?? false
    }

    /// Days since the beginning of 1970 in the Gregorian calendar; `nil` if there is no such day.
    private static func days(_ parts: MessageDateReader.Parts) -> Int64? {
        let year = parts.year
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [12 of Int] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard year >= 1_900, (1...12).contains(parts.month), parts.day >= 1, parts.day <= lengths[parts.month - 1]
        else { return nil }
        // A second of 60 is a leap second.
        guard parts.hour < 24, parts.minute < 60, parts.second <= 60 else { return nil }
        let before = Int64(year - 1)
        var days = before * 365 + before / 4 - before / 100 + before / 400 - 719_162
        for month in 0..<(parts.month - 1) { days += Int64(lengths[month]) }
        return days + Int64(parts.day - 1)
    }
}
