extension SessionEngine {
    mutating func beginContent() {
        context.contentLength = 0
        raisedDataFaults = []
        clock.beginData()
        headerFilter = settings.authenticationService.map { AuthenticationResultsFilter(removing: $0) }
        needsTrace = headerFilter != nil
    }

    /// The checks have said what they write at the top of the message.
    @usableFromInline
    mutating func beginTrace(_ trace: MessageTrace) {
        guard let service = settings.authenticationService else { return }
        headerFilter?.add(trace.serialized(by: service, allowsUTF8: context.isInternationalized))
    }

    // MARK: Chunks (RFC 3030)

    /// A `BDAT` has passed. Before the first chunk's octets the application is asked whether it takes the message.
    mutating func beginChunk() {
        if case .betweenChunks(var reception) = phase {
            reception.framing = .chunk(isLast: command.isLastChunk)
            reception.isComplete = false
            reception.isEmptyChunk = command.size == 0
            contentScanner.beginChunk(size: command.size)
            phase = .receiving(reception)
            return
        }
        beginChunks()
        beginContent()
        if isTainted {
            return refuseChunk(Self.taintedReply)
        }
        activity = .application(.command(.bdat))
        pendingAction = .command(.bdat)
    }

    private mutating func beginChunks() {
        contentScanner = .chunks(ChunkScanner(textLineLimit: settings.limits.textLine))
        contentScanner.beginChunk(size: command.size)
    }

    /// A `BDAT` is refused; its octets follow all the same and are dropped (RFC 3030 §2).
    mutating func refuseChunk(_ refusal: Reply) {
        var reception = MessageReception(framing: .chunk(isLast: command.isLastChunk))
        refuse(&reception, refusal)
        if case .betweenChunks(let earlier) = phase { reception.isHandedOver = earlier.isHandedOver }
        // A client with a message somewhat too large gets to hear so; nobody waits for octets without end to throw them away.
        if command.size / 4 > settings.limits.message {
            abandonMessage()
            return send(refusal, closes: true)
        }
        if reception.isHandedOver {
            reception.isHandedOver = false
            pendingAction = .abortMessage
        }
        reception.isEmptyChunk = command.size == 0
        beginChunks()
        clock.beginData()
        phase = .receiving(reception)
    }

    mutating func settleFirstChunk(_ reply: Reply, _ decision: Decision) {
        let isWelcome = reply.severity == .intermediate || reply.isPositive
        if isWelcome, decision.refusal == nil {
            var reception = MessageReception(framing: .chunk(isLast: command.isLastChunk))
            reception.isHandedOver = true
            reception.isEmptyChunk = command.size == 0
            phase = .receiving(reception)
            return
        }
        if isWelcome { pendingAction = .abortMessage }
        if reply.code == 421 || decision.closes {
            return send(decision.refusal ?? reply, closes: true)
        }
        let abort = pendingAction
        refuseChunk(decision.refusal ?? reply)
        if let abort { pendingAction = abort }
    }

    // MARK: Content

    /// Takes message data.
    ///
    /// - Returns: octets consumed.
    mutating func receiveContent(_ input: Span<UInt8>, _ reception: MessageReception) -> Int {
        var reception = reception
        content.removeAll(keepingCapacity: true)
        let consumed = contentScanner.consume(input, into: &content)
        reception.isComplete = contentScanner.isComplete
        if reception.isComplete, reception.framing == .chunk(isLast: true) {
            contentScanner.finishChunks(into: &content)
        }
        if tape != nil { tapeMessage(input.extracting(first: consumed), isEnd: reception.isComplete) }
        let faults = contentScanner.faults
        reception.isEmptyChunk = false
        clock.dataOctets &+= UInt64(consumed)
        context.contentLength &+= UInt64(content.count)
        statistics.octets &+= UInt64(content.count)
        phase = .receiving(reception)
        guard !reception.isRefused else {
            content.removeAll(keepingCapacity: true)
            return consumed
        }
        if headerFilter != nil {
            let isLast = reception.isComplete && reception.framing != .chunk(isLast: false)
            headerFilter?.edit(&content, isLast: isLast)
        }
        var raised: [ProtocolFault] = []
        let fresh = faults.kinds.subtracting(raisedDataFaults)
        if !fresh.isEmpty {
            raisedDataFaults.formUnion(fresh)
            raised = Self.faults(fresh, faults, context.body)
        }
        if context.contentLength > settings.limits.message {
            let fault = ProtocolFault(
                .messageTooLarge, evidence: Evidence("\(context.contentLength) octets so far"),
                reply: Reply(552, .init(5, 3, 4), "Message size exceeds the limit of \(settings.limits.message) octets")
            )
            ask(.none, faults: raised + [fault], about: .faultyContent(fault))
        } else {
            ask(.content, content.isEmpty ? [] : .content, faults: raised, about: .content)
        }
        return consumed
    }

    mutating func handOverContent() {
        guard case .receiving(let reception) = phase, !reception.isRefused else {
            content.removeAll(keepingCapacity: true)
            return
        }
        if !content.isEmpty { pendingAction = .content }
    }

    /// Refuses a message. The first reason stays.
    mutating func refuse(_ reception: inout MessageReception, _ reply: Reply) {
        guard !reception.isRefused else { return }
        reception.isRefused = true
        refusal = .reply(reply)
    }

    /// The message will not be delivered: the application drops what it has, the client hears of it at the end.
    mutating func refuseReception(_ refusal: Reply, closes: Bool) {
        guard case .receiving(var reception) = phase else { return }
        content.removeAll(keepingCapacity: true)
        refuse(&reception, refusal)
        if reception.isHandedOver {
            reception.isHandedOver = false
            pendingAction = .abortMessage
        }
        if closes { reception.closesSession = true }
        phase = .receiving(reception)
    }

    /// The session ends in the middle of a message.
    mutating func abandonMessage() {
        switch phase {
        case .receiving(let reception) where reception.isHandedOver,
            .betweenChunks(let reception) where reception.isHandedOver:
            pendingAction = .abortMessage
        default: break
        }
        content.removeAll(keepingCapacity: true)
    }

    /// The end of the message, or of a chunk, was reached.
    mutating func finishReception(_ reception: MessageReception) {
        content.removeAll(keepingCapacity: true)
        if keepsLines { noteMessage() }
        if reception.isRefused, case .reply(let refusal)? = refusal {
            resetTransaction()
            phase = context.greeting == nil ? .awaitingGreeting : .ready
            return send(refusal, closes: reception.closesSession)
        }
        if case .chunk(isLast: false) = reception.framing {
            phase = .betweenChunks(reception)
            return send(Reply(250, .init(2, 0, 0), "\(command.size) octets received"))
        }
        if needsWholeMessages {
            activity = .application(.wholeMessage)
            pendingAction = .provideMessage
        } else {
            activity = .application(.endOfMessage)
            pendingAction = .endOfMessage
        }
    }

    static var taintedReply: Reply {
        Reply(451, .init(4, 3, 0), "The transaction cannot go on, start again")
    }

    private static func faults(
        _ fresh: DataFaults.Kinds, _ faults: DataFaults, _ body: ParameterValues.Body
    ) -> [ProtocolFault] {
        var all: [ProtocolFault] = []
        func add(_ kind: ProtocolFault.Kind, _ count: UInt64, _ offset: UInt64, _ reply: Reply, isRepaired: Bool) {
            all.append(
                ProtocolFault(
                    kind, evidence: Evidence("first at offset \(offset), \(count) so far"), reply: reply,
                    isFatal: false,
                    isRepaired: isRepaired))
        }
        if fresh.contains(.bareCR) {
            add(
                .bareCarriageReturnInData, faults.bareCR.count, faults.bareCR.firstOffset,
                Reply(550, .init(5, 5, 2), "Bare carriage return in message data"), isRepaired: true)
        }
        if fresh.contains(.bareLF) {
            add(
                .bareLineFeedInData, faults.bareLF.count, faults.bareLF.firstOffset,
                Reply(550, .init(5, 5, 2), "Bare line feed in message data"), isRepaired: true)
        }
        if fresh.contains(.nul) {
            add(
                .nulInData, faults.nul.count, faults.nul.firstOffset,
                Reply(550, .init(5, 5, 2), "NUL octet in message data"), isRepaired: true)
        }
        if fresh.contains(.lineTooLong) {
            add(
                .textLineTooLong, faults.lineTooLong.count, faults.lineTooLong.firstOffset,
                Reply(550, .init(5, 6, 0), "Text line too long"), isRepaired: false)
        }
        if fresh.contains(.nonASCII), body != .eightBitMIME, body != .binaryMIME {
            add(
                .eightBitDataWithout8BITMIME, faults.nonASCII.count, faults.nonASCII.firstOffset,
                Reply(550, .init(5, 6, 1), "8-bit data without BODY=8BITMIME"), isRepaired: false)
        }
        return all
    }
}
