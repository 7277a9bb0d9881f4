/// What a service says that it has found, in the header fields that servers have in common (draft-stecher-icap-subid-00).
struct ICAPFinding: Sendable, Hashable {
    /// The name of what was found, as the service writes it.
    let name: String

    /// `nil` if the fields speak of nothing.
    init?(_ fields: ICAPFields) {
        if let value = fields.values("x-infection-found").first {
            name = Self.name(Self.threat(in: value))
        } else if let value = fields.values("x-virus-id").first {
            name = Self.name(value[...])
        } else if let value = fields.values("x-violations-found").first {
            // A count; then a file, a threat, its number and what was done, each in its line.
            let lines = value.split(separator: "\n", omittingEmptySubsequences: false)
            if lines.count <= 1, !value.isEmpty, value.allSatisfy({ $0 == "0" }) { return nil }
            name = Self.name(lines.count > 2 ? lines[2] : "")
        } else {
            return nil
        }
    }

    /// `Type=0; Resolution=2; Threat=NAME;`
    private static func threat(in value: String) -> Substring {
        for part in value.split(whereSeparator: { $0 == ";" || $0 == "\n" }) {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if sides.count == 2, sides[0].trimmed.lowercased() == "threat" { return sides[1].trimmed }
        }
        return value[...]
    }

    private static func name(_ text: Substring) -> String {
        let line = text.split(separator: "\n").first ?? ""
        return line.isEmpty ? "found by icap" : String(printable: line.utf8)
    }
}
