/// The number by which a person finds one violation again: 19 decimal digits, ordered by time, unique across machines.
///
/// It stands in the SMTP reply, in the log line and in the transaction record. Layout, most significant first:
/// 41 bits of milliseconds since 2015-01-01T00:00:00Z, 16 bits of node, 6 bits of sequence. Values have 19 digits from
/// 2022 to 2084.
@frozen
public struct SupportID: Sendable, Hashable, Comparable, CustomStringConvertible, BitwiseCopyable {
    /// The number.
    public let rawValue: UInt64

    /// The identifier with this number.
    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Reads 19 decimal digits; `nil` for anything else.
    public init?(_ text: String) {
        guard text.utf8.count == 19, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let value = UInt64(text)
        else { return nil }
        self.rawValue = value
    }

    /// 19 decimal digits.
    public var description: String {
        let digits = String(rawValue)
        return String(repeating: "0", count: max(0, 19 - digits.utf8.count)) + digits
    }

    /// When it was made, to the millisecond; slightly ahead of the clock where more than 64 were made in a millisecond.
    public var timestamp: Timestamp {
        Timestamp(nanoseconds: (Int64(rawValue >> 22) &+ SupportIDGenerator.epochMilliseconds) &* 1_000_000)
    }

    /// Orders by time.
    @inlinable
    public static func < (lhs: SupportID, rhs: SupportID) -> Bool { lhs.rawValue < rhs.rawValue }
}
