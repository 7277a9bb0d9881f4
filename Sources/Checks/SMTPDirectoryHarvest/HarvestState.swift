import SMTPSecurity

/// What ``DirectoryHarvest`` remembers of one session.
public struct HarvestState: Sendable {
    /// The keys of client and network, once they were needed.
    var clientKeys: [StoreKey]?
    /// Whether the reply to the `RCPT` in progress says nothing new: it was counted, or a penalty is in force.
    var ignoresReply = false
    /// Until when a penalty is in force, as far as known.
    private var penaltyEnd: Timestamp?
    /// The sender domain with which the store was asked: the penalty may be its own, and not hold for another one.
    private var penalizedSender: StoreKey?

    init() {}

    /// Whether a penalty is known to be in force, so that the store need not be asked.
    func isPenalized(at now: Timestamp, sender: StoreKey?) -> Bool {
        guard let end = penaltyEnd else { return false }
        return now < end && sender == penalizedSender
    }

    /// A penalty is in force.
    mutating func notePenalty(_ remaining: Duration, from now: Timestamp, sender: StoreKey?) {
        penaltyEnd = now.advanced(by: remaining)
        penalizedSender = sender
    }
}
