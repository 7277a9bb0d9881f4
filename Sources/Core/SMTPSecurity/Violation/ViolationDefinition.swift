/// One kind of violation: its name, what it means, and what happens by default.
///
/// A check declares all of its definitions in ``SecurityCheck/violations``; profiles set flags for them by name and
/// statistics count by name, so the name is part of the interface and never changes.
public struct ViolationDefinition: Sendable, Hashable {
    /// The check that raises it, for example `compliance`.
    public let check: String
    /// The name inside the check, in lower case with hyphens, for example `bare-line-feed`.
    public let name: String
    /// One sentence for people.
    public let summary: String
    /// The flags where a profile says nothing else.
    public let enforcement: Enforcement
    /// The reply that a client gets when the violation is blocked. The Support ID is added to its last line.
    public let reply: Reply
    /// Whether the session ends after the reply.
    public let closesSession: Bool

    /// Check and name, for example `compliance.bare-line-feed`.
    public var identifier: String { "\(check).\(name)" }

    /// Declares a violation.
    public init(
        check: String, name: String, summary: String, enforcement: Enforcement = .alarmAndBlock, reply: Reply,
        closesSession: Bool = false
    ) {
        self.check = check
        self.name = name
        self.summary = summary
        self.enforcement = enforcement
        self.reply = reply
        self.closesSession = closesSession
    }

    /// Two definitions are the same when check and name are.
    public static func == (lhs: ViolationDefinition, rhs: ViolationDefinition) -> Bool {
        lhs.name == rhs.name && lhs.check == rhs.check
    }

    /// Hashes check and name.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(check)
        hasher.combine(name)
    }
}
