#if SQLite
/// A value for a parameter of a statement.
enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case text(String)
    case octets([UInt8])

    static func number(_ value: UInt64) -> SQLValue { .integer(Int64(bitPattern: value)) }
    static func flag(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
}
#endif
