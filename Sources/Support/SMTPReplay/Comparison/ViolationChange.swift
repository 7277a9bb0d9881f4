/// How often a violation was raised in both runs.
public struct ViolationChange: Sendable, Hashable, Encodable {
    /// How often in one run.
    public struct Count: Sendable, Hashable, Encodable {
        /// How often it was raised.
        public var raised = 0
        /// How often of these what raised it was refused.
        public var refused = 0

        /// Never.
        public init() {}
    }

    /// Check and name, such as `compliance.bare-line-feed`.
    public var violation: String
    /// What it is compared with; `nil` where that is the recording, which has no violations.
    public var baseline: Count?
    /// Under the policy that is tried.
    public var policy: Count

    /// Whether both runs have the same.
    public var isSame: Bool { baseline == policy }
}
