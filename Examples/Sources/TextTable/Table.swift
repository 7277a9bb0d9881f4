/// Columns of text, as wide as what is in them.
public struct Table {
    private var rows: [[String]]
    /// Which columns are numbers, and stand at the right.
    private let numbers: Set<Int>

    /// A table of these columns.
    ///
    /// - Parameters:
    ///   - titles: what stands above them.
    ///   - numbers: which of them are numbers, and stand at the right.
    public init(_ titles: [String], numbers: Set<Int> = []) {
        rows = [titles]
        self.numbers = numbers
    }

    /// Adds a row, of as many columns.
    public mutating func add(_ row: [String]) { rows.append(row) }

    /// The table, without a line end after it.
    public var text: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                if numbers.contains(column) { return padding + row[column] }
                return column == row.count - 1 ? row[column] : row[column] + padding
            }.joined(separator: "  ").trimmingSuffix { $0 == " " }
        }.joined(separator: "\n")
    }
}

extension String {
    fileprivate func trimmingSuffix(_ isTrimmed: (Character) -> Bool) -> String {
        var rest = self[...]
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        return String(rest)
    }
}
