/// Something that happened in a session, for a recording that the session can be played again from.
///
/// Secrets are masked octet by octet, so that lengths and forms stay: in an `AUTH` command (RFC 4954) everything after the mechanism, in a line
/// that answers a 334 everything, and in the two lines after an `AUTH` that was refused everything unless they begin with another verb. An
/// octet of the base64 alphabet becomes `A`; `=`, `*`, CR, LF and NUL stay; any other becomes `?`. Of a line of more than 16,384 octets the
/// rest is `x`. Message data is as it came over the wire, dots stuffed.
public struct TapeEvent: Sendable, Hashable {
    /// What the octets that a client sent are part of.
    public enum Part: UInt8, Sendable, Hashable, CaseIterable {
        /// A command line.
        case line = 1
        /// A line that answers a 334 (RFC 4954 §4).
        case response = 2
        /// Message data: after `DATA` its end included, after `BDAT` the octets of the chunk.
        case message = 3
    }

    /// What happened.
    public enum Content: Sendable, Hashable {
        /// The client sent octets; `isEnd` where the line, the message data or the chunk ends with them. The time is when they arrived,
        /// and the event comes when they were read, which may be later.
        case client(Part, [UInt8], isEnd: Bool)
        /// The client was sent a reply.
        case reply(Reply)
        /// A connection to the upstream server stands.
        case upstreamConnected
        /// The upstream server answered a command: its line in canonical form without the line end, or one of ``bannerCommand`` and
        /// ``endOfMessageCommand``.
        case upstreamReply(Reply, to: [UInt8])
        /// The upstream connection failed, after a command as above, or ``contentCommand`` or ``noCommand``.
        case upstreamFailed(UpstreamSession.Failure, after: [UInt8])
        /// So many octets had arrived, at the event's time, that were never read: the session ended before them.
        case unread(Int)
        /// TLS protects the client's connection from here on.
        case tlsEstablished
        /// The client has gone, or its connection was lost.
        case disconnected
        /// This side ended the session.
        case closed
    }

    /// Stands for no command: the server's banner.
    public static let bannerCommand: [UInt8] = []
    /// Stands for the end of a message.
    public static let endOfMessageCommand: [UInt8] = [UInt8(ascii: ".")]
    /// Stands for the content of a message, before its end.
    public static let contentCommand: [UInt8] = [UInt8(ascii: "+")]
    /// Stands for the time between commands.
    public static let noCommand: [UInt8] = [UInt8(ascii: "-")]

    /// When it happened.
    public var time: Timestamp
    /// What happened.
    public var content: Content

    /// An event.
    public init(_ content: Content, at time: Timestamp) {
        self.content = content
        self.time = time
    }
}
