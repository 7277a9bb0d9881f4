extension ProxySession {
    // MARK: Recording

    /// From here on what happens is kept for ``takeTape()``; call it before the first step. Secrets of `AUTH` are masked.
    public mutating func beginRecording() {
        if engine.server.tape == nil { engine.server.tape = SessionTape() }
    }

    /// Nothing further is kept.
    public mutating func endRecording() { engine.server.tape = nil }

    /// Takes what happened since the last call, in order; nothing unless ``beginRecording()`` was called. What the driver does not take
    /// stays in memory.
    public mutating func takeTape() -> [TapeEvent] {
        guard engine.server.tape != nil else { return [] }
        return engine.server.tape?.take() ?? []
    }

    // MARK: Replaying

    /// What the client's next octets will be taken for, once the session asks for input.
    package var expectedPart: TapeEvent.Part { engine.server.expectedPart }

    /// Whether the banner has not been sent, so that input is early.
    package var isBeforeBanner: Bool {
        engine.server.phase == .connecting || engine.server.phase == .holdingGreeting
    }

    /// What the upstream server has to answer, see ``TapeEvent/Content/upstreamReply(_:to:)``; `nil` if nothing. Needs ``beginRecording()``.
    package var outstandingCommand: [UInt8]? {
        switch engine.upstream.state {
        case .awaitingGreeting, .awaitingReply, .awaitingEndOfData: engine.server.tape?.sentCommand
        case .disconnected, .connecting, .idle, .sendingData: nil
        }
    }

    /// Whether the upstream connection stands and nothing is outstanding.
    package var isUpstreamIdle: Bool { engine.upstream.isIdle }

    /// Whether message data is on its way to the upstream server.
    package var isSendingUpstream: Bool { engine.upstream.isSendingData }

    /// Says whether the client has sent more than the next step is shown. Needs ``beginRecording()``.
    package mutating func announceInput(_ follows: Bool) { engine.server.tape?.inputFollows = follows }

    /// The message that is expected will not come: its transaction is forgotten, as if the client had never begun it. Only while the session
    /// asks for input.
    package mutating func dropMessage(at now: Timestamp) {
        guard engine.server.isReceivingMessage else { return }
        engine.server.moveClock(to: now)
        engine.server.abandonMessage()
        engine.server.resetTransaction()
    }
}
