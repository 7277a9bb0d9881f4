/// ``ProxySession`` without its checks: nothing here depends on their types, and all of it is compiled once.
@usableFromInline
struct ProxyEngine: ~Copyable, Sendable {
    /// What the next reply from upstream answers.
    private enum Expectation: Sendable {
        case nothing
        /// The banner.
        case greeting
        /// The client's greeting, repeated on a new connection.
        case greetingAgain
        /// `RSET` after a message that was kept here and refused.
        case reset
        /// What the client sent.
        case forwarded(Verb)
        /// `DATA`, for a message that is about to stream or that was kept.
        case data(isStored: Bool)
        /// Nothing yet: message content is on its way.
        case content(isStored: Bool)
        /// The end of a message.
        case endOfMessage
    }

    /// What waits until the upstream connection is ready.
    private enum Pending: Sendable {
        case greet
        case line([UInt8], Verb)
        case data(isStored: Bool)
    }

    /// The client's side.
    @usableFromInline var server: SessionEngine
    /// The mail server's side.
    var upstream: UpstreamSession
    /// What went wrong with the upstream server.
    var incidents: [UpstreamSession.Failure] = []

    private let connection: UpstreamConnectionTime
    private let hostname: String
    private var expectation = Expectation.nothing
    private var pending: Pending?
    private var actions: [ProxyAction] = []
    /// The client's greeting in canonical form, to be repeated on a new connection.
    private var greetingLine: [UInt8] = []
    private var hasUpstreamTransaction = false

    /// An engine for a client that has just connected.
    @usableFromInline
    init(
        _ configuration: SessionConfiguration, connection info: ConnectionInfo,
        upstream connection: UpstreamConnectionTime, timeouts: UpstreamSession.Timeouts
    ) {
        self.server = SessionEngine(configuration, connection: info)
        self.upstream = UpstreamSession(timeouts: timeouts)
        self.connection = connection
        self.hostname = configuration.settings.hostname
    }

    /// When ``timeExpired(at:)`` has to be called if nothing else happens before.
    var nextDeadline: Timestamp? {
        switch (server.nextDeadline, upstream.nextDeadline) {
        case (let first?, let second?): min(first, second)
        case (let only?, nil), (nil, let only?): only
        case (nil, nil): nil
        }
    }

    /// Goes on with the session.
    ///
    /// - Parameters:
    ///   - input: what the client sent and no step has consumed yet; may be empty.
    ///   - now: the time.
    /// - Returns: how much of the input is done with, and what to do now. Call again with the rest after doing it.
    @usableFromInline
    mutating func advance(_ input: Span<UInt8>, at now: Timestamp) -> (consumed: Int, action: ProxyAction) {
        var consumed = 0
        while true {
            if !actions.isEmpty { return (consumed, actions.removeFirst()) }
            let step = server.advance(input.extracting(droppingFirst: consumed), at: now)
            consumed += step.consumed
            switch step.action {
            case .needsInput: return (consumed, .needsInput)
            case .wait: return (consumed, .wait)
            case .evaluate: return (consumed, .evaluate)
            case .provideMessage: return (consumed, .provideMessage)
            case .startTLS: return (consumed, .startTLS)
            case .close:
                if server.tape != nil { server.tape?.end(.closed, at: now) }
                return (consumed, .close)
            case .greet: greet(at: now)
            case .command(let verb): forward(verb, at: now)
            case .authenticationResponse: forwardAuthenticationResponse(at: now)
            case .content: handleContent(at: now)
            case .endOfMessage: endMessage(at: now)
            case .abortMessage: abortMessage(at: now)
            }
        }
    }

    // MARK: What the driver reports

    /// What was kept could not be kept or read: a full disk, say. The client gets a temporary refusal.
    mutating func storageFailed(at now: Timestamp) {
        if upstream.isSendingData {
            dropUpstream()
            finishRequest(Reply(452, .init(4, 3, 1), "Insufficient system storage"), at: now)
        } else {
            actions.append(.discardStored)
            server.failMessage(Reply(452, .init(4, 3, 1), "Insufficient system storage"), at: now)
            resetUpstream(at: now)
        }
    }

    /// What was kept has been sent.
    mutating func finishStored(at now: Timestamp) {
        guard upstream.isSendingData else { return }
        if server.tape != nil { server.tape?.sentCommand = TapeEvent.endOfMessageCommand }
        upstream.finishData(at: now)
        expectation = .endOfMessage
    }

    /// The connection to the upstream server stands.
    mutating func upstreamConnected(at now: Timestamp) {
        upstream.connected(at: now)
        if server.tape != nil { server.tape?.note(.upstreamConnected, at: now) }
    }

    /// The connection to the upstream server could not be made, or is gone.
    mutating func upstreamDisconnected(_ failure: UpstreamSession.Failure = .closed, at now: Timestamp) {
        if let event = upstream.disconnected(failure) { handle(event, at: now) }
    }

    /// Takes what the upstream server sent, up to the end of one reply.
    ///
    /// - Returns: octets consumed.
    mutating func receiveUpstream(_ input: Span<UInt8>, at now: Timestamp) -> Int {
        let step = upstream.consume(input, at: now)
        if let event = step.event { handle(event, at: now) }
        return step.consumed
    }

    /// The upstream server's time has perhaps run out.
    mutating func upstreamTimeExpired(at now: Timestamp) {
        if let event = upstream.timeExpired(at: now) { handle(event, at: now) }
    }

    /// The client is gone: what becomes of the upstream connection?
    mutating func leave(at now: Timestamp) -> UpstreamFarewell {
        if upstream.isAwaitingEndOfData { return .closeAfterVerdict }
        guard upstream.isIdle else {
            upstream.abandon()
            return .closeNow
        }
        upstream.send(.quit, at: now)
        return .closeAfterQuit
    }

    // MARK: From the client

    private mutating func greet(at now: Timestamp) {
        switch connection {
        case .lazy: server.reply(banner, at: now)
        case .eager: whenReady(.greet, at: now)
        }
    }

    private var banner: Reply { Reply(220, "\(hostname) ESMTP") }

    private mutating func forward(_ verb: Verb, at now: Timestamp) {
        switch verb {
        case .helo, .ehlo:
            greetingLine.removeAll(keepingCapacity: true)
            server.serializeCurrentCommand(into: &greetingLine)
            whenReady(.line(greetingLine, verb), at: now)
        case .rset where !hasUpstreamTransaction:
            server.reply(Reply(250, .init(2, 0, 0), "OK"), at: now)
        case .data, .bdat:
            if server.needsWholeMessages {
                server.reply(Self.goAhead, at: now)
            } else {
                whenReady(.data(isStored: false), at: now)
            }
        default:
            if isReady {
                let start = upstream.output.octets.count
                server.serializeCurrentCommand(into: &upstream.output.octets)
                if server.tape != nil { tapeSent(Array(upstream.output.octets[start...])) }
                upstream.commandWasAppended(at: now)
                expectation = .forwarded(verb)
            } else {
                var line: [UInt8] = []
                server.serializeCurrentCommand(into: &line)
                whenReady(.line(line, verb), at: now)
            }
        }
    }

    private static var goAhead: Reply { Reply(354, "End data with <CR><LF>.<CR><LF>") }

    private mutating func forwardAuthenticationResponse(at now: Timestamp) {
        guard isReady else { return finishRequest(Self.lost, at: now) }
        var line: [UInt8] = []
        line.append(octetsOf: server.line.span)
        line += [0x0D, 0x0A]
        if server.tape != nil { tapeSent(line, isResponse: true) }
        upstream.send(line: line.span, at: now)
        expectation = .forwarded(.auth)
    }

    private mutating func handleContent(at now: Timestamp) {
        if server.needsWholeMessages {
            actions.append(.storeContent)
        } else {
            let content = server.content
            upstream.send(content: content.span, at: now)
        }
    }

    private mutating func endMessage(at now: Timestamp) {
        if server.needsWholeMessages {
            whenReady(.data(isStored: true), at: now)
        } else if upstream.isSendingData {
            if server.tape != nil { server.tape?.sentCommand = TapeEvent.endOfMessageCommand }
            upstream.finishData(at: now)
            expectation = .endOfMessage
        } else {
            finishRequest(Self.lostInMessage, at: now)
        }
    }

    private mutating func abortMessage(at now: Timestamp) {
        if server.needsWholeMessages { actions.append(.discardStored) }
        if upstream.isSendingData {
            // Half a message stands there; only the end of the connection takes it back.
            dropUpstream()
        } else {
            resetUpstream(at: now)
        }
    }

    private mutating func resetUpstream(at now: Timestamp) {
        guard hasUpstreamTransaction, upstream.isIdle else { return }
        if server.tape != nil { tapeSent(Array("RSET".utf8)) }
        upstream.send(.rset, at: now)
        expectation = .reset
    }

    // MARK: The upstream connection

    private var isReady: Bool {
        guard upstream.isIdle, case .nothing = expectation else { return false }
        return true
    }

    /// Sends it now, or as soon as the upstream connection is ready for it.
    private mutating func whenReady(_ what: Pending, at now: Timestamp) {
        if isReady { return send(what, at: now) }
        if !upstream.isConnected {
            // A transaction lived on the connection that is gone.
            if hasUpstreamTransaction || server.context.isAuthenticated || server.context.isInTransaction {
                hasUpstreamTransaction = false
                return finishRequest(Self.lost, at: now)
            }
            if server.tape != nil { server.tape?.sentCommand = TapeEvent.bannerCommand }
            upstream.connect(at: now)
            expectation = .greeting
            actions.append(.connectUpstream)
        }
        pending = what
    }

    private mutating func send(_ what: Pending, at now: Timestamp) {
        switch what {
        case .greet:
            server.reply(banner, at: now)
        case .line(let line, let verb):
            if server.tape != nil { tapeSent(line) }
            upstream.send(line: line.span, at: now)
            expectation = .forwarded(verb)
        case .data(let isStored):
            if server.tape != nil { tapeSent(Array("DATA".utf8)) }
            upstream.send(.data, at: now)
            expectation = .data(isStored: isStored)
        }
    }

    private mutating func sendPending(at now: Timestamp) {
        guard let what = pending else { return }
        pending = nil
        send(what, at: now)
    }

    /// Gives the connection up without a word.
    private mutating func dropUpstream() {
        upstream.abandon()
        expectation = .nothing
        hasUpstreamTransaction = false
        actions.append(.closeUpstream)
    }

    private static var unavailable: Reply { Reply(421, .init(4, 4, 1), "Mail server not available, try again later") }
    private static var lost: Reply { Reply(421, .init(4, 4, 2), "Connection to the mail server lost, try again later") }
    private static var lostInMessage: Reply {
        Reply(451, .init(4, 4, 2), "Connection to the mail server lost, try again later")
    }

    /// Answers what the client's side waits for.
    private mutating func finishRequest(_ reply: Reply, at now: Timestamp) {
        pending = nil
        server.reply(reply, at: now)
    }

    // MARK: Recording

    @inline(never)
    private mutating func tapeSent(_ line: [UInt8], isResponse: Bool = false) {
        let command = line.suffix(2) == [0x0D, 0x0A] ? Array(line.dropLast(2)) : line
        server.tape?.sent(command, isResponse: isResponse)
    }

    @inline(never)
    private mutating func tapeHeard(_ event: UpstreamSession.Event, at now: Timestamp) {
        let command = server.tape?.sentCommand ?? TapeEvent.noCommand
        server.tape?.sentCommand = TapeEvent.noCommand
        switch event {
        case .greeting(let reply), .reply(let reply): server.tape?.note(.upstreamReply(reply, to: command), at: now)
        case .failed(let failure): server.tape?.note(.upstreamFailed(failure, after: command), at: now)
        }
    }

    // MARK: From upstream

    private mutating func handle(_ event: UpstreamSession.Event, at now: Timestamp) {
        if server.tape != nil { tapeHeard(event, at: now) }
        switch event {
        case .greeting(let reply):
            handleGreeting(reply, at: now)
        case .reply(let reply):
            let answered = expectation
            expectation = .nothing
            handle(reply, to: answered, at: now)
        case .failed(let failure):
            handle(failure, at: now)
        }
    }

    private mutating func handleGreeting(_ reply: Reply, at now: Timestamp) {
        expectation = .nothing
        guard reply.isPositive else {
            dropUpstream()
            return finishRequest(reply.severity.rawValue >= 4 ? reply : Self.unavailable, at: now)
        }
        switch pending {
        case .line(_, .helo), .line(_, .ehlo), .greet, nil:
            sendPending(at: now)
        case .line, .data:
            let line = greetingLine
            if server.tape != nil { tapeSent(line) }
            upstream.send(line: line.span, at: now)
            expectation = .greetingAgain
        }
    }

    private mutating func handle(_ reply: Reply, to answered: Expectation, at now: Timestamp) {
        switch answered {
        case .nothing, .greeting, .content:
            break
        case .greetingAgain:
            guard reply.isPositive else {
                dropUpstream()
                return finishRequest(Self.lost, at: now)
            }
            sendPending(at: now)
        case .reset:
            hasUpstreamTransaction = false
            guard reply.isPositive else { return dropUpstream() }
            sendPending(at: now)
        case .forwarded(let verb):
            // 3yz to anything but AUTH would leave both sides waiting for the other.
            if reply.severity == .intermediate, verb != .auth {
                dropUpstream()
                return finishRequest(Self.lost, at: now)
            }
            if reply.isPositive {
                switch verb {
                case .mail, .send, .soml, .saml: hasUpstreamTransaction = true
                case .helo, .ehlo, .rset: hasUpstreamTransaction = false
                default: break
                }
            }
            finishRequest(reply, at: now)
        case .data(let isStored):
            guard reply.severity == .intermediate else {
                // 2yz to DATA: no message was sent, so none can have been accepted.
                let refusal = reply.isPositive ? Self.lostInMessage : reply
                if reply.isPositive { dropUpstream() }
                if isStored { actions.append(.discardStored) }
                finishRequest(refusal, at: now)
                if isStored { resetUpstream(at: now) }
                return
            }
            if server.tape != nil { server.tape?.sentCommand = TapeEvent.contentCommand }
            upstream.beginData(at: now)
            expectation = .content(isStored: isStored)
            if isStored {
                actions.append(.sendStored)
            } else {
                finishRequest(Self.goAhead, at: now)
            }
        case .endOfMessage:
            hasUpstreamTransaction = false
            if server.needsWholeMessages { actions.append(.discardStored) }
            if reply.severity == .intermediate {
                dropUpstream()
                return finishRequest(Self.lostInMessage, at: now)
            }
            finishRequest(reply, at: now)
        }
        if reply.code == 421 { dropUpstream() }
    }

    private mutating func handle(_ failure: UpstreamSession.Failure, at now: Timestamp) {
        let wasAnswering = expectation
        let hadTransaction = hasUpstreamTransaction
        expectation = .nothing
        incidents.append(failure)
        actions.append(.closeUpstream)
        switch wasAnswering {
        case .nothing:
            // Between commands: noticed when the next one needs the connection.
            hasUpstreamTransaction = hadTransaction
        case .content(let isStored):
            hasUpstreamTransaction = false
            if isStored { actions.append(.discardStored) }
            if case .unsolicitedReply(let refusal) = failure, refusal.severity.rawValue >= 4, refusal.code != 421 {
                server.failMessage(refusal, at: now)
            } else {
                server.failMessage(Self.lostInMessage, at: now)
            }
        case .greeting, .greetingAgain:
            finishRequest(Self.unavailable, at: now)
        case .reset:
            hasUpstreamTransaction = false
            if pending != nil { finishRequest(Self.lost, at: now) }
        case .forwarded:
            hasUpstreamTransaction = false
            finishRequest(Self.lost, at: now)
        case .data(let isStored):
            hasUpstreamTransaction = false
            if isStored { actions.append(.discardStored) }
            finishRequest(isStored ? Self.lostInMessage : Self.lost, at: now)
        case .endOfMessage:
            hasUpstreamTransaction = false
            if server.needsWholeMessages { actions.append(.discardStored) }
            finishRequest(Self.lostInMessage, at: now)
        }
    }
}
