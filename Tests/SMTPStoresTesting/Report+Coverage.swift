extension StoreConformance.Report {
    /// Every kind of decision that a run has to have compared often, so that agreement says something.
    public static let kinds = [
        "allowed", "exceeded", "unseen", "early", "passed", "known", "trusted", "tolerated", "penalized",
        "penalty none",
        "penalty some",
    ]

    /// Kinds that were compared less than once in a hundred sequences.
    public var rareKinds: [String] {
        Self.kinds.filter { decisions[$0, default: 0] * 100 < sequences }
    }
}
