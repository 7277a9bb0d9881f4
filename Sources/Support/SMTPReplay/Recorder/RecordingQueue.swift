import SMTPSecurity

/// Frames that wait to be written, within limits.
///
/// What was taken to be written counts until it is, so that memory is bounded while the disk does not keep up.
struct RecordingQueue {
    /// Frames that are written together.
    static let batchSize = 1_000

    private(set) var count = 0
    private(set) var octets = 0
    private var frames: [RecordedFrame] = []
    private let mostFrames: Int
    private let mostOctets: Int

    init(_ limits: RecorderLimits) {
        mostFrames = max(0, limits.queuedEvents)
        mostOctets = max(0, limits.queuedOctets)
    }

    var isEmpty: Bool { frames.isEmpty }

    /// Adds a frame, if there is room for it.
    mutating func append(_ frame: RecordedFrame) -> Bool {
        guard count < mostFrames, frame.estimatedOctets <= mostOctets - octets else { return false }
        force(frame)
        return true
    }

    /// Adds a frame that needs no room: that a session is cut, once for each session.
    mutating func force(_ frame: RecordedFrame) {
        frames.append(frame)
        count += 1
        octets += frame.estimatedOctets
    }

    /// Takes the oldest frames.
    mutating func take() -> [RecordedFrame] {
        let batch = Array(frames.prefix(Self.batchSize))
        frames.removeFirst(batch.count)
        return batch
    }

    /// These frames are written, or never will be.
    mutating func finish(_ batch: some Sequence<RecordedFrame>) {
        for frame in batch {
            count -= 1
            octets -= frame.estimatedOctets
        }
    }

    /// Has frames wait again that were taken.
    mutating func putBack(_ batch: some Collection<RecordedFrame>) { frames.insert(contentsOf: batch, at: 0) }
}

extension RecordedFrame {
    /// How much memory it takes, in octets.
    var estimatedOctets: Int {
        let fixed = MemoryLayout<RecordedFrame>.size + 32
        guard case .event(let event) = content else { return fixed }
        switch event {
        case .client(_, let octets, _): return fixed + octets.count
        case .reply(let reply): return fixed + reply.textOctets
        case .upstreamReply(let reply, let command): return fixed + reply.textOctets + command.count
        case .upstreamFailed(_, let command): return fixed + command.count
        case .upstreamConnected, .unread, .tlsEstablished, .disconnected, .closed: return fixed
        }
    }
}

extension Reply {
    fileprivate var textOctets: Int { lines.reduce(0) { $0 + $1.utf8.count + 16 } }
}
