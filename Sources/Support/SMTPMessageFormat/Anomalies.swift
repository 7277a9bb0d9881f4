/// The first anomaly of each kind: what hostile messages have thousands of costs no memory.
public struct Anomalies: Sendable, Hashable {
    /// In the order in which they were found.
    public private(set) var first: [Anomaly] = []
    private var kinds: Set<Anomaly.Kind> = []

    /// None.
    public init() {}

    /// Whether there is none.
    public var isEmpty: Bool { first.isEmpty }

    /// Whether there is one of a kind.
    public func contains(_ kind: Anomaly.Kind) -> Bool { kinds.contains(kind) }

    /// Adds one, if it is the first of its kind.
    public mutating func add(_ kind: Anomaly.Kind, at offset: Int) {
        if kinds.insert(kind).inserted { first.append(Anomaly(kind, at: offset)) }
    }
}
