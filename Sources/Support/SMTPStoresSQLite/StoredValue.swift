#if SQLite
import GRDB
import SMTPSecurity
import SMTPStores

/// A table of a store's file.
struct StoredTable: Sendable {
    /// Its name.
    let name: String
    /// The columns after `id`, `key` and `owner`. All are integers.
    let columns: [String]
    /// The column with the time from which on a row says nothing, in microseconds since 1970.
    let expiry: String
    /// Writes a row, in place of one that is there.
    let write: String
    /// Removes what has expired from a range of rows.
    let sweep: String
    /// Says which row is the last one.
    let lastRow: String

    init(_ name: String, _ columns: [String], expiry: String) {
        self.name = name
        self.columns = columns
        self.expiry = expiry
        let parameters = Array(repeating: "?", count: columns.count + 3).joined(separator: ", ")
        write =
            "INSERT OR REPLACE INTO \(name) (id, key, owner, \(columns.joined(separator: ", "))) VALUES (\(parameters))"
        sweep = "DELETE FROM \(name) WHERE id BETWEEN ? AND ? AND \(expiry) <= ?"
        lastRow = "SELECT max(id) FROM \(name)"
    }
}

/// What a table of a store's file has of a key.
protocol StoredValue: MemoryValue {
    /// The table.
    static var table: StoredTable { get }

    /// The columns of a value.
    func columns(isTrustee: Bool) -> [Int64]

    /// The value of columns; `nil` if no value has these.
    static func read(_ columns: [Int64]) -> (value: Self, isTrustee: Bool)?
}

extension RateValue: StoredValue {
    static let table = StoredTable("rate", ["arrival", "tolerance"], expiry: "arrival")

    func columns(isTrustee: Bool) -> [Int64] { [arrival, tolerance] }

    static func read(_ columns: [Int64]) -> (value: RateValue, isTrustee: Bool)? {
        guard columns.count == 2, columns[1] >= 0 else { return nil }
        return (RateValue(arrival: columns[0], tolerance: columns[1]), false)
    }
}

extension SightingValue: StoredValue {
    static let table = StoredTable("sender", ["trustee", "first", "last", "passes", "expires"], expiry: "expires")

    func columns(isTrustee: Bool) -> [Int64] { [isTrustee ? 1 : 0, first, last, passes, expires] }

    static func read(_ columns: [Int64]) -> (value: SightingValue, isTrustee: Bool)? {
        guard columns.count == 5, columns[3] >= 0 else { return nil }
        let value = SightingValue(first: columns[1], last: columns[2], passes: columns[3], expires: columns[4])
        return (value, columns[0] != 0)
    }
}

extension TallyValue: StoredValue {
    static let table = StoredTable(
        "failures",
        ["number", "failures", "outcomes", "previous_failures", "previous_outcomes", "penalty_end", "expires"],
        expiry: "expires")

    func columns(isTrustee: Bool) -> [Int64] {
        [
            number, Int64(failures), Int64(outcomes), Int64(previousFailures), Int64(previousOutcomes), penaltyEnd,
            expires,
        ]
    }

    static func read(_ columns: [Int64]) -> (value: TallyValue, isTrustee: Bool)? {
        guard columns.count == 7, columns[1...4].allSatisfy({ (0...1_000_000).contains($0) }) else { return nil }
        var value = TallyValue(number: columns[0])
        value.failures = Int32(columns[1])
        value.outcomes = Int32(columns[2])
        value.previousFailures = Int32(columns[3])
        value.previousOutcomes = Int32(columns[4])
        value.penaltyEnd = columns[5]
        value.expires = columns[6]
        return (value, false)
    }
}

extension Row {
    /// An integer column; `nil` if it is something else.
    func integer(_ column: Int) -> Int64? { Int64.fromDatabaseValue(self[column]) }
}
#endif
