public import SMTPSecurity

/// One line of what a client and a server said to each other, or a note about what happened in between.
public struct TranscriptLine: Sendable, Hashable {
    /// Whose line it is.
    public enum Direction: String, Sendable, Hashable, Codable {
        /// The client sent it.
        case client
        /// The server sent it.
        case server
        /// Nobody sent it: it says what happened, for example that message content was received.
        case note
    }

    /// The most octets of text, in UTF-8.
    public static let maximumOctets = 4_096

    /// When, to the millisecond.
    public let time: Timestamp
    /// Whose line it is.
    public let direction: Direction
    /// The line without its end, escaped.
    public let text: String

    /// A line.
    ///
    /// - Parameters:
    ///   - time: when; what is smaller than a millisecond is left out.
    ///   - direction: whose line it is.
    ///   - text: the line, escaped as `Evidence` does it. It is cut after ``maximumOctets``.
    public init(time: Timestamp, direction: Direction, text: String) {
        self.time = time.wholeMilliseconds
        self.direction = direction
        self.text = text.bounded(to: Self.maximumOctets)
    }
}

extension TranscriptLine: Codable {
    private enum CodingKeys: String, CodingKey {
        case time, direction, text
    }

    /// Writes the time as ISO 8601 in UTC with milliseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(time, forKey: .time)
        try container.encode(direction, forKey: .direction)
        try container.encode(text, forKey: .text)
    }

    /// Reads what ``encode(to:)`` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            time: try container.decodeTime(.time), direction: try container.decode(Direction.self, forKey: .direction),
            text: try container.decode(String.self, forKey: .text))
    }
}
