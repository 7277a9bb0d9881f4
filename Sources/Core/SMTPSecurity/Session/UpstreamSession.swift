/// The client side of an SMTP session with an upstream server, without any input or output of its own.
///
/// One command is outstanding at a time. A reply that nobody asked for means that both sides no longer agree on where
/// they stand, and ends the connection: the next reply could be taken for the answer to something else.
public struct UpstreamSession: ~Copyable, Sendable {
    /// Times to wait for the server.
    public struct Timeouts: Sendable, Hashable {
        /// For the connection.
        public var connect = Duration.seconds(30)
        /// For the banner (RFC 5321 §4.5.3.2.1).
        public var greeting = Duration.seconds(300)
        /// For the reply to a command (RFC 5321 §4.5.3.2.2, §4.5.3.2.3).
        public var command = Duration.seconds(300)
        /// For the reply to `DATA` (RFC 5321 §4.5.3.2.4).
        public var data = Duration.seconds(120)
        /// For the server to take message data (RFC 5321 §4.5.3.2.5).
        public var dataBlock = Duration.seconds(180)
        /// For the reply to the end of the message (RFC 5321 §4.5.3.2.6).
        public var endOfMessage = Duration.seconds(600)

        /// The defaults of RFC 5321.
        public init() {}
    }

    /// Why the connection is of no use any more.
    public enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
        /// It could not be made.
        case connectFailed(Evidence)
        /// The server closed it.
        case closed
        /// The server did not answer in time.
        case timedOut
        /// What the server sent is not a reply.
        case malformedReply(ReplyParseError)
        /// The server sent a reply that nobody asked for.
        case unsolicitedReply(Reply)

        /// For the log.
        public var description: String {
            switch self {
            case .connectFailed(let reason): "connection failed: \(reason)"
            case .closed: "connection closed by the server"
            case .timedOut: "no answer in time"
            case .malformedReply(let error): "malformed reply: \(error)"
            case .unsolicitedReply(let reply): "reply that nobody asked for: \(reply.code)"
            }
        }
    }

    /// What has happened.
    public enum Event: Sendable {
        /// The banner.
        case greeting(Reply)
        /// The reply to the outstanding command.
        case reply(Reply)
        /// The connection is of no use any more. Close it.
        case failed(Failure)
    }

    enum State: Sendable, Hashable {
        case disconnected
        case connecting
        case awaitingGreeting
        case idle
        case awaitingReply
        case sendingData
        case awaitingEndOfData
    }

    /// Octets for the server.
    var output = Outbox()
    /// When the server will have taken too long; `nil` while nothing is outstanding.
    public private(set) var nextDeadline: Timestamp?

    let timeouts: Timeouts
    private(set) var state = State.disconnected
    private var parser = ReplyParser()
    private var stuffer = DotStuffer()

    /// A session that is not connected yet.
    public init(timeouts: Timeouts = Timeouts()) {
        self.timeouts = timeouts
    }

    /// Whether the connection stands and a command can be sent.
    public var isIdle: Bool { state == .idle }
    /// Whether there is a connection, or one is being made.
    public var isConnected: Bool { state != .disconnected }
    /// Whether the server is in the middle of a message: only closing the connection takes it back.
    public var isSendingData: Bool { state == .sendingData }
    /// Whether a whole message was sent and its reply has not come.
    public var isAwaitingEndOfData: Bool { state == .awaitingEndOfData }

    /// A connection is being made.
    mutating func connect(at now: Timestamp) {
        parser = ReplyParser()
        output.removeAll()
        state = .connecting
        nextDeadline = now.advanced(by: timeouts.connect)
    }

    /// The connection stands.
    mutating func connected(at now: Timestamp) {
        guard state == .connecting else { return }
        state = .awaitingGreeting
        nextDeadline = now.advanced(by: timeouts.greeting)
    }

    /// A command in canonical form was put into ``output``.
    mutating func commandWasAppended(at now: Timestamp) {
        expectReply(at: now, within: timeouts.command)
    }

    /// Sends a line that is already in canonical form, its CRLF included.
    mutating func send(line: Span<UInt8>, at now: Timestamp) {
        output.octets.append(octetsOf: line)
        expectReply(at: now, within: timeouts.command)
    }

    /// Sends a command without an argument.
    mutating func send(_ verb: Verb, at now: Timestamp) {
        guard let keyword = verb.keyword else { return }
        output.octets.append(contentsOf: "\(keyword)\r\n".utf8)
        expectReply(at: now, within: verb == .data ? timeouts.data : timeouts.command)
    }

    private mutating func expectReply(at now: Timestamp, within limit: Duration) {
        state = .awaitingReply
        nextDeadline = now.advanced(by: limit)
    }

    /// The server has answered 354: content may be sent.
    mutating func beginData(at now: Timestamp) {
        stuffer = DotStuffer()
        state = .sendingData
        nextDeadline = nil
    }

    /// Sends canonical message content, dot-stuffed.
    mutating func send(content: Span<UInt8>, at now: Timestamp) {
        guard state == .sendingData else { return }
        stuffer.stuff(content, into: &output.octets)
        nextDeadline = now.advanced(by: timeouts.dataBlock)
    }

    /// Everything sent so far has left: the server takes data, there is nothing to wait for.
    mutating func contentWasTaken() {
        if state == .sendingData { nextDeadline = nil }
    }

    /// Ends the message.
    mutating func finishData(at now: Timestamp) {
        guard state == .sendingData else { return }
        stuffer.finish(into: &output.octets)
        state = .awaitingEndOfData
        nextDeadline = now.advanced(by: timeouts.endOfMessage)
    }

    /// Takes what the server sent, up to the end of the first reply.
    ///
    /// - Returns: octets consumed, and what has happened.
    mutating func consume(_ input: Span<UInt8>, at now: Timestamp) -> (consumed: Int, event: Event?) {
        guard state != .disconnected else { return (input.count, nil) }
        let step = parser.consume(input)
        switch step.outcome {
        case .needsMore:
            return (step.consumed, nil)
        case .failure(let error):
            return (input.count, fail(.malformedReply(error)))
        case .reply(let reply):
            switch state {
            case .awaitingGreeting:
                state = .idle
                nextDeadline = nil
                return (step.consumed, .greeting(reply))
            case .awaitingReply, .awaitingEndOfData:
                state = .idle
                nextDeadline = nil
                return (step.consumed, .reply(reply))
            case .disconnected, .connecting, .idle, .sendingData:
                return (input.count, fail(.unsolicitedReply(reply)))
            }
        }
    }

    /// The connection is gone, or could not be made.
    mutating func disconnected(_ failure: Failure = .closed) -> Event? {
        state == .disconnected ? nil : fail(failure)
    }

    /// The time of the deadline has come.
    mutating func timeExpired(at now: Timestamp) -> Event? {
        guard let deadline = nextDeadline, deadline <= now, state != .disconnected else { return nil }
        return fail(.timedOut)
    }

    /// The connection is given up.
    mutating func abandon() {
        state = .disconnected
        nextDeadline = nil
        output.removeAll()
    }

    private mutating func fail(_ failure: Failure) -> Event {
        abandon()
        return .failed(failure)
    }
}
