/// Why what a server sent is not a reply (RFC 5321 §4.2).
@frozen
public enum ReplyParseError: Error, Sendable, Hashable, CaseIterable {
    /// A line does not start with a code between 200 and 599.
    case malformedCode
    /// Neither a space, a hyphen nor the line end follows the code.
    case malformedSeparator
    /// The lines of a reply have different codes.
    case inconsistentCode
    /// A line is longer than the limit.
    case lineTooLong
    /// A reply has more lines, or more octets, than the limit.
    case replyTooLong
}
