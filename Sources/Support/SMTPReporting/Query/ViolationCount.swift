#if SQLite
public import SMTPSecurity

/// How often one kind of violation was raised in a time.
public struct ViolationCount: Sendable, Hashable {
    /// The kind, check and name.
    public let violation: String
    /// The check that raised it.
    public let check: String
    /// Times raised.
    public let occurrences: Int
    /// Times reported.
    public let alarmed: Int
    /// Times that it refused something.
    public let blocked: Int
    /// When it was first raised, in the minutes that were looked at.
    public let first: Timestamp
    /// When it was last raised.
    public let last: Timestamp
}

extension ViolationCount: Encodable {
    private enum CodingKeys: String, CodingKey {
        case violation, check, occurrences, alarmed, blocked, first, last
    }

    /// Writes times as ISO 8601 in UTC with milliseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(violation, forKey: .violation)
        try container.encode(check, forKey: .check)
        try container.encode(occurrences, forKey: .occurrences)
        try container.encode(alarmed, forKey: .alarmed)
        try container.encode(blocked, forKey: .blocked)
        try container.encode(first, forKey: .first)
        try container.encode(last, forKey: .last)
    }
}
#endif
