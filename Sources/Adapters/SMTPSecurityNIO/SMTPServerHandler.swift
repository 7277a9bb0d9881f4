import Logging
public import NIOCore
import NIOPosix
public import SMTPSecurity

/// What a client wants of a server, after the session and every check have passed it.
public enum SMTPServerEvent: Sendable {
    /// A command. Answer with a `Reply`.
    ///
    /// For `DATA` answer 354 to receive the message. For `BDAT` likewise: it comes with the first chunk of a message, and the
    /// client does not see that answer.
    case command(OwnedCommand)
    /// The client's answer to a 334, without its line end. Answer with a `Reply`.
    case authenticationResponse([UInt8])
    /// Message content: un-stuffed, with CRLF line ends, in pieces of any size.
    case content([UInt8])
    /// The message is complete. Answer with a `Reply` once it is safe.
    case endOfMessage
    /// What was received of the message must not be delivered. No answer is expected.
    case abortMessage
}

/// Turns a channel into the server side of SMTP sessions with checks, for servers that are no proxy.
///
/// Inbound it gives ``SMTPServerEvent``s, one at a time: the next one comes after the answer to the one before. Outbound it takes
/// `Reply`s. The channel has to be set up with `autoRead` off; the handler reads when it can take more.
///
/// ```swift
/// let handler = SMTPServerHandler(pipeline: pipeline, configuration: .init())
/// try channel.pipeline.syncOperations.addHandlers(handler, MyMailStoreHandler())
/// ```
public final class SMTPServerHandler<Checks: CheckSequence>: ChannelDuplexHandler {
    /// Octets from the client.
    public typealias InboundIn = ByteBuffer
    /// What the client wants.
    public typealias InboundOut = SMTPServerEvent
    /// Answers.
    public typealias OutboundIn = Reply
    /// Octets for the client.
    public typealias OutboundOut = ByteBuffer

    private let pipeline: CheckPipeline<Checks>
    private let configuration: SMTPServerConfiguration
    private var session: ServerSession<Checks>?
    private var trace: SessionTrace?
    private var store: MessageStore?
    private var inbound = ByteBuffer()
    private var isBusy = false
    private var isRunning = false
    private var mustRunAgain = false
    private var isInputClosed = false
    private var isClosed = false
    private var timer: (at: Timestamp, task: Scheduled<Void>)?

    /// A handler for one connection.
    public init(pipeline: CheckPipeline<Checks>, configuration: SMTPServerConfiguration = SMTPServerConfiguration()) {
        self.pipeline = pipeline
        self.configuration = configuration
    }

    private var now: Timestamp { configuration.time.now }

    /// Begins the session if the connection stands already.
    public func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    /// Ends the session.
    public func handlerRemoved(context: ChannelHandlerContext) {
        end(context)
    }

    /// Begins the session.
    public func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    /// Keeps input until the session takes it.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if inbound.readableBytes == 0 {
            inbound = buffer
        } else {
            inbound.writeBuffer(&buffer)
        }
    }

    /// Goes on with the session.
    public func channelReadComplete(context: ChannelHandlerContext) {
        run(context)
        context.fireChannelReadComplete()
    }

    /// Goes on with the session once the client takes replies again.
    public func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { run(context) }
        context.fireChannelWritabilityChanged()
    }

    /// Ends the session.
    public func channelInactive(context: ChannelHandlerContext) {
        end(context)
        context.fireChannelInactive()
    }

    /// Notes that the client sends no more.
    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(ChannelEvent.inputClosed) = event as? ChannelEvent {
            isInputClosed = true
            run(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Takes an answer.
    public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let isExpected = session?.reply(unwrapOutboundIn(data), at: now) ?? false
        if isExpected {
            promise?.succeed()
        } else {
            promise?.fail(ChannelError.inappropriateOperationForState)
        }
        run(context)
    }

    /// No new transaction begins from here on; the session ends at the next point between transactions.
    public func shutDown(context: ChannelHandlerContext) {
        session?.shutDown()
        run(context)
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard session == nil, !isClosed else { return }
        guard let client = Endpoint(context.remoteAddress), let local = Endpoint(context.localAddress) else {
            return context.close(promise: nil)
        }
        let info = ConnectionInfo(session: configuration.nextSession(), client: client, local: local, time: now)
        session = ServerSession(pipeline: pipeline, connection: info)
        trace = SessionTrace(configuration.tracer, info, profile: pipeline.profile.name)
        run(context)
    }

    private func run(_ context: ChannelHandlerContext) {
        guard !isClosed, session != nil else { return }
        if isRunning {
            mustRunAgain = true
            return
        }
        isRunning = true
        repeat {
            mustRunAgain = false
            advance(context)
        } while mustRunAgain && !isClosed
        isRunning = false
        guard !isClosed else { return }
        flush(context)
        report()
        keepTime(context)
    }

    private func advance(_ context: ChannelHandlerContext) {
        while !isClosed, !isBusy, context.channel.isWritable {
            followTransaction()
            guard let step = session?.step(inbound.readableBytesUInt8Span, at: now) else { return }
            inbound.moveReaderIndex(forwardBy: step.consumed)
            switch step.action {
            case .needsInput:
                if isInputClosed { return close(context) }
                inbound.discardReadBytes()
                context.read()
                return
            case .wait:
                if inbound.readableBytes < configuration.readAhead, !isInputClosed { context.read() }
                return
            case .evaluate:
                if let work = session?.takeEvaluation() { evaluate(work, context) }
                return
            case .greet:
                session?.reply(Reply(220, "\(pipeline.profile.session.hostname) ESMTP"), at: now)
            case .command:
                guard let command = session?.ownedCommand else { return }
                context.fireChannelRead(wrapInboundOut(.command(command)))
            case .authenticationResponse:
                guard let line = session?.currentLineOctets else { return }
                context.fireChannelRead(wrapInboundOut(.authenticationResponse(line)))
            case .content:
                guard let content = session?.content else { return }
                receive(content, context)
            case .provideMessage:
                session?.provide(store?.content ?? MessageContent([]), at: now)
            case .endOfMessage:
                deliverStored(context)
            case .abortMessage:
                store?.reset()
                context.fireChannelRead(wrapInboundOut(.abortMessage))
            case .startTLS:
                configuration.logger.error("STARTTLS is offered but not supported by this handler")
                return close(context)
            case .close:
                return close(context)
            }
        }
    }

    private func evaluate(_ work: PendingEvaluation<Checks.SessionState>, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        let tracer = trace?.evaluations
        work.start(observer: tracer) { outcome in
            eventLoop.execute {
                let (handler, context) = bound.value
                handler.session?.resume(outcome, at: handler.now)
                handler.run(context)
            }
        }
    }

    // MARK: Content

    private func receive(_ content: [UInt8], _ context: ChannelHandlerContext) {
        guard session?.needsWholeMessages ?? false else {
            return context.fireChannelRead(wrapInboundOut(.content(content)))
        }
        let store =
            self.store
            ?? MessageStore(
                memoryLimit: configuration.messageMemoryLimit, directory: configuration.temporaryDirectory,
                pool: configuration.pool, eventLoop: context.eventLoop)
        self.store = store
        guard let written = store.append(content.span) else { return }
        isBusy = true
        written.assumeIsolated().whenComplete { result in
            self.isBusy = false
            if case .failure(let error) = result { self.storageFailed(error) }
            self.run(context)
        }
    }

    /// A message that was kept for a check goes to the server now.
    private func deliverStored(_ context: ChannelHandlerContext, from offset: UInt64 = 0) {
        guard let store, session?.needsWholeMessages ?? false, offset < store.count else {
            self.store?.reset()
            return context.fireChannelRead(wrapInboundOut(.endOfMessage))
        }
        isBusy = true
        store.read(from: offset, limit: 65_536).assumeIsolated().whenComplete { result in
            self.isBusy = false
            switch result {
            case .success(let piece) where !piece.isEmpty:
                context.fireChannelRead(self.wrapInboundOut(.content(piece)))
                self.deliverStored(context, from: offset + UInt64(piece.count))
            case .success, .failure:
                context.fireChannelRead(self.wrapInboundOut(.abortMessage))
                self.storageFailed(IOError(errnoCode: 5, reason: "a message could not be read back"))
                self.run(context)
            }
        }
    }

    private func storageFailed(_ error: any Error) {
        configuration.logger.error("a message could not be kept", metadata: ["error": "\(error)"])
        trace?.fail("storage", "\(error)")
        store?.reset()
        session?.failMessage(Reply(452, EnhancedStatusCode(4, 3, 1), "Insufficient system storage"), at: now)
    }

    // MARK: Output, time, reports

    private func flush(_ context: ChannelHandlerContext) {
        var buffer: ByteBuffer?
        session?.takeOutput { octets in
            var room = context.channel.allocator.buffer(capacity: octets.count)
            octets.withUnsafeBytes { _ = room.writeBytes($0) }
            buffer = room
        }
        // Writing can call back into this handler: the session is not being accessed any more.
        if let buffer { context.writeAndFlush(wrapOutboundOut(buffer), promise: nil) }
    }

    /// Has the trace know whether there is a transaction.
    private func followTransaction() {
        guard let trace, let statistics = session?.statistics else { return }
        trace.follow(isInTransaction: session?.isInTransaction ?? false, statistics)
    }

    private func report() {
        followTransaction()
        guard let records = session?.records, !records.isEmpty else { return }
        session?.records.removeAll()
        for record in records {
            configuration.logger.log(record)
            trace?.add(record)
        }
    }

    private func keepTime(_ context: ChannelHandlerContext) {
        guard let deadline = session?.nextDeadline else { return }
        if let timer, timer.at <= deadline { return }
        timer?.task.cancel()
        let delay = TimeAmount.nanoseconds(max(0, now.duration(to: deadline).wholeNanoseconds))
        let task = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            self.timer = nil
            self.session?.timeExpired(at: self.now)
            self.run(context)
        }
        timer = (deadline, task)
    }

    private func close(_ context: ChannelHandlerContext) {
        flush(context)
        end(context)
        context.close(mode: .output).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }

    private func end(_ context: ChannelHandlerContext) {
        guard !isClosed else { return }
        isClosed = true
        timer?.task.cancel()
        timer = nil
        store = nil
        let wasReceiving = session?.isReceivingMessage ?? false
        session?.disconnected(at: now)
        report()
        if let statistics = session?.statistics {
            configuration.statistics?.add(statistics, profile: pipeline.profile.name)
            trace?.end(statistics)
        }
        if wasReceiving { context.fireChannelRead(wrapInboundOut(.abortMessage)) }
    }
}
