/// A client's session and the upstream session behind it, tied together, without any input or output of its own.
///
/// Nothing reaches the upstream server that was not parsed, judged and written anew; no message is acknowledged that the
/// upstream server has not acknowledged; what is refused here is taken back there. Message data leaves as lines after `DATA`,
/// however the client sent it.
public struct ProxySession<Checks: CheckSequence>: ~Copyable, Sendable {
    @usableFromInline var engine: ProxyEngine
    @usableFromInline var desk: CheckDesk<Checks>

    /// A session with a client that has just connected.
    @inlinable
    public init(
        pipeline: CheckPipeline<Checks>, connection info: ConnectionInfo,
        upstream connection: UpstreamConnectionTime = .lazy,
        timeouts: UpstreamSession.Timeouts = .init()
    ) {
        self.engine = ProxyEngine(
            pipeline.storage.configuration, connection: info, upstream: connection, timeouts: timeouts)
        self.desk = CheckDesk(pipeline: pipeline, connection: info)
    }

    /// Content to keep, see ``ProxyAction/storeContent``.
    public var content: Span<UInt8> {
        @_lifetime(borrow self)
        get { engine.server.content.span }
    }

    /// Takes the octets that are to be sent to the client.
    public mutating func takeClientOutput(_ body: (Span<UInt8>) -> Void) {
        engine.server.output.take(body)
    }

    /// Takes the octets that are to be sent to the upstream server.
    public mutating func takeUpstreamOutput(_ body: (Span<UInt8>) -> Void) {
        engine.upstream.output.take(body)
    }

    /// When ``timeExpired(at:)`` has to be called if nothing else happens before.
    public var nextDeadline: Timestamp? { engine.nextDeadline }

    /// Whether a transaction is in progress.
    public var isInTransaction: Bool { engine.server.context.isInTransaction }

    /// Goes on with the session.
    ///
    /// - Parameters:
    ///   - input: what the client sent and no step has consumed yet; may be empty.
    ///   - now: the time.
    /// - Returns: how much of the input is done with, and what to do now. Call again with the rest after doing it.
    @inlinable
    public mutating func step(_ input: Span<UInt8>, at now: Timestamp) -> (consumed: Int, action: ProxyAction) {
        var consumed = 0
        while desk.pending == nil {
            let step = engine.advance(input.extracting(droppingFirst: consumed), at: now)
            consumed += step.consumed
            guard case .evaluate = step.action else { return (consumed, step.action) }
            desk.serve(&engine.server)
        }
        return (consumed, .evaluate)
    }

    /// The evaluation of ``ProxyAction/evaluate``, once.
    @inlinable
    public mutating func takeEvaluation() -> PendingEvaluation<Checks.SessionState>? { desk.takePending() }

    // MARK: What the driver reports

    /// Goes on after an evaluation that took time.
    public mutating func resume(_ outcome: PendingEvaluation<Checks.SessionState>.Outcome, at now: Timestamp) {
        engine.server.moveClock(to: now)
        desk.resume(outcome, &engine.server)
        desk.serve(&engine.server)
    }

    /// The message that was kept, after ``ProxyAction/provideMessage``.
    public mutating func provide(_ message: MessageContent, at now: Timestamp) {
        engine.server.provide(message, at: now)
        desk.serve(&engine.server)
    }

    /// What was kept could not be kept or read: a full disk, say. The client gets a temporary refusal.
    public mutating func storageFailed(at now: Timestamp) {
        engine.storageFailed(at: now)
        desk.serve(&engine.server)
    }

    /// A piece of what was kept.
    public mutating func sendStored(_ piece: Span<UInt8>, at now: Timestamp) {
        engine.upstream.send(content: piece, at: now)
    }

    /// What was kept has been sent.
    public mutating func finishStored(at now: Timestamp) {
        engine.finishStored(at: now)
    }

    /// The connection to the upstream server stands.
    public mutating func upstreamConnected(at now: Timestamp) {
        engine.upstreamConnected(at: now)
    }

    /// The connection to the upstream server could not be made, or is gone.
    public mutating func upstreamDisconnected(_ failure: UpstreamSession.Failure = .closed, at now: Timestamp) {
        engine.upstreamDisconnected(failure, at: now)
        desk.serve(&engine.server)
    }

    /// Everything sent to the upstream server has been taken from this machine.
    public mutating func upstreamOutputWasTaken() {
        engine.upstream.contentWasTaken()
    }

    /// Takes what the upstream server sent.
    public mutating func receiveUpstream(_ input: Span<UInt8>, at now: Timestamp) {
        var offset = 0
        while offset < input.count {
            let consumed = engine.receiveUpstream(input.extracting(droppingFirst: offset), at: now)
            desk.serve(&engine.server)
            guard consumed > 0 else { return }
            offset += consumed
        }
    }

    /// The time of a deadline has come.
    public mutating func timeExpired(at now: Timestamp) {
        engine.upstreamTimeExpired(at: now)
        desk.serve(&engine.server)
        engine.server.timeExpired(at: now)
        desk.serve(&engine.server)
    }

    /// The TLS handshake with the client has succeeded.
    public mutating func tlsEstablished() {
        engine.server.tlsEstablished()
    }

    /// No new transaction begins from here on; the session ends at the next point between transactions.
    public mutating func shutDown() {
        engine.server.isShuttingDown = true
    }

    /// The client's session is over. A message that was not complete is taken back.
    public mutating func clientDisconnected(at now: Timestamp) -> UpstreamFarewell {
        engine.server.disconnected(at: now)
        desk.serve(&engine.server)
        return engine.leave(at: now)
    }

    // MARK: Reports

    /// Octets that wait to be taken by ``takeClientOutput(_:)`` and ``takeUpstreamOutput(_:)``.
    public var pendingOutput: Int { engine.server.output.count + engine.upstream.output.count }

    /// How much is to be kept of a message in which a check found something, see ``SessionSettings/keptMessageOctets``.
    public var keptMessageOctets: Int { engine.server.configuration.settings.keptMessageOctets }

    /// The last lines of the client's session; `nil` where none are kept, see ``SessionSettings/transcriptLines``.
    public var transcript: SessionTranscript? { engine.server.transcripts.first }

    /// Takes the violations since the last call.
    public mutating func takeRecords() -> [ViolationRecord] {
        guard !engine.server.records.isEmpty else { return [] }
        defer { engine.server.records.removeAll() }
        return engine.server.records
    }

    /// What was counted since ``takeStatistics()`` was last called.
    public var statistics: ProfileStatistics { engine.server.statistics }

    /// Takes what was counted since the last call.
    public mutating func takeStatistics() -> ProfileStatistics {
        defer { engine.server.statistics = ProfileStatistics() }
        return engine.server.statistics
    }

    /// Takes what went wrong with the upstream server since the last call.
    public mutating func takeIncidents() -> [UpstreamSession.Failure] {
        guard !engine.incidents.isEmpty else { return [] }
        defer { engine.incidents.removeAll() }
        return engine.incidents
    }
}
