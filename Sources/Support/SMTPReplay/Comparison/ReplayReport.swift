/// What a replay came to.
public struct ReplayReport: Sendable, Hashable, Encodable {
    /// The name of the policy that was tried.
    public var policy: String
    /// The name of what it is compared with; `nil` for what became of the sessions when they were recorded.
    public var baseline: String?
    /// How many sessions were played.
    public var sessions = 0
    /// When the first one began, in UTC; `nil` if there is none.
    public var from: String?
    /// When the last one began, in UTC.
    public var until: String?
    /// Files that were read.
    public private(set) var files = 0
    /// Files that ended within a frame, as after a crash.
    public private(set) var filesCutOff = 0
    /// Sessions whose rest is not recorded. They were played as far as it is.
    public private(set) var cut = 0
    /// Sessions that were left out, since their beginning is not recorded.
    public private(set) var skipped = 0
    /// Sessions that went on beyond what was recorded: what the client would have said nobody knows.
    public var beyondRecording = 0
    /// What became of them.
    public var tally = ReplayTally()
    /// What became of them in what it is compared with.
    public var baselineTally = ReplayTally()
    /// Every violation that was raised, by name.
    public var violations: [ViolationChange] = []
    /// Messages that were delivered, and would be refused.
    public var messagesRefused = ReplayTransition()
    /// Messages that were refused, and would be delivered, or would have gone on.
    public var messagesAccepted = ReplayTransition()
    /// Sessions that were accepted, and would be refused, or ended with a refusal.
    public var sessionsRefused = ReplayTransition()
    /// Sessions that were refused, and would be accepted.
    public var sessionsAccepted = ReplayTransition()

    /// Whether mail, or a session, would be refused that was not.
    public var refusesMore: Bool {
        messagesRefused.count > 0 || sessionsRefused.count > 0
            || tally.recipientsRefused > baselineTally.recipientsRefused
    }

    mutating func note(_ figures: RecordingFigures) {
        files = figures.files
        filesCutOff = figures.filesCutOff
        cut = figures.cut
        skipped = figures.skipped
    }
}
