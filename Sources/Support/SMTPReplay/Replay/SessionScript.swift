import SMTPSecurity

/// A recorded session as a replay needs it: what the client said when, how it ended, and what the upstream server did.
struct SessionScript: Sendable {
    /// What happened upstream while nothing was outstanding, or in the middle of a message.
    struct Incident: Sendable {
        var time: Timestamp
        var failure: UpstreamSession.Failure
        var isInContent: Bool
    }

    /// What the client said.
    private(set) var exchanges: [Exchange] = []
    /// When the first octets arrived that were never read; `nil` if everything was.
    private(set) var firstUnread: Timestamp?
    /// The last thing that it was told.
    private(set) var lastReply: Reply?
    /// When the session ended, or its recording.
    private(set) var end: Timestamp
    /// Whether this side ended it.
    private(set) var wasClosed = false
    /// Failures without a command.
    private(set) var incidents: [Incident] = []
    /// What the upstream server does.
    var upstream = UpstreamScript()

    init(_ session: RecordedSession) {
        end = session.connection.time
        for event in session.events { add(event) }
    }

    /// The first incident is over.
    mutating func removeIncident() { incidents.removeFirst() }

    private mutating func add(_ event: TapeEvent) {
        end = max(end, event.time)
        switch event.content {
        case .client(let part, let octets, let isEnd): add(part, octets, isEnd, event.time)
        case .reply(let reply): add(reply)
        case .upstreamReply(let reply, let command): upstream.add(.reply(reply), to: command)
        case .upstreamFailed(let failure, let command):
            let isInContent = command == TapeEvent.contentCommand
            if isInContent || command == TapeEvent.noCommand {
                incidents.append(Incident(time: event.time, failure: failure, isInContent: isInContent))
            } else {
                upstream.add(.failure(failure), to: command)
            }
        case .closed: wasClosed = true
        case .unread: firstUnread = firstUnread ?? event.time
        case .upstreamConnected, .tlsEstablished, .disconnected: break
        }
    }

    private mutating func add(_ part: TapeEvent.Part, _ octets: [UInt8], _ isEnd: Bool, _ time: Timestamp) {
        if exchanges.last.map({ $0.isComplete || $0.part != part }) ?? true { exchanges.append(Exchange(part: part)) }
        let last = exchanges.count - 1
        exchanges[last].octets += octets
        // Nothing arrives before what came before it.
        let earliest = exchanges[last].pieces.last?.time ?? (last > 0 ? exchanges[last - 1].pieces.last?.time : nil)
        let arrival = max(time, earliest ?? time)
        exchanges[last].pieces.append(Exchange.Piece(time: arrival, end: exchanges[last].octets.count))
        exchanges[last].isComplete = isEnd
        end = max(end, arrival)
    }

    private mutating func add(_ reply: Reply) {
        lastReply = reply
        // What comes before everything is the banner.
        guard let last = exchanges.indices.last else { return }
        if exchanges[last].isComplete, exchanges[last].reply == nil { exchanges[last].reply = reply }
    }
}
