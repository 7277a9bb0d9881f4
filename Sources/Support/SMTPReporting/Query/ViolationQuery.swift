#if SQLite
public import SMTPSecurity

/// Which violations are looked for. Everything that is given has to hold; texts are compared as they are, without
/// patterns.
public struct ViolationQuery: Sendable, Hashable {
    /// The most entries that are found at a time.
    public static let maximumLimit = 1_000

    /// The number of a single violation.
    public var supportID: SupportID?
    /// The kind: with a dot check and name, for example `compliance.bare-line-feed`, without one all of a check.
    public var violation: String?
    /// The name of the profile.
    public var profile: String?
    /// The network of the client; an address is a network of one.
    public var client: IPNetwork?
    /// The reverse-path, escaped as in the entry.
    public var sender: String?
    /// One of the recipients that were kept, escaped as in the entry.
    public var recipient: String?
    /// The first moment, in whole milliseconds.
    public var from: Timestamp?
    /// The moment after the last one, in whole milliseconds.
    public var until: Timestamp?
    /// What was done.
    public var action: ViolationRecord.Action?
    /// Whether the profile had it reported.
    public var isAlarmed: Bool?
    /// Whether something was refused.
    public var isBlocked: Bool?
    /// The most entries that are found, 1 to ``maximumLimit``; what is outside is brought into it.
    public var limit = 100
    /// Where to go on: the last entry of the page before.
    public var before: SupportID?

    /// The newest violations of all.
    public init() {}

    /// What somebody typed, as entries have it: escaped, unless there is a backslash in it, as in what was copied from an entry.
    public static func escaped(_ text: String) -> String {
        text.contains("\\") ? text : Evidence(text).description
    }
}
#endif
