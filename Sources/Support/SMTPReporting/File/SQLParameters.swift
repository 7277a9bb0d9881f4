#if SQLite
/// The parameters of a statement, in their order, with their texts one behind the other in one piece of memory: SQLite reads them where they are, and
/// makes no copies.
struct SQLParameters: Sendable {
    /// One of them.
    enum Parameter: Sendable {
        case null
        case integer(Int64)
        /// So many octets of ``memory``, up to its end at that time.
        case text(count: Int)
        case octets(count: Int)
    }

    private(set) var parameters: [Parameter] = []
    private(set) var memory: [UInt8] = []

    /// None yet.
    init() {}

    init(_ values: [SQLValue]) {
        for value in values { add(value) }
    }

    /// Begins anew, with the memory that there is.
    mutating func removeAll() {
        parameters.removeAll(keepingCapacity: true)
        memory.removeAll(keepingCapacity: true)
    }

    mutating func add(_ value: SQLValue) {
        switch value {
        case .null: addNull()
        case .integer(let integer): add(integer)
        case .text(let text): add(text)
        case .octets(let octets): add(octets)
        }
    }

    mutating func addNull() { parameters.append(.null) }
    mutating func add(_ integer: Int64) { parameters.append(.integer(integer)) }
    mutating func add(_ number: UInt64) { parameters.append(.integer(Int64(bitPattern: number))) }
    mutating func add(_ flag: Bool) { parameters.append(.integer(flag ? 1 : 0)) }
    mutating func add(_ text: String) { addText { $0.append(contentsOf: text.utf8) } }

    mutating func add(_ octets: [UInt8]) {
        memory.append(contentsOf: octets)
        parameters.append(.octets(count: octets.count))
    }

    /// A text, or nothing.
    mutating func add(optional text: String?) {
        if let text { add(text) } else { addNull() }
    }

    /// A number, or nothing.
    mutating func add(optional number: UInt64?) {
        if let number { add(number) } else { addNull() }
    }

    /// A text that is written straight into the memory.
    ///
    /// - Parameter write: appends it, in UTF-8, and takes nothing away.
    mutating func addText(_ write: (inout [UInt8]) -> Void) {
        let start = memory.count
        write(&memory)
        parameters.append(.text(count: memory.count - start))
    }
}
#endif
