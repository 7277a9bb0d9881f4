public import SMTPSecurity

/// What SPF said in the present transaction, for other checks to use. ``SPFCheck`` sets it.
public enum SPFOutcomesFact: SessionFact {
    /// The outcomes.
    public struct Value: Sendable, Hashable {
        /// Of the client's name; `nil` if it was not asked for.
        public var helo: SPFOutcome?
        /// Of the sender, or of `postmaster` at the client's name for the null sender.
        public var mailFrom: SPFOutcome
        /// The sender that was judged, without angle brackets; empty for the null sender.
        public var sender: [UInt8]
    }
}
