/// A violation that a check found in one event.
///
/// It says *what is wrong*. What is done about it is the profile's affair: see ``SecurityProfile/enforcement(of:)``.
public struct Violation: Sendable, Hashable {
    /// The kind.
    public var definition: ViolationDefinition
    /// What shows it.
    public var evidence: Evidence
    /// A reply that fits this occurrence better than the definition's, for example with the time left of a delay.
    public var reply: Reply?
    /// How long the adapter waits before it sends the reply (a tarpit); `.zero` for no wait.
    public var delay: Duration
    /// The check repaired or tolerates what it found, so the profile's block flag does not apply to this occurrence.
    public var isTolerated: Bool

    /// A violation of this kind.
    public init(
        _ definition: ViolationDefinition, evidence: Evidence = .none, reply: Reply? = nil, delay: Duration = .zero,
        isTolerated: Bool = false
    ) {
        self.definition = definition
        self.evidence = evidence
        self.reply = reply
        self.delay = delay
        self.isTolerated = isTolerated
    }
}
