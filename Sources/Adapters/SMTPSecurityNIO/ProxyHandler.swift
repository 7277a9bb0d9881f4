import Logging
import NIOCore
import NIOPosix
import SMTPSecurity

/// Drives one ``ProxySession``: the client's channel, and the upstream channel on the same event loop.
///
/// It moves octets and keeps times; every decision is the session's. Input that the session cannot take now stays in the
/// channel: reading stops until the other side has taken what was written.
final class ProxyHandler<Checks: CheckSequence>: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The most octets of input that wait in this handler while the session is busy.
    private let readAhead = 16_384
    /// The size of the pieces in which a kept message is sent on.
    private let storedPiece = 65_536

    private var session: ProxySession<Checks>
    private let configuration: ProxyConfiguration
    private let statistics: StatisticsCollector
    private let pool: NIOThreadPool
    private let profile: String
    private let info: ConnectionInfo
    private let onClose: () -> Void

    private var context: ChannelHandlerContext?
    private var trace: SessionTrace?
    private var upstream: (any Channel)?
    private var upstreamAttempt = 0
    private var inbound = ByteBuffer()
    private var store: MessageStore?
    /// The message that checks are about to be given.
    private var judgedMessage: MessageContent?
    /// Of the message in which they found something, until that is reported.
    private var observedMessage: ObservedMessage?
    private var storedOffset: UInt64?
    private var isReadingStored = false
    private var isStoring = false
    private var isRunning = false
    private var mustRunAgain = false
    private var isInputClosed = false
    private var isClosed = false
    private var timer: (at: Timestamp, task: Scheduled<Void>)?

    init(
        pipeline: CheckPipeline<Checks>, info: ConnectionInfo, configuration: ProxyConfiguration,
        statistics: StatisticsCollector, pool: NIOThreadPool, onClose: @escaping () -> Void
    ) {
        self.session = ProxySession(
            pipeline: pipeline, connection: info, upstream: configuration.upstreamConnection,
            timeouts: configuration.upstreamTimeouts)
        self.configuration = configuration
        self.statistics = statistics
        self.pool = pool
        self.profile = pipeline.profile.name
        self.info = info
        self.onClose = onClose
        if let recorder = configuration.recorder, recorder.begin(info, profile: profile) { session.beginRecording() }
    }

    private var now: Timestamp { configuration.time.now }

    // MARK: Client channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        trace = SessionTrace(configuration.tracer, info, profile: profile)
        if context.channel.isActive { run() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        run()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if inbound.readableBytes == 0 {
            inbound = buffer
        } else {
            inbound.writeBuffer(&buffer)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        run()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return }
        run()
        // Held back while the client did not take what was there already.
        upstream?.read()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(ChannelEvent.inputClosed) = event as? ChannelEvent {
            isInputClosed = true
            run()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        configuration.logger.debug(
            "client connection failed", metadata: ["session": "\(info.session)", "error": "\(error)"])
        context.close(promise: nil)
    }

    /// The proxy is stopping.
    func shutDown() {
        session.shutDown()
        run()
    }

    /// The proxy does not wait any longer.
    func cutOff() {
        context?.close(promise: nil)
    }

    // MARK: Upstream channel

    func upstreamRead(_ buffer: ByteBuffer, from channel: any Channel) {
        guard channel === upstream else { return }
        session.receiveUpstream(buffer.readableBytesUInt8Span, at: now)
    }

    func upstreamReadComplete(_ channel: any Channel) {
        guard channel === upstream else { return }
        run()
        // The server's next reply is wanted only once the client has taken this one.
        if context?.channel.isWritable ?? false { channel.read() }
    }

    func upstreamWritabilityChanged(_ channel: any Channel) {
        guard channel === upstream, channel.isWritable else { return }
        session.upstreamOutputWasTaken()
        pumpStored()
        run()
    }

    func upstreamClosed(_ channel: any Channel) {
        guard channel === upstream else { return }
        upstream = nil
        session.upstreamDisconnected(at: now)
        run()
    }

    // MARK: Running

    /// Goes on as far as possible.
    private func run() {
        guard let context, !isClosed else { return }
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

    /// Steps until the session waits for something.
    private func advance(_ context: ChannelHandlerContext) {
        while !isClosed {
            // Back-pressure: nothing more is taken from the client while either side has not taken what was written.
            guard context.channel.isWritable, upstream?.isWritable ?? true, !isStoring else { return }
            let step = session.step(inbound.readableBytesUInt8Span, at: now)
            inbound.moveReaderIndex(forwardBy: step.consumed)
            switch step.action {
            case .needsInput:
                if isInputClosed { return closeClient(context) }
                inbound.discardReadBytes()
                // Whatever is sent leaves before waiting for the client's answer to it.
                context.read()
                return
            case .wait:
                if inbound.readableBytes < readAhead, !isInputClosed { context.read() }
                return
            case .evaluate:
                if let work = session.takeEvaluation() { evaluate(work, context) }
                return
            case .connectUpstream:
                connectUpstream(context)
            case .closeUpstream:
                closeUpstream()
            case .storeContent:
                storeContent(context)
            case .provideMessage:
                let message = store?.content ?? MessageContent([])
                judgedMessage = message
                session.provide(message, at: now)
            case .sendStored:
                judgedMessage = nil
                storedOffset = 0
                pumpStored()
            case .discardStored:
                judgedMessage = nil
                storedOffset = nil
                store?.reset()
            case .startTLS:
                // No TLS here yet, so the profile cannot offer it: this is a configuration error, not the client's.
                configuration.logger.error("STARTTLS is offered but not supported by this proxy")
                return closeClient(context)
            case .close:
                return closeClient(context)
            }
            flushIfLarge(context)
        }
    }

    private func evaluate(_ work: PendingEvaluation<Checks.SessionState>, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        trace?.follow(isInTransaction: session.isInTransaction, session.statistics)
        let tracer = trace?.evaluations
        let message = judgedMessage
        judgedMessage = nil
        let isObserved = message != nil && !configuration.observers.isEmpty
        let (makeDigest, kept) = (configuration.messageDigest, isObserved ? session.keptMessageOctets : 0)
        work.start(observer: tracer) { outcome in
            @Sendable func resume(_ observed: ObservedMessage?) {
                eventLoop.execute {
                    let handler = bound.value
                    handler.observedMessage = observed
                    handler.session.resume(outcome, at: handler.now)
                    handler.run()
                }
            }
            guard isObserved, let message, outcome.hasFindings else { return resume(nil) }
            Task {
                var observed = ObservedMessage(digest: await makeDigest?(message))
                // Without it there is a report all the same.
                if kept > 0 { observed.beginning = (try? await message.octets(limit: kept)) ?? [] }
                resume(observed)
            }
        }
    }

    // MARK: Output

    private func flushIfLarge(_ context: ChannelHandlerContext) {
        if session.pendingOutput > 32_768 { flush(context) }
    }

    private func flush(_ context: ChannelHandlerContext) {
        // Writing may call back into this handler, so the session is done with before it.
        var buffer = ByteBuffer()
        session.takeClientOutput { octets in
            buffer = context.channel.allocator.buffer(capacity: octets.count)
            octets.withUnsafeBytes { _ = buffer.writeBytes($0) }
        }
        if buffer.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(buffer), promise: nil) }
        flushUpstream()
    }

    private func flushUpstream() {
        guard let upstream, upstream.isActive else { return }
        var buffer = ByteBuffer()
        session.takeUpstreamOutput { octets in
            buffer = upstream.allocator.buffer(capacity: octets.count)
            octets.withUnsafeBytes { _ = buffer.writeBytes($0) }
        }
        if buffer.readableBytes > 0 { upstream.writeAndFlush(buffer, promise: nil) }
        if upstream.isWritable { session.upstreamOutputWasTaken() }
    }

    // MARK: The upstream connection

    private func connectUpstream(_ context: ChannelHandlerContext) {
        upstreamAttempt += 1
        let attempt = upstreamAttempt
        let bootstrap = ClientBootstrap(group: context.eventLoop)
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        // A name is looked up on another thread; an address is not, which saves two hops per session.
        let connection =
            configuration.upstreamAddress.map { bootstrap.connect(to: $0) }
            ?? bootstrap.connect(host: configuration.upstreamHost, port: configuration.upstreamPort)
        connection.assumeIsolated()
            .whenComplete { result in self.upstreamConnected(result, attempt: attempt) }
    }

    private func upstreamConnected(_ result: Result<any Channel, any Error>, attempt: Int) {
        switch result {
        case .success(let channel):
            // Given up meanwhile: the client has gone, or the time was over.
            guard attempt == upstreamAttempt, !isClosed else { return channel.close(promise: nil) }
            do {
                try channel.pipeline.syncOperations.addHandler(UpstreamHandler(proxy: self))
            } catch {
                channel.close(promise: nil)
                return upstreamFailed(error)
            }
            upstream = channel
            session.upstreamConnected(at: now)
            channel.read()
            run()
        case .failure(let error):
            guard attempt == upstreamAttempt, !isClosed else { return }
            upstreamFailed(error)
        }
    }

    private func upstreamFailed(_ error: any Error) {
        session.upstreamDisconnected(.connectFailed(Evidence("\(error)")), at: now)
        run()
    }

    private func closeUpstream() {
        upstreamAttempt += 1
        let channel = upstream
        upstream = nil
        channel?.close(promise: nil)
    }

    // MARK: Messages that are kept

    private func storeContent(_ context: ChannelHandlerContext) {
        let store =
            self.store
            ?? MessageStore(
                memoryLimit: configuration.messageMemoryLimit, directory: configuration.temporaryDirectory, pool: pool,
                eventLoop: context.eventLoop)
        self.store = store
        guard let written = store.append(session.content) else { return }
        isStoring = true
        written.assumeIsolated().whenComplete { result in
            self.isStoring = false
            if case .failure(let error) = result { self.storageFailed(error) }
            self.run()
        }
    }

    private func storageFailed(_ error: any Error) {
        configuration.logger.error(
            "a message could not be kept", metadata: ["session": "\(info.session)", "error": "\(error)"])
        trace?.fail("storage", "\(error)")
        session.storageFailed(at: now)
    }

    /// Sends on what was kept, piece by piece, as fast as the upstream server takes it.
    private func pumpStored() {
        guard let offset = storedOffset, let store, !isReadingStored, let upstream, upstream.isWritable else { return }
        if offset >= store.count {
            storedOffset = nil
            session.finishStored(at: now)
            flushUpstream()
            return
        }
        isReadingStored = true
        store.read(from: offset, limit: storedPiece).assumeIsolated().whenComplete { result in
            self.isReadingStored = false
            guard self.storedOffset == offset, !self.isClosed else { return }
            switch result {
            case .success(let piece) where !piece.isEmpty:
                self.session.sendStored(piece.span, at: self.now)
                self.storedOffset = offset + UInt64(piece.count)
                self.flushUpstream()
                self.pumpStored()
            case .success:
                self.storageFailed(IOError(errnoCode: 5, reason: "the file is shorter than what was written"))
                self.run()
            case .failure(let error):
                self.storageFailed(error)
                self.run()
            }
        }
    }

    // MARK: Time and reports

    /// One timer for all of the session's times. Deadlines mostly move away, so an early timer is left to fire and look again.
    private func keepTime(_ context: ChannelHandlerContext) {
        guard let deadline = session.nextDeadline else { return }
        if let timer, timer.at <= deadline { return }
        timer?.task.cancel()
        let delay = TimeAmount.nanoseconds(max(0, now.duration(to: deadline).wholeNanoseconds))
        let task = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            self.timer = nil
            self.session.timeExpired(at: self.now)
            self.run()
        }
        timer = (deadline, task)
    }

    private func report() {
        if let recorder = configuration.recorder { record(recorder) }
        let records = session.takeRecords()
        if !records.isEmpty {
            let transcript = configuration.observers.isEmpty ? nil : session.transcript
            for record in records {
                configuration.logger.log(record)
                trace?.add(record)
                for observer in configuration.observers {
                    observer.observe(
                        record, transcript: transcript, message: record.contentLength > 0 ? observedMessage : nil)
                }
            }
        }
        observedMessage = nil
        for failure in session.takeIncidents() {
            configuration.logger.warning(
                "upstream", metadata: ["session": "\(info.session)", "failure": "\(failure)"])
            trace?.fail("upstream", "\(failure)")
        }
        trace?.follow(isInTransaction: session.isInTransaction, session.statistics)
    }

    private func record(_ recorder: any SessionRecorder) {
        let events = session.takeTape()
        if !events.isEmpty, !recorder.record(events, of: info.session) { session.endRecording() }
    }

    // MARK: End

    private func closeClient(_ context: ChannelHandlerContext) {
        flush(context)
        // Whatever was written leaves before the connection ends.
        context.channel.close(mode: .output).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        end()
    }

    private func end() {
        guard !isClosed else { return }
        isClosed = true
        timer?.task.cancel()
        timer = nil
        storedOffset = nil
        store = nil
        let farewell = session.clientDisconnected(at: now)
        flushUpstream()
        report()
        let counted = session.takeStatistics()
        statistics.add(counted, profile: profile)
        trace?.end(counted)
        for observer in configuration.observers { observer.observe(counted, profile: profile, at: now) }
        bid(farewell)
        onClose()
    }

    private func bid(_ farewell: UpstreamFarewell) {
        upstreamAttempt += 1
        guard let channel = upstream else { return }
        upstream = nil
        let patience: TimeAmount
        switch farewell {
        case .closeNow: return channel.close(promise: nil)
        case .closeAfterQuit: patience = .seconds(2)
        case .closeAfterVerdict: patience = .seconds(60)
        }
        let timeout = channel.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in timeout.cancel() }
        // One read takes the answer; the end of the connection follows by itself.
        channel.read()
    }
}
