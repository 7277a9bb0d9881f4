extension SessionEngine {
    /// The line has passed: answers what is answered here, hands everything else to the application.
    @usableFromInline
    mutating func executeLine() {
        if phase == .authenticating {
            activity = .application(.authenticationResponse)
            pendingAction = .authenticationResponse
            return
        }
        countJunk()
        switch command.verb {
        case .quit:
            send(Reply(221, .init(2, 0, 0), "\(settings.hostname) closing connection"), closes: true)
        case .noop:
            send(Reply(250, .init(2, 0, 0), "OK"))
        case .help:
            send(Reply(214, .init(2, 0, 0), "See RFC 5321"))
        case .startTLS:
            phase = .startingTLS
            send(Reply(220, .init(2, 0, 0), "Ready to start TLS"))
            pendingAction = .startTLS
        case .turn, .atrn:
            // Both turn the session round: the client becomes the server. No judgement of this side would hold any more.
            send(Reply(502, .init(5, 5, 1), "Command not implemented"))
        case .bdat:
            beginChunk()
        case .data where isTainted:
            send(Self.taintedReply)
        default:
            activity = .application(.command(command.verb))
            if case .betweenChunks(let reception) = phase,
                command.verb == .rset || command.verb == .helo || command.verb == .ehlo
            {
                // The chunks so far are forgotten before the command that forgets the transaction.
                phase = .transaction
                if reception.isHandedOver {
                    pendingAction = .abortMessage
                    followingAction = .command(command.verb)
                    return
                }
            }
            pendingAction = .command(command.verb)
        }
    }

    /// The line is refused.
    mutating func refuseLine(_ refusal: Reply, _ decision: Decision) {
        let wasAuthenticating = phase == .authenticating
        if wasAuthenticating {
            // The exchange upstream is unfinished and cannot be taken up again.
            return send(refusal, closes: true, after: decision.delay)
        }
        if command.verb == .bdat, !decision.closes, isParsedLine {
            return refuseChunk(refusal)
        }
        countJunk()
        send(refusal, closes: decision.closes, after: decision.delay)
    }

    /// Whether ``command`` describes the current line.
    private var isParsedLine: Bool { !command.verbRange.isEmpty }

    private mutating func countJunk() {
        switch command.verb {
        case .noop, .rset, .vrfy, .expn, .help, .etrn: junkCount += 1
        case .helo, .ehlo: if context.greeting != nil { junkCount += 1 }
        default: break
        }
    }

    // MARK: Replies

    /// The application has answered: the session's state follows its answer, the client sees what the profile allows.
    mutating func settle(_ reply: Reply, _ request: Request, _ decision: Decision) {
        switch request {
        case .greet:
            let shown = decision.refusal ?? reply
            if shown.isPositive { phase = .awaitingGreeting }
            send(shown, closes: !shown.isPositive || decision.closes, after: decision.delay)
        case .command(let verb):
            settleCommand(verb, reply, decision)
        case .authenticationResponse:
            // A span of a stored property borrows all of `self`: the line is looked at in a second reference.
            let line = self.line
            authentication.receive(line.span)
            settleAuthentication(reply, decision)
        case .endOfMessage:
            // What the application has accepted cannot be refused any more, nor the other way round.
            settleMessage(reply)
        case .wholeMessage:
            break
        }
    }

    private mutating func settleCommand(_ verb: Verb, _ reply: Reply, _ decision: Decision) {
        var isOverridden = false
        if let refusal = decision.refusal { isOverridden = !refusal.isPositive && reply.severity.rawValue < 4 }
        switch verb {
        case .helo, .ehlo:
            if reply.isPositive, !isOverridden {
                resetTransaction()
                context.greeting = verb
                context.greetingName.removeAll(keepingCapacity: true)
                line.append(command.argument, to: &context.greetingName)
                context.offeredExtensions = []
                if verb == .ehlo { return askForWithdrawals(reply, decision) }
                adjustScannerLimit()
                phase = .ready
                return send(Reply(250, settings.hostname), closes: decision.closes, after: decision.delay)
            }
        case .mail, .send, .soml, .saml:
            if reply.isPositive, isOverridden {
                // Begun behind, refused here.
                pendingAction = .abortMessage
            } else if reply.isPositive {
                beginTransaction()
            }
        case .rcpt:
            if reply.isPositive, !isOverridden {
                context.recipientCount += 1
                statistics.recipients += 1
            } else {
                context.refusedRecipientCount += 1
                // Accepted behind, refused here: nothing of this transaction may be delivered.
                if isOverridden { isTainted = true }
            }
        case .rset:
            if reply.isPositive { resetTransaction() }
        case .auth:
            let line = self.line
            let parsed = command
            let view = CommandView(line: line.span, parsed: parsed)
            authentication = AuthenticationIdentity(mechanism: view.argument, initialResponse: view.initialResponse)
            return settleAuthentication(reply, decision)
        case .data:
            guard reply.severity == .intermediate else { break }
            guard !isOverridden else {
                // The application waits for data that will not come; it is told to drop the message.
                resetTransaction()
                pendingAction = .abortMessage
                break
            }
            var reception = MessageReception(framing: .data)
            reception.isHandedOver = true
            contentScanner = .lines(DataScanner(textLineLimit: settings.limits.textLine))
            beginContent()
            phase = .receiving(reception)
        case .bdat:
            return settleFirstChunk(reply, decision)
        default: break
        }
        answer(reply, decision)
    }

    /// Sends the application's answer, or what is decided instead.
    private mutating func answer(_ reply: Reply, _ decision: Decision) {
        if let refusal = decision.refusal {
            send(refusal, closes: decision.closes || reply.code == 421, after: decision.delay)
        } else {
            send(reply, closes: decision.closes || reply.code == 421, after: decision.delay)
        }
    }

    private mutating func settleAuthentication(_ reply: Reply, _ decision: Decision) {
        let shown = decision.refusal ?? reply
        switch shown.severity {
        case .intermediate:
            phase = .authenticating
        case .success:
            context.isAuthenticated = true
            context.authenticatedUser = authentication.octets
            authentication = AuthenticationIdentity()
            phase = .ready
        default:
            authentication = AuthenticationIdentity()
            phase = .ready
        }
        // The answer behind and the answer here differ: the exchange cannot go on.
        let differs = shown.severity != reply.severity
        send(shown, closes: decision.closes || differs || reply.code == 421, after: decision.delay)
    }

    private mutating func settleMessage(_ reply: Reply) {
        if reply.isPositive {
            statistics.messages += 1
            errorCount = 0
            junkCount = 0
        }
        resetTransaction()
        send(reply, closes: reply.code == 421)
    }

    private mutating func beginTransaction() {
        context.transactionCount += 1
        statistics.transactions += 1
        context.isInTransaction = true
        context.reversePath.removeAll(keepingCapacity: true)
        if command.path.kind == .mailbox {
            line.append(command.path.localPart, to: &context.reversePath)
            context.reversePath.append(UInt8(ascii: "@"))
            line.append(command.path.domain, to: &context.reversePath)
        }
        context.body = command.values.body
        context.isInternationalized = command.values.smtpUTF8
        phase = .transaction
    }

    mutating func resetTransaction() {
        context.isInTransaction = false
        context.reversePath.removeAll(keepingCapacity: true)
        context.recipientCount = 0
        if keepsLines { transcripts[0].forgetRecipients() }
        context.refusedRecipientCount = 0
        context.body = .absent
        context.isInternationalized = false
        context.contentLength = 0
        clock.endData()
        isTainted = false
        switch phase {
        case .transaction, .receiving, .betweenChunks: phase = .ready
        default: break
        }
    }

    // MARK: Output

    /// Sends a reply now, or after a delay, and counts it.
    mutating func send(_ reply: Reply, closes: Bool = false, after delay: Duration? = nil) {
        var delay = delay
        let severity = reply.severity
        if severity.rawValue >= 4 {
            if severity == .transientFailure { statistics.deferred += 1 } else { statistics.refused += 1 }
            errorCount += 1
            let budgets = configuration.budgets
            if errorCount > budgets.softErrors, !closes { delay = max(delay ?? .zero, budgets.softErrorDelay) }
        }
        if let delay, delay > .zero {
            activity = .delaying(until: context.now.advanced(by: delay), reply, closes: closes)
        } else {
            flush(reply, closes: closes)
        }
    }

    /// Puts a reply into the output.
    mutating func flush(_ reply: Reply, closes: Bool) {
        ReplySerializer.serialize(reply, into: &output.octets)
        if keepsLines { noteReply(reply) }
        if tape != nil { tapeNote(.reply(reply)) }
        if closes { phase = .closed }
    }
}
