/// When an unknown sender counts as known.
public struct FirstSeenRule: Sendable, Hashable {
    /// How long after the first attempt further ones stay unanswered; at least a microsecond.
    public var delay: Duration
    /// How long after the first attempt it is forgotten if none passed.
    public var retryWindow: Duration
    /// How long after the last pass a sender that passed is forgotten.
    public var lifetime: Duration
    /// After how many senders that passed their trustee passes at once; 0 for never.
    public var trustedAfter: Int

    /// These times.
    public init(delay: Duration, retryWindow: Duration, lifetime: Duration, trustedAfter: Int) {
        self.delay = delay
        self.retryWindow = retryWindow
        self.lifetime = lifetime
        self.trustedAfter = trustedAfter
    }
}

/// One attempt of a sender.
public struct FirstSeenRequest: Sendable, Hashable {
    /// The sender under every identity that it is known by, one at least; what is known of one holds for all. Distinct.
    public var keys: [StoreKey]
    /// Who is trusted after enough senders have passed, for example a client network; `nil` for nobody.
    public var trustee: StoreKey?
    /// The times.
    public var rule: FirstSeenRule

    /// An attempt.
    public init(_ keys: [StoreKey], trustee: StoreKey? = nil, rule: FirstSeenRule) {
        self.keys = keys
        self.trustee = trustee
        self.rule = rule
    }
}

/// What is known of a sender. Durations are whole microseconds.
public enum FirstSeenDecision: Sendable, Hashable {
    /// Nothing: this is its first attempt. It has to wait this long.
    case unseen(wait: Duration)
    /// It came back too early, and has to wait this long.
    case early(wait: Duration)
    /// It came back in time and is known from now on. It waited this long.
    case passed(waited: Duration)
    /// It is known, with this many passes, this one included.
    case known(passes: Int)
    /// Its trustee is trusted. Nothing is remembered of the sender.
    case trusted
}

/// Remembers when a sender was first seen, when it last passed, and how often.
///
/// A key has `first`, `last` (microseconds since 1970) and `passes`. It is remembered while `now < first + retryWindow` if it has no
/// passes, and while `now < last + lifetime` if it has. A trustee has `last` and `passes`, and is remembered like a key with passes.
///
/// An attempt goes like this, in one atomic step:
///
/// 1. A trustee with at least `trustedAfter` passes (where that is not 0) gets `last = now`: ``FirstSeenDecision/trusted``.
/// 2. If any remembered key has passes, the attempt is known: `passes` is the greatest of the remembered keys' and one more, `first`
///    the smallest, `last` is `now`; all keys get these.
/// 3. If any key is remembered, `first` is the smallest of theirs and `age = max(0, now - first)`. With `age < delay`, all keys get
///    `first` and no passes: ``FirstSeenDecision/early(wait:)`` with `delay - age`. Otherwise all keys get `first`, `last = now` and one pass, the
///    trustee (where there is one and `trustedAfter` is not 0) gets `last = now` and one pass more: ``FirstSeenDecision/passed(waited:)`` with
///    `age`.
/// 4. Otherwise all keys get `first = now` and no passes: ``FirstSeenDecision/unseen(wait:)`` with `delay`.
public protocol FirstSeenStore: Sendable {
    /// Notes an attempt and says what is known of its sender.
    ///
    /// What the answer says is kept: a store with a file answers when the file has it.
    ///
    /// - Parameters:
    ///   - request: the attempt.
    ///   - client: on whose account the store remembers something, so that one network cannot fill it for all.
    ///   - now: the time of the attempt, taken in whole microseconds, rounded down.
    func note(_ request: FirstSeenRequest, by client: IPAddress, at now: Timestamp) -> StoreAnswer<FirstSeenDecision>
}
