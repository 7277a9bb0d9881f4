#if SQLite
import GRDB
import Testing

@testable import SMTPReporting

@Suite("Statements and their parameters")
struct SQLStatementTests {
    private static let values: [SQLValue] = [
        .text(""), .octets([]), .null, .integer(.min), .text("a\u{0}b"), .octets([0, 255]), .text("é😀"), .text(""),
        .integer(0),
    ]

    /// Every value before, behind and between every other one, where there is memory for texts and where there is none.
    private static let rows: [[SQLValue]] =
        values.map { [$0] } + values.flatMap { first in values.map { [first, $0] } } + [values]

    @Test("find in every place what was put there", arguments: rows)
    func places(_ row: [SQLValue]) throws {
        let queue = try DatabaseQueue()
        try queue.inDatabase { database in
            let places = row.indices.map { "hex(?\($0 + 1)), typeof(?\($0 + 1))" }.joined(separator: ", ")
            let statement = try SQLStatement("SELECT \(places)", database)
            // Twice: nothing of the time before is left.
            for _ in 0..<2 {
                let found = try statement.rows(row) { found in
                    row.indices.map { found.text(Int32(2 * $0)) + " " + found.text(Int32(2 * $0 + 1)) }
                }
                #expect(found == [row.map(Self.description)])
            }
            let nothing = try statement.rows([]) { found in row.indices.map { found.text(Int32(2 * $0 + 1)) } }
            #expect(nothing == [row.map { _ in "null" }])
        }
    }

    private static func description(_ value: SQLValue) -> String {
        func hexadecimal(_ octets: [UInt8]) -> String {
            octets.map { (["0", ""][$0 < 16 ? 0 : 1]) + String($0, radix: 16, uppercase: true) }.joined()
        }
        return switch value {
        case .null: " null"
        case .integer(let integer): hexadecimal(Array("\(integer)".utf8)) + " integer"
        case .text(let text): hexadecimal(Array(text.utf8)) + " text"
        case .octets(let octets): hexadecimal(octets) + " blob"
        }
    }
}
#endif
