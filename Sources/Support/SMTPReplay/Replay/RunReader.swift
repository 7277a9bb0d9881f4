import SMTPSecurity

/// Puts the sessions of one recorder's files together, in the order in which they began.
///
/// A session is given once it is complete, and none that began later before it: so in memory is what was recorded during the longest session.
struct RunReader {
    /// The most octets of one session, by estimate.
    private static let mostOctets = 64 << 20

    /// A session that is being put together.
    private struct Draft {
        var session: RecordedSession
        var octets = 0
        var isComplete = false
    }

    private(set) var figures = RecordingFigures()
    private var paths: ArraySlice<String>
    private var reader: RecordingReader?
    private var number: UInt32 = 0
    /// Sessions in the order in which they began, those that are taken left out.
    private var drafts: [Draft] = []
    /// How many were taken.
    private var taken = 0
    /// The place of sessions that are not complete, those that were taken counted.
    private var places: [SessionID: Int] = [:]
    private var skipped: Set<SessionID> = []

    /// A reader of files in their order.
    init(_ paths: [String]) { self.paths = paths[...] }

    /// The next session; `nil` at the end.
    mutating func next() throws(RecordingError) -> RecordedSession? {
        while !(drafts.first?.isComplete ?? false) {
            guard let frame = try nextFrame() else {
                cutOpenSessions()
                break
            }
            take(frame)
        }
        guard !drafts.isEmpty else { return nil }
        taken += 1
        let session = drafts.removeFirst().session
        if session.isCut { figures.cut += 1 }
        return session
    }

    private mutating func nextFrame() throws(RecordingError) -> RecordedFrame? {
        while true {
            if let frame = try reader?.next() { return frame }
            if reader?.isCutOff == true { figures.filesCutOff += 1 }
            reader = nil
            guard let path = paths.popFirst() else { return nil }
            let next = try RecordingReader(path: path)
            figures.files += 1
            // What is missing between two files may have been about any session that had begun.
            if number > 0, next.header.number != number + 1 { cutOpenSessions() }
            number = next.header.number
            reader = next
        }
    }

    private mutating func take(_ frame: RecordedFrame) {
        if case .begin(let client, let local, let profile) = frame.content {
            let connection = ConnectionInfo(session: frame.session, client: client, local: local, time: frame.time)
            places[frame.session] = taken + drafts.count
            drafts.append(Draft(session: RecordedSession(connection: connection, profile: profile)))
            return
        }
        guard let place = places[frame.session] else { return skip(frame.session) }
        let index = place - taken
        switch frame.content {
        case .begin: break
        case .cut: complete(frame.session, index, isCut: true)
        case .event(let content):
            drafts[index].octets += frame.estimatedOctets
            guard drafts[index].octets <= Self.mostOctets else { return complete(frame.session, index, isCut: true) }
            drafts[index].session.events.append(TapeEvent(content, at: frame.time))
            if content == .closed || content == .disconnected { complete(frame.session, index, isCut: false) }
        }
    }

    private mutating func skip(_ session: SessionID) {
        // What is known of a session's end may be forgotten, and so many sessions are not in a recorder's files.
        guard skipped.count < 1_000_000, skipped.insert(session).inserted else { return }
        figures.skipped += 1
    }

    private mutating func complete(_ session: SessionID, _ index: Int, isCut: Bool) {
        drafts[index].isComplete = true
        drafts[index].session.isCut = isCut
        places[session] = nil
    }

    private mutating func cutOpenSessions() {
        for (session, place) in places { complete(session, place - taken, isCut: true) }
    }
}
