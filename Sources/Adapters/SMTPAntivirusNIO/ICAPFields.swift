/// The header fields of an answer, or those after a chunked body (RFC 3507 §4.3).
struct ICAPFields: Sendable, Hashable {
    /// A field. A folded value has a line feed where it was folded.
    struct Field: Sendable, Hashable {
        /// In lower case.
        let name: String
        /// Without white space around each line.
        var value: String
    }

    private(set) var all: [Field] = []

    /// The values of the fields of this name, which is in lower case.
    func values(_ name: String) -> [String] {
        all.filter { $0.name == name }.map(\.value)
    }

    /// The members of a list that the fields of this name make up, without those that are empty.
    func list(_ name: String) -> [String] {
        values(name).flatMap { value in
            value.split(whereSeparator: { $0 == "," || $0 == "\n" })
                .map { String($0.trimmed) }.filter { !$0.isEmpty }
        }
    }

    /// Takes a line of the header section.
    mutating func append(_ line: [UInt8]) throws(ICAPProblem) {
        if line.first == 0x20 || line.first == 0x09 {
            guard !all.isEmpty else { throw ICAPProblem("the first field of the answer is folded") }
            all[all.count - 1].value += "\n\(Self.text(line[...]))"
            return
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            line[..<colon].allSatisfy({ ICAPToken.contains($0) })
        else { throw ICAPProblem("a line of the answer is no field: \(String(printable: line))") }
        let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        all.append(Field(name: name, value: Self.text(line[(colon + 1)...])))
    }

    /// Printable ASCII, as long as a line can be.
    private static func text(_ octets: ArraySlice<UInt8>) -> String {
        let shown = octets.map { (0x20...0x7E).contains($0) ? $0 : $0 == 0x09 ? 0x20 : 0x3F }
        return String(String(decoding: shown, as: UTF8.self).trimmed)
    }
}
