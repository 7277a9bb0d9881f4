import SMTPSecurity

extension Recorder {
    /// What all who record share.
    struct State {
        var queue: RecordingQueue
        /// Octets of the clients of sessions that are recorded.
        var sessions: [SessionID: Int] = [:]
        var figures = RecorderFigures()
        /// Writing was asked for, and has not come to its end.
        var isWriting = false
        /// When writing failed; `nil` if it did not the last time.
        var failedAt: Timestamp?
        var isClosed = false
        var failureMessages = MessageThrottle()
        var cutMessages = MessageThrottle()

        mutating func begin(_ connection: ConnectionInfo, _ profile: String) -> Bool {
            guard !isClosed else { return false }
            let content = RecordedFrame.Content.begin(
                client: connection.client, local: connection.local, profile: profile)
            guard queue.append(RecordedFrame(content, session: connection.session, at: connection.time)) else {
                figures.refused += 1
                cutMessages.add()
                return false
            }
            figures.sessions += 1
            sessions[connection.session] = 0
            return true
        }

        mutating func record(_ events: [TapeEvent], of session: SessionID, _ limits: RecorderLimits) -> Bool {
            guard !isClosed, var octets = sessions[session] else { return false }
            for (index, event) in events.enumerated() {
                octets += event.clientOctets
                let isWithinLimit = octets <= limits.sessionOctets
                let frame = RecordedFrame(.event(event.content), session: session, at: event.time)
                guard isWithinLimit, queue.append(frame) else {
                    cut(session, isWithinLimit ? .queueFull : .sessionLimit, events[index...])
                    return false
                }
                if event.content == .closed || event.content == .disconnected {
                    sessions[session] = nil
                    return false
                }
            }
            sessions[session] = octets
            return true
        }

        private mutating func cut(_ session: SessionID, _ reason: CutReason, _ lost: ArraySlice<TapeEvent>) {
            sessions[session] = nil
            figures.cut += 1
            figures.droppedOctets += UInt64(lost.reduce(0) { $0 + $1.clientOctets })
            if reason == .queueFull { cutMessages.add() }
            let time = lost.first?.time ?? Timestamp(nanoseconds: 0)
            queue.force(RecordedFrame(.cut(reason), session: session, at: time))
        }
    }
}

extension TapeEvent {
    fileprivate var clientOctets: Int {
        if case .client(_, let octets, _) = content { octets.count } else { 0 }
    }
}
