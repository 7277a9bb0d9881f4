#if SQLite
import SMTPSecurity

/// The minutes that a time touches, as the tables of sums count them.
struct MinuteRange {
    /// The first minute.
    let first: Int64
    /// The minute after the last one.
    let end: Int64

    /// - Parameters:
    ///   - from: the first moment.
    ///   - until: the moment after the last one.
    init(from: Timestamp, until: Timestamp) {
        first = from.minute
        let last = until.minute
        end = Timestamp(minute: last) < until ? last + 1 : last
    }

    var values: [SQLValue] { [.integer(first), .integer(end)] }
}
#endif
