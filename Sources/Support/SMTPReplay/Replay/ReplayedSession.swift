import SMTPSecurity

/// Plays one recorded session through one pipeline, by the time of the recording.
///
/// A class because its identity is the point: it is a session in progress.
final class ReplayedSession {
    /// What to do next.
    private enum Preparation {
        case nothing
        case input
        case again
    }

    /// When ``proceed(to:)`` has to be called next; `nil` once the session is over.
    private(set) var nextTime: Timestamp?
    /// What became of it, once it is over.
    private(set) var result = SessionResult()

    private var session: ProxySession<AnyCheckSequence>
    private var script: SessionScript
    private let isCut: Bool
    private var now: Timestamp
    private var book = MessageBook()
    private var conduct = ClientConduct()
    /// What the client says next, and how many octets of it were read.
    private var number = 0
    private var position = 0
    /// The first piece that has not arrived.
    private var nextPiece = (exchange: 0, piece: 0)
    /// What the next reply answers.
    private var answered: Int?
    private var lastReply: Reply?
    private var hasBanner = false
    /// What the client says in place of what it said, which is not recorded.
    private var interjection: [UInt8] = []
    private var answersInterjection = false
    /// Before what the client gave a transaction or an authentication up, so that it does so once.
    private var resetBefore: Int?
    private var stored: [UInt8] = []
    private var isAtRest = false

    init(_ recorded: RecordedSession, _ script: SessionScript, session id: SessionID, _ pipeline: AnyCheckPipeline) {
        var connection = recorded.connection
        connection.session = id
        session = ProxySession(pipeline: pipeline, connection: connection)
        session.beginRecording()
        self.script = script
        isCut = recorded.isCut
        now = connection.time
        nextTime = connection.time
    }

    /// Plays what happens up to a time; not beyond ``nextTime``.
    func proceed(to time: Timestamp) async {
        now = max(now, time)
        arrive()
        if let deadline = session.nextDeadline, deadline <= now { session.timeExpired(at: now) }
        meetIncidents()
        await run()
        guard nextTime != nil else { return }
        planNext()
    }

    private func planNext() {
        let arrival =
            script.exchanges.indices.contains(nextPiece.exchange)
            ? script.exchanges[nextPiece.exchange].pieces[nextPiece.piece].time : nil
        let times = [arrival, session.nextDeadline, script.incidents.first?.time].compactMap { $0 }
        if arrival == nil, isAtRest {
            // Everything was said. The session ends when it ended then.
            if now >= script.end { return finish(isClosed: false) }
            nextTime = min(script.end, times.min() ?? script.end)
        } else if let first = times.min() {
            nextTime = first
        } else {
            finish(isClosed: false)
        }
    }

    // MARK: The client

    private func arrive() {
        while nextPiece.exchange < script.exchanges.count {
            let pieces = script.exchanges[nextPiece.exchange].pieces
            guard pieces[nextPiece.piece].time <= now else { return }
            nextPiece.piece += 1
            if nextPiece.piece == pieces.count { nextPiece = (nextPiece.exchange + 1, 0) }
        }
    }

    /// How many octets of what the client says have arrived.
    private func arrived(_ number: Int) -> Int {
        guard number < script.exchanges.count else { return 0 }
        let exchange = script.exchanges[number]
        if number < nextPiece.exchange { return exchange.octets.count }
        guard number == nextPiece.exchange, nextPiece.piece > 0 else { return 0 }
        return exchange.pieces[nextPiece.piece - 1].end
    }

    private var input: [UInt8] {
        if !interjection.isEmpty { return interjection }
        let end = arrived(number)
        return position < end ? Array(script.exchanges[number].octets[position..<end]) : []
    }

    /// Whether the client has sent more than what comes next.
    private var inputFollows: Bool {
        arrived(number + 1) > 0 || script.firstUnread.map { $0 <= now } ?? false
    }

    private func advance(by count: Int) {
        guard count > 0 else { return }
        guard interjection.isEmpty else {
            interjection.removeFirst(min(count, interjection.count))
            (answered, answersInterjection) = (nil, true)
            return
        }
        guard number < script.exchanges.count else { return }
        position += count
        let exchange = script.exchanges[number]
        guard position >= exchange.octets.count, exchange.isComplete else { return }
        (answered, answersInterjection) = (number, false)
        if exchange.verb == .bdat { book.prepareChunk(exchange) }
        pass()
    }

    private func pass() {
        conduct.pass(number, script.exchanges[number])
        number += 1
        position = 0
    }

    /// Looks at what the client says next before the session reads it.
    private func prepare() -> Preparation {
        while number < script.exchanges.count, interjection.isEmpty {
            guard arrived(number) > position else { return .nothing }
            guard position == 0 else { return .input }
            let exchange = script.exchanges[number]
            let expected = session.expectedPart
            if exchange.part == .message, expected == .message { return .input }
            if expected == .message {
                // It was refused then. What the client would have sent nobody knows.
                session.dropMessage(at: now)
                book.loseTrack()
                result.isBeyondRecording = true
                return .again
            }
            if exchange.part == .message || exchange.part == .response && expected != .response {
                pass()
            } else if exchange.part == .line, expected == .response {
                return cancelAuthentication()
            } else if conduct.leavesOut(exchange, message: book.message) {
                book.noteSkipped(number, exchange)
                pass()
            } else if session.isInTransaction, mustReset(before: exchange) {
                resetBefore = number
                interject("RSET\r\n")
            } else {
                return .input
            }
        }
        return interjection.isEmpty ? .nothing : .input
    }

    /// Whether a client would give up the transaction that it has here, which had come to its end when it was recorded.
    private func mustReset(before exchange: Exchange) -> Bool {
        switch exchange.verb {
        case .mail, .send, .soml, .saml: !conduct.wasInMessage && resetBefore != number
        default: false
        }
    }

    /// Where `AUTH` was refused then, and goes on here, the client cancels it (RFC 4954 §4), once.
    private func cancelAuthentication() -> Preparation {
        guard resetBefore != number else {
            result.isBeyondRecording = true
            finish(isClosed: false)
            return .nothing
        }
        resetBefore = number
        interject("*\r\n")
        return .input
    }

    private func interject(_ line: String) { interjection = Array(line.utf8) }

    // MARK: Running

    private func run() async {
        var offers = session.isBeforeBanner
        isAtRest = false
        while nextTime != nil {
            let octets = offers ? input : []
            session.announceInput(offers && interjection.isEmpty && inputFollows)
            let step = session.step(octets.span, at: now)
            advance(by: step.consumed)
            collect()
            // Each piece is looked at before it is read; what comes before the banner is read after it.
            offers = session.isBeforeBanner
            switch step.action {
            case .needsInput:
                if answerUpstream() { continue }
                switch prepare() {
                case .nothing:
                    isAtRest = true
                    return
                case .input: offers = true
                case .again: break
                }
            case .wait:
                guard answerUpstream() else { return }
            case .evaluate:
                guard let work = session.takeEvaluation() else { continue }
                let outcome = await work.run()
                session.resume(outcome, at: now)
            case .close: finish(isClosed: true)
            default: perform(step.action)
            }
        }
    }

    private static func copy(_ octets: Span<UInt8>) -> [UInt8] {
        octets.withUnsafeBytes { Array($0) }
    }

    private func perform(_ action: ProxyAction) {
        switch action {
        case .connectUpstream: connect()
        case .storeContent:
            stored += Self.copy(session.content)
        case .provideMessage: session.provide(MessageContent(stored), at: now)
        case .sendStored:
            session.sendStored(stored.span, at: now)
            session.finishStored(at: now)
        case .discardStored: stored = []
        case .startTLS: session.tlsEstablished()
        default: break
        }
    }

    // MARK: The upstream server

    private func connect() {
        if let failure = script.upstream.connect() {
            session.upstreamDisconnected(failure, at: now)
        } else {
            session.upstreamConnected(at: now)
        }
    }

    /// Answers what was sent to the upstream server.
    ///
    /// - Returns: whether there was something to answer.
    private func answerUpstream() -> Bool {
        session.takeUpstreamOutput { _ in }
        session.upstreamOutputWasTaken()
        guard let command = session.outstandingCommand else { return false }
        // The banner was looked at when the connection was made.
        switch command == TapeEvent.bannerCommand ? script.upstream.banner : script.upstream.answer(to: command) {
        case .failure(let failure): session.upstreamDisconnected(failure, at: now)
        case .reply(let reply):
            var octets: [UInt8] = []
            ReplySerializer.serialize(reply, into: &octets)
            session.receiveUpstream(octets.span, at: now)
        }
        return true
    }

    /// Has the upstream connection fail where it failed without a command, if the session stands there.
    private func meetIncidents() {
        while let incident = script.incidents.first, incident.time <= now {
            script.removeIncident()
            if incident.isInContent ? session.isSendingUpstream : session.isUpstreamIdle {
                session.upstreamDisconnected(incident.failure, at: now)
            }
        }
    }

    // MARK: What comes of it

    private func collect() {
        session.takeClientOutput { _ in }
        result.violations += session.takeRecords()
        _ = session.takeStatistics()
        _ = session.takeIncidents()
        for event in session.takeTape() {
            guard case .reply(let reply) = event.content else { continue }
            note(reply)
        }
    }

    private func note(_ reply: Reply) {
        lastReply = reply
        guard hasBanner else { return hasBanner = true }
        guard !answersInterjection else { return answersInterjection = false }
        guard let number = answered else { return }
        answered = nil
        let exchange = script.exchanges[number]
        book.note(number, exchange, reply, by: violation(of: reply))
        conduct.note(exchange, reply)
    }

    /// The violation that a reply tells of.
    private func violation(of reply: Reply) -> ViolationRecord? { result.violations.last { $0.reply == reply } }

    private func finish(isClosed: Bool) {
        nextTime = nil
        _ = session.clientDisconnected(at: now)
        collect()
        if isClosed, let reply = lastReply, reply.severity.rawValue >= 4 {
            let violation = violation(of: reply)
            result.refusal = (reply, violation)
            book.end((reply, violation))
            for (number, exchange) in script.exchanges.enumerated().dropFirst(number) {
                book.noteSkipped(number, exchange, (reply, violation))
            }
        } else if isCut || script.wasClosed && !isClosed {
            result.isBeyondRecording = result.isBeyondRecording || !isCut
            book.loseTrack()
        }
        book.end(nil)
        result.messages = book.messages
    }
}
