/// The last lines of a session, as text that is safe to keep: for whoever wants to see what led to a violation.
///
/// Lines are escaped and cut as ``Evidence`` is. What belongs to `AUTH` is left out, and of messages there is only how long they were.
public struct SessionTranscript: Sendable, Hashable {
    /// One line.
    public struct Line: Sendable, Hashable {
        /// When it was read or written.
        public var time: Timestamp
        /// Who said it.
        public var source: Source
        /// What was said, escaped, without the line end.
        public var text: Evidence
    }

    /// Who said something.
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// The client.
        case client
        /// This side.
        case server
        /// Nobody: it tells of something that is not shown.
        case note
    }

    /// How many recipients of a transaction are kept.
    public static let mostRecipients = 10

    /// How many lines there were before those that are kept.
    public private(set) var omittedLines = 0
    /// The first recipients of the transaction in progress, those that were refused included; at most ``mostRecipients``.
    public private(set) var recipients: [Evidence] = []
    private let capacity: Int
    /// A ring, once it is full.
    private var ring: [Line] = []
    private var oldest = 0

    /// A transcript of the last lines.
    ///
    /// - Parameter lines: how many are kept, one at least.
    init(lines: Int) { capacity = max(1, lines) }

    /// The lines in order.
    public var lines: [Line] { Array(ring[oldest...] + ring[..<oldest]) }

    /// How many lines are kept.
    package var count: Int { ring.count }

    /// The lines in order, without the first ones.
    package func lines(droppingFirst number: Int) -> [Line] {
        (number..<max(number, ring.count)).map { ring[(oldest + $0) % ring.count] }
    }

    /// How long all of them are, in octets.
    package var textOctets: Int { ring.reduce(0) { $0 + $1.text.description.utf8.count } }

    mutating func add(_ source: Source, _ text: Evidence, at time: Timestamp) {
        let line = Line(time: time, source: source, text: text)
        if ring.count < capacity {
            ring.append(line)
        } else {
            ring[oldest] = line
            oldest = (oldest + 1) % capacity
            omittedLines += 1
        }
    }

    mutating func add(recipient: Evidence) {
        if recipients.count < Self.mostRecipients { recipients.append(recipient) }
    }

    mutating func forgetRecipients() { recipients.removeAll(keepingCapacity: true) }
}

extension SessionEngine {
    /// Keeps the current line, if lines are kept.
    @inline(never)
    mutating func noteLine() {
        let (text, now) = (lineEvidence, context.now)
        transcript?.add(.client, text, at: now)
    }

    /// Keeps the recipient of the current command.
    @inline(never)
    mutating func noteRecipient() {
        guard transcript != nil, command.verb == .rcpt else { return }
        var octets: [UInt8] = []
        line.append(command.path.localPart, to: &octets)
        if command.path.kind == .mailbox {
            octets.append(UInt8(ascii: "@"))
            line.append(command.path.domain, to: &octets)
        }
        transcript?.add(recipient: Evidence(octets.span))
    }

    /// Keeps the lines of a reply.
    @inline(never)
    mutating func noteReply(_ reply: Reply) {
        guard transcript != nil else { return }
        let now = context.now
        var octets: [UInt8] = []
        ReplySerializer.serialize(reply, into: &octets)
        var start = 0
        for end in octets.indices where octets[end] == UInt8(ascii: "\n") {
            transcript?.add(.server, Evidence(octets.span.extracting(start..<end - 1)), at: now)
            start = end + 1
        }
    }

    /// Keeps that there was a message.
    @inline(never)
    mutating func noteMessage() {
        let (text, now) = (Evidence("(message content: \(context.contentLength) octets)"), context.now)
        transcript?.add(.note, text, at: now)
    }
}
