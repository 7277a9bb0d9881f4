import Dispatch
public import Logging
public import SMTPSecurity
import Synchronization

/// Writes the tapes of sessions to files, without ever holding up whoever records.
///
/// Events wait in memory, within ``RecorderLimits``, and a thread writes them. A session whose events find no room, or that is longer than
/// is kept, is cut, which its recording says. When files cannot be written (the disk is full) mail is not affected: events wait as long as
/// there is room for them, writing is tried again once a second as long as anything comes, and goes on in a new file.
///
/// Recordings contain mail, so files are made readable for their owner alone. A folder belongs to one recorder.
///
/// A class because its identity is the point: it owns files.
public final class Recorder: SessionRecorder, Sendable {
    private let limits: RecorderLimits
    private let logger: Logger?
    private let now: @Sendable () -> Timestamp
    private let state: Mutex<State>
    /// Only the writing thread uses it.
    private let folder: Mutex<RecordingFolder>
    private let writer = DispatchQueue(label: "smtp-recorder")

    /// Records into a folder that is there.
    ///
    /// - Parameters:
    ///   - folder: the folder. Files are called `sessions-<UTC time>-<number>.smtprec`.
    ///   - limits: how much is kept.
    ///   - logger: where failures and sessions that found no room are reported, each at most once a minute.
    ///   - now: tells the time, for names of files and for how long ago something failed. The default is the system's clock.
    /// - Throws: what is wrong with the folder.
    public init(
        folder: String, limits: RecorderLimits = RecorderLimits(), logger: Logger? = nil,
        now: (@Sendable () -> Timestamp)? = nil
    ) throws(RecordingError) {
        let now = now ?? { Timestamp.systemTime }
        self.limits = limits
        self.logger = logger
        self.now = now
        state = Mutex(State(queue: RecordingQueue(limits)))
        let run = UInt64(bitPattern: now().nanoseconds)
        self.folder = Mutex(try RecordingFolder(folder, limits, run: run))
    }

    /// What the recorder did since it was made.
    public var figures: RecorderFigures {
        state.withLock { state in
            var figures = state.figures
            figures.queuedEvents = state.queue.count
            figures.queuedOctets = state.queue.octets
            return figures
        }
    }

    /// A session has begun. Never waits for the disk.
    ///
    /// - Returns: whether there was room for its beginning; if not, nothing of it is recorded.
    public func begin(_ connection: ConnectionInfo, profile: String) -> Bool {
        let isRecorded = state.withLock { $0.begin(connection, profile) }
        startWriting()
        return isRecorded
    }

    /// Has events written. Never waits for the disk.
    ///
    /// - Returns: whether the session is still recorded: not once it is over, or cut.
    public func record(_ events: [TapeEvent], of session: SessionID) -> Bool {
        let goesOn = state.withLock { $0.record(events, of: session, limits) }
        startWriting()
        return goesOn
    }

    /// Writes everything that waits, and returns when it is in a file.
    ///
    /// - Throws: why it is not. It is kept as far as there is room, and written later.
    public func flush() async throws(RecordingError) {
        let failure = await withCheckedContinuation { continuation in
            writer.async { continuation.resume(returning: self.write()) }
        }
        if let failure { throw failure }
    }

    /// Writes what waits, records nothing further, and closes the file.
    public func close() async {
        state.withLock { $0.isClosed = true }
        try? await flush()
        folder.withLock { $0.closeFile() }
    }

    // MARK: Writing

    private func startWriting() {
        let begins = state.withLock { state -> Bool in
            guard !state.isWriting, !state.queue.isEmpty else { return false }
            if let failedAt = state.failedAt {
                let now = now()
                // A clock that was set back must not keep us waiting.
                if failedAt <= now, failedAt.duration(to: now) < .seconds(1) { return false }
            }
            state.isWriting = true
            return true
        }
        if begins { writer.async { _ = self.write() } }
    }

    /// Writes until nothing waits.
    private func write() -> RecordingError? {
        defer { report() }
        while true {
            let batch = state.withLock { state -> [RecordedFrame] in
                let batch = state.queue.take()
                state.isWriting = !batch.isEmpty
                return batch
            }
            guard !batch.isEmpty else { return nil }
            if let failure = write(batch) { return failure }
        }
    }

    /// Writes a batch in pieces, each of which is in its file as a whole, or not at all.
    private func write(_ batch: [RecordedFrame]) -> RecordingError? {
        var rest = batch[...]
        while !rest.isEmpty {
            var (octets, count): ([UInt8], Int) = ([], 0)
            for frame in rest where octets.count < 262_144 {
                FrameEncoder.append(frame, to: &octets)
                count += 1
            }
            do throws(RecordingError) {
                try write(octets)
                let written = rest.prefix(count)
                state.withLock { $0.queue.finish(written) }
                rest = rest.dropFirst(count)
            } catch {
                noteFailure(error, rest)
                return error
            }
        }
        return nil
    }

    private func write(_ octets: [UInt8]) throws(RecordingError) {
        let now = now()
        let (written, removed) = try folder.withLock { folder throws(RecordingError) in
            (try folder.write(octets, at: now), folder.removedFiles)
        }
        state.withLock { state in
            state.failedAt = nil
            state.figures.writtenOctets += written
            state.figures.removedFiles = removed
        }
    }

    private func noteFailure(_ error: RecordingError, _ rest: ArraySlice<RecordedFrame>) {
        let now = now()
        let count = state.withLock { state -> Int? in
            state.queue.putBack(rest)
            state.isWriting = false
            state.failedAt = now
            state.figures.failures += 1
            state.failureMessages.add()
            return state.failureMessages.take(at: now)
        }
        guard let count else { return }
        logger?.error("sessions cannot be recorded", metadata: ["error": "\(error)", "times": "\(count)"])
    }

    private func report() {
        let now = now()
        guard let count = state.withLock({ $0.cutMessages.take(at: now) }) else { return }
        logger?.warning(
            "sessions were cut: they came faster than they could be recorded", metadata: ["sessions": "\(count)"])
    }
}
