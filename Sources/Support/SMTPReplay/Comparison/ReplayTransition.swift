/// Sessions or messages that come to something else under another policy.
public struct ReplayTransition: Sendable, Hashable, Encodable {
    /// What refusals that no violation decided are counted under.
    public static let noViolation = "(no violation)"

    /// How many.
    public private(set) var count = 0
    /// How many by the violation that refuses them, or has refused them.
    public private(set) var byViolation: [String: Int] = [:]
    /// The first ones.
    public private(set) var examples: [ReplayExample] = []

    mutating func add(_ example: ReplayExample, limit: Int) {
        count += 1
        byViolation[example.violation ?? Self.noViolation, default: 0] += 1
        // A few of each violation.
        if examples.count(where: { $0.violation == example.violation }) < limit { examples.append(example) }
    }
}
