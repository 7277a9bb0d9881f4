/// What checks have found out about a session. Each kind of fact is there at most once.
public struct SessionFacts: Sendable {
    private var values: [ObjectIdentifier: any Sendable] = [:]

    /// Stands for a fact that was taken back, so that it is gone after a merge too.
    private struct Nothing: Sendable {}

    /// No facts.
    public init() {}

    /// The fact of this kind; `nil` takes it back.
    public subscript<Fact: SessionFact>(_ kind: Fact.Type) -> Fact.Value? {
        get { values[ObjectIdentifier(kind)] as? Fact.Value }
        set {
            if let newValue {
                values[ObjectIdentifier(kind)] = newValue
            } else if values[ObjectIdentifier(kind)] != nil {
                values[ObjectIdentifier(kind)] = Nothing()
            }
        }
    }

    mutating func merge(_ other: SessionFacts) {
        guard !other.values.isEmpty else { return }
        values.merge(other.values) { _, new in new }
    }
}
