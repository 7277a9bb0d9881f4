#if SQLite
public import SMTPSecurity

/// How many entries of a minute are missing in a transaction log.
public struct DroppedEntries: Sendable, Hashable {
    /// When the minute begins.
    public let minute: Timestamp
    /// How many are missing.
    public let entries: Int
}

extension DroppedEntries: Encodable {
    private enum CodingKeys: String, CodingKey {
        case minute, entries
    }

    /// Writes the minute as ISO 8601 in UTC with milliseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(minute, forKey: .minute)
        try container.encode(entries, forKey: .entries)
    }
}
#endif
