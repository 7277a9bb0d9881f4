/// The first anomaly of each kind: what hostile messages have thousands of costs no memory.
public struct Anomalies: Sendable, Hashable {
    /// In the order in which they were found.
    public private(set) var first: [Anomaly] = []
    /// A bit for each kind that there is.
    private var kinds: UInt128 = 0

    /// None.
    public init() {}

    /// Whether there is none.
    public var isEmpty: Bool { first.isEmpty }

    /// Whether there is one of a kind.
    public func contains(_ kind: Anomaly.Kind) -> Bool { kinds & Self.bit(kind) != 0 }

    /// Adds one, if it is the first of its kind.
    public mutating func add(_ kind: Anomaly.Kind, at offset: Int) {
        let bit = Self.bit(kind)
        guard kinds & bit == 0 else { return }
        kinds |= bit
        first.append(Anomaly(kind, at: offset))
    }

    @inline(__always)
    private static func bit(_ kind: Anomaly.Kind) -> UInt128 {
        // Proof: an enumeration of less than 128 cases without values is one octet, the number of its case.
        1 &<< UInt128(unsafe unsafeBitCast(kind, to: UInt8.self))
    }
}
