/// What checks have found out about a session. Each kind of fact is there at most once.
public struct SessionFacts: Sendable {
    private var values: [ObjectIdentifier: any Sendable] = [:]

    /// No facts.
    public init() {}

    /// The fact of this kind.
    public subscript<Fact: SessionFact>(_ kind: Fact.Type) -> Fact.Value? {
        get { values[ObjectIdentifier(kind)] as? Fact.Value }
        set { values[ObjectIdentifier(kind)] = newValue }
    }

    mutating func merge(_ other: SessionFacts) {
        guard !other.values.isEmpty else { return }
        values.merge(other.values) { _, new in new }
    }
}
