/// Keeps the times of a session.
struct SessionClock: Sendable {
    /// When the client connected.
    var sessionStarted = Timestamp(nanoseconds: 0)
    /// Since when the session waits for the client; `nil` while it does not.
    private(set) var waitingSince: Timestamp?
    /// When the first octet of an unfinished command line arrived.
    var lineStarted: Timestamp?
    /// How long the session has waited for the client's message data.
    private(set) var dataWait = Duration.zero
    /// Whether message data is what is waited for.
    private var isInData = false
    /// Octets of message data so far, as they came over the wire.
    var dataOctets: UInt64 = 0
    /// The adapter has reported the end of the connection.
    var isDisconnected = false

    mutating func inputArrived(at now: Timestamp) {
        guard let since = waitingSince else { return }
        if isInData { dataWait += max(.zero, since.duration(to: now)) }
        waitingSince = nil
    }

    mutating func waitForInput(from now: Timestamp) {
        if waitingSince == nil { waitingSince = now }
    }

    mutating func beginData() {
        dataWait = .zero
        dataOctets = 0
        waitingSince = nil
        isInData = true
    }

    /// What arrives now is no message data.
    mutating func endData() { isInData = false }

    /// When message data will have become too slow if nothing arrives.
    func slowDataDeadline(_ timeouts: SessionSettings.Timeouts) -> Timestamp? {
        guard timeouts.minimumDataRate > 0, let since = waitingSince else { return nil }
        let rate = UInt64(timeouts.minimumDataRate)
        let earned = Duration.seconds(Int64(clamping: dataOctets / rate))
        return since.advanced(by: max(timeouts.dataRateGrace, earned) - dataWait)
    }
}
