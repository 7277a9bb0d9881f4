#if SQLite
public import SMTPSecurity

/// How often one check raised violations in one part of a time.
public struct TimelinePoint: Sendable, Hashable {
    /// When the part begins.
    public let start: Timestamp
    /// The check.
    public let check: String
    /// Violations raised.
    public let occurrences: Int
    /// Violations reported.
    public let alarmed: Int
    /// Violations that refused something.
    public let blocked: Int
}

extension TimelinePoint: Encodable {
    private enum CodingKeys: String, CodingKey {
        case start, check, occurrences, alarmed, blocked
    }

    /// Writes the start as ISO 8601 in UTC with milliseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(start, forKey: .start)
        try container.encode(check, forKey: .check)
        try container.encode(occurrences, forKey: .occurrences)
        try container.encode(alarmed, forKey: .alarmed)
        try container.encode(blocked, forKey: .blocked)
    }
}
#endif
