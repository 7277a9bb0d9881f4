#if SQLite
import SMTPSecurity

/// What violations of a minute are added up by.
struct RollupKey: Hashable {
    let minute: Int64
    let profile: String
    let violation: String
    let check: String

    init(_ entry: ViolationEntry) {
        minute = entry.time.minute
        profile = entry.profile
        violation = entry.violation
        check = entry.check
    }

    /// By octets, as the file compares: Swift takes letters for the same that are composed in different ways.
    static func == (lhs: RollupKey, rhs: RollupKey) -> Bool {
        lhs.minute == rhs.minute && lhs.profile.utf8.elementsEqual(rhs.profile.utf8)
            && lhs.violation.utf8.elementsEqual(rhs.violation.utf8)
    }
}

/// Violations of a minute, added up.
struct RollupSum {
    var occurrences: Int64 = 0
    var alarmed: Int64 = 0
    var blocked: Int64 = 0
    /// When the first was raised, in milliseconds since 1970.
    var first = Int64.max
    /// When the last was raised.
    var last = Int64.min

    mutating func add(_ entry: ViolationEntry) {
        occurrences += 1
        if entry.alarm { alarmed += 1 }
        if entry.isRefused { blocked += 1 }
        first = min(first, entry.time.milliseconds)
        last = max(last, entry.time.milliseconds)
    }
}
#endif
