/// The server side of an SMTP session (RFC 5321) with its checks, without any input or output of its own.
///
/// Whoever drives it feeds octets to ``step(_:at:)``, does what the returned ``ServerAction`` says, sends what
/// ``takeOutput(_:)`` gives, and answers for the application behind it: an own mail store, or an upstream server. One command is
/// judged at a time, knowing the outcome of those before it; what a client pipelines waits its turn.
///
/// Nothing reaches the application that did not parse, was out of order, was not offered, or that the profile blocks.
public struct ServerSession<Checks: CheckSequence>: ~Copyable, Sendable {
    @usableFromInline var engine: SessionEngine
    @usableFromInline var desk: CheckDesk<Checks>

    /// A session with a client that has just connected.
    @inlinable
    public init(pipeline: CheckPipeline<Checks>, connection: ConnectionInfo) {
        self.engine = SessionEngine(pipeline.storage.configuration, connection: connection)
        self.desk = CheckDesk(pipeline: pipeline, connection: connection)
    }

    /// The checks and the profile.
    public var pipeline: CheckPipeline<Checks> { desk.pipeline }

    /// What checks may know of the session.
    @inlinable
    public var context: SessionContext { engine.context }

    /// Whether there is something to send to the client.
    public var hasOutput: Bool { !engine.output.isEmpty }

    /// Takes the octets that are to be sent to the client. Without any, the body is not called.
    public mutating func takeOutput(_ body: (Span<UInt8>) -> Void) { engine.output.take(body) }

    /// Takes a copy of the octets that are to be sent to the client.
    public mutating func takeOutput() -> [UInt8] {
        var taken: [UInt8] = []
        takeOutput { taken.append(octetsOf: $0) }
        return taken
    }

    /// The last lines of the session; `nil` where none are kept, see ``SessionSettings/transcriptLines``.
    public var transcript: SessionTranscript? { engine.transcripts.first }

    /// Violations since the driver last emptied it.
    @inlinable
    public var records: [ViolationRecord] {
        get { engine.records }
        _modify { yield &engine.records }
    }

    /// What the session counted since the driver last took it.
    @inlinable
    public var statistics: ProfileStatistics {
        get { engine.statistics }
        _modify { yield &engine.statistics }
    }

    /// Message content for the application, see ``ServerAction/content``. Emptied by the next step.
    @inlinable
    public var content: [UInt8] { engine.content }

    /// Whether a check wants whole messages, so that the application has to keep them until they are complete.
    public var needsWholeMessages: Bool { engine.needsWholeMessages }

    /// Whether a transaction is in progress.
    public var isInTransaction: Bool { engine.context.isInTransaction }

    /// Whether the session has ended.
    public var isClosed: Bool { engine.phase == .closed }

    /// Whether message data is being received.
    public var isReceivingMessage: Bool { engine.isReceivingMessage }

    /// The line of the command or response that the driver is asked to handle, without its line end.
    public var currentLine: Span<UInt8> {
        @_lifetime(borrow self)
        get { engine.line.span }
    }

    /// The command that the driver is asked to handle.
    public var currentCommand: CommandView {
        @_lifetime(borrow self)
        get { CommandView(line: engine.line.span, parsed: engine.command) }
    }

    /// A copy of ``currentLine``.
    public var currentLineOctets: [UInt8] { engine.line.octets }

    /// A copy of ``currentCommand``.
    public var ownedCommand: OwnedCommand { OwnedCommand(currentCommand) }

    /// Appends the command that the driver is asked to handle, in canonical form.
    ///
    /// This changes nothing in the session; only to lend it to a method that is not mutating the compiler copies all of it.
    public mutating func serializeCurrentCommand(into output: inout [UInt8]) {
        engine.serializeCurrentCommand(into: &output)
    }

    /// Goes on with the session.
    ///
    /// - Parameters:
    ///   - input: what the client sent and no step has consumed yet; may be empty.
    ///   - now: the time.
    /// - Returns: how much of the input is done with, and what to do now. Call again with the rest after doing it.
    @inlinable
    public mutating func step(_ input: Span<UInt8>, at now: Timestamp) -> ServerStep {
        // After an answer there is nearly always nothing more to do.
        if input.isEmpty, engine.rests(at: now) { return ServerStep(consumed: 0, action: .needsInput) }
        var consumed = 0
        while desk.pending == nil {
            let step = engine.advance(input.extracting(droppingFirst: consumed), at: now)
            consumed += step.consumed
            guard case .evaluate = step.action else { return ServerStep(consumed: consumed, action: step.action) }
            desk.serve(&engine)
            if let action = engine.takeAction() { return ServerStep(consumed: consumed, action: action) }
        }
        return ServerStep(consumed: consumed, action: .evaluate)
    }

    /// The evaluation of ``ServerAction/evaluate``, once.
    @inlinable
    public mutating func takeEvaluation() -> PendingEvaluation<Checks.SessionState>? { desk.takePending() }

    /// Goes on after an evaluation that took time.
    public mutating func resume(_ outcome: PendingEvaluation<Checks.SessionState>.Outcome, at now: Timestamp) {
        engine.moveClock(to: now)
        desk.resume(outcome, &engine)
        desk.serve(&engine)
    }

    /// The application's answer to ``ServerAction/greet``, ``ServerAction/command(_:)``,
    /// ``ServerAction/authenticationResponse`` or ``ServerAction/endOfMessage``.
    ///
    /// - Returns: whether an answer was outstanding. One that nobody asked for is dropped.
    @inlinable
    @discardableResult
    public mutating func reply(_ reply: Reply, at now: Timestamp) -> Bool {
        let wasOutstanding = engine.reply(reply, at: now)
        desk.serve(&engine)
        return wasOutstanding
    }

    /// The whole message, after ``ServerAction/provideMessage``.
    ///
    /// - Returns: whether it was asked for.
    @discardableResult
    public mutating func provide(_ message: MessageContent, at now: Timestamp) -> Bool {
        let wasAskedFor = engine.provide(message, at: now)
        desk.serve(&engine)
        return wasAskedFor
    }

    /// The application cannot take the message in progress any more: the rest of it is read and dropped, and the client
    /// gets this reply at its end. An answer that is outstanding is answered with it.
    public mutating func failMessage(_ failure: Reply, at now: Timestamp) {
        engine.failMessage(failure, at: now)
        desk.serve(&engine)
    }

    /// The TLS handshake has succeeded: everything the client said before is forgotten (RFC 3207 §4.2).
    public mutating func tlsEstablished() {
        engine.tlsEstablished()
    }

    /// No new transaction begins from here on: at the next point between transactions the client gets 421 and the session
    /// ends.
    public mutating func shutDown() {
        engine.isShuttingDown = true
    }

    /// The connection is gone. The application drops what it has of a message that was not complete.
    public mutating func disconnected(at now: Timestamp) {
        engine.disconnected(at: now)
        desk.serve(&engine)
    }

    /// When ``timeExpired(at:)`` has to be called if nothing else happens before; `nil` while the session waits for the
    /// application or for checks, which keep their own times.
    public var nextDeadline: Timestamp? { engine.nextDeadline }

    /// The time of a deadline has come.
    ///
    /// Then take the next ``step(_:at:)``: it sends what the deadline released, or ends the session.
    public mutating func timeExpired(at now: Timestamp) {
        engine.timeExpired(at: now)
        desk.serve(&engine)
    }
}
