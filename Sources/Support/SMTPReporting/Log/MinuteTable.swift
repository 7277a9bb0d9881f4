import SMTPSecurity

/// What can be added up from nothing.
protocol Accumulating: Sendable {
    init()
    mutating func add(_ other: Self)
}

extension ProfileStatistics: Accumulating {}

extension Int: Accumulating {
    mutating func add(_ other: Int) { self += other }
}

/// Sums by minute, of a day at most.
struct MinuteTable<Value: Accumulating>: Sendable {
    /// The most minutes.
    static var mostMinutes: Int { 1_440 }

    /// The sums by minutes since 1970.
    private(set) var values: [Int64: Value] = [:]

    var isEmpty: Bool { values.isEmpty }

    /// Adds to a minute; when the table is full, to the last minute that it has, so that nothing is missing from the
    /// sum.
    mutating func add(_ value: Value, minute: Int64) {
        var minute = minute
        if values[minute] == nil, values.count >= Self.mostMinutes { minute = values.keys.max() ?? minute }
        values[minute, default: Value()].add(value)
    }

    /// Adds what another table has.
    mutating func add(_ other: MinuteTable) {
        for (minute, value) in other.values { add(value, minute: minute) }
    }
}
