public import SMTPSecurity

/// Something that is wrong with a message.
public struct ContentFinding: Sendable, Hashable {
    /// What kind of violation it is.
    public let violation: ViolationDefinition
    /// Where, and what.
    public let evidence: String

    init(_ violation: ViolationDefinition, _ evidence: String) {
        self.violation = violation
        self.evidence = evidence
    }
}
