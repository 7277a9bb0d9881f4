/// What an SPF evaluation said of the sender of a transaction, for other checks to use. A check that evaluates SPF sets it.
public enum SPFResultFact: SessionFact {
    /// The result of an evaluation.
    public struct Value: Sendable, Hashable {
        /// Whether the domain authorises the client (`pass`, RFC 7208 §2.6.3).
        public var isPass: Bool
        /// The domain whose policy was evaluated, in lower case.
        public var domain: String

        /// A result.
        public init(isPass: Bool, domain: String) {
            self.isPass = isPass
            self.domain = domain
        }
    }
}

/// The client's host name, confirmed in both directions: its address has the name, and the name has its address. A check that looks
/// it up sets it, in lower case and without a final dot.
public enum ConfirmedHostNameFact: SessionFact {
    /// The name.
    public typealias Value = String
}
