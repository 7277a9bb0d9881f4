/// What a session engine wants its checks to be asked, and what their answer decides about.
@usableFromInline
struct Inquiry: Sendable {
    /// What is being judged.
    enum Subject: Sendable {
        case connection
        /// A line that the engine has nothing against.
        case line
        /// A line with a fault that the engine refuses in any case.
        indirect case faultyLine(ProtocolFault)
        /// A line after which the session has used up its budget.
        case budget(LineFaults, hasMoreInput: Bool)
        indirect case reply(Reply, SessionEngine.Request)
        /// The EHLO reply, which waits to hear what the checks withdraw.
        indirect case offer(Reply, SessionEngine.Decision)
        /// The message that begins, which waits for what is written at its top.
        case trace
        case content
        /// Content with a fault that the engine refuses in any case.
        indirect case faultyContent(ProtocolFault)
        case message
        indirect case incident(ProtocolFault)
        case disconnection
    }

    /// The event, besides faults.
    @usableFromInline
    enum Event: Sendable {
        /// Only faults.
        case none
        case connection
        /// The engine's current command.
        case command
        indirect case reply(Reply, to: Verb)
        /// The engine's content.
        case content
        indirect case message(MessageContent)
        case disconnection
        /// No event: what do the checks withdraw of the extensions?
        case withdrawal
        /// No event: what do the checks write at the top of the message?
        case trace
    }

    /// Faults to ask about first, in this order.
    @usableFromInline var faults: [ProtocolFault] = []
    /// The event to ask about then.
    @usableFromInline var event: Event
    /// The stage that the event belongs to.
    @usableFromInline var stage: StageSet
    /// What it is about.
    var subject: Subject

    /// An inquiry.
    init(_ event: Event, _ stage: StageSet = [], faults: [ProtocolFault] = [], about subject: Subject) {
        self.faults = faults
        self.event = event
        self.stage = stage
        self.subject = subject
    }

    /// About the current command, which has no fault.
    @usableFromInline
    static func command(_ stage: StageSet) -> Inquiry { Inquiry(.command, stage, about: .line) }
}
