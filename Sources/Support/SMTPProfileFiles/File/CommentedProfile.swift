/// Writes a value as YAML, each key below a comment that says what it is.
struct CommentedProfile {
    private static let width = 110
    private var text = ""

    /// The YAML of a map.
    ///
    /// - Parameter schema: what knows the descriptions of the keys.
    static func yaml(_ value: ProfileValue, schema: ProfileValue) -> String {
        var writer = CommentedProfile()
        writer.write(value, schema, indent: 0)
        return writer.text
    }

    private mutating func write(_ value: ProfileValue, _ schema: ProfileValue?, indent: Int) {
        guard case .map(let entries) = value else { return }
        let margin = String(repeating: " ", count: indent)
        for entry in entries {
            let own = Self.part(entry.key, of: schema)
            if case .text(let description)? = own?["description"] {
                for line in Self.lines(description.split(separator: " "), between: " ", indent + 2) {
                    text += "\(margin)# \(line)\n"
                }
            }
            let key = Self.line(.text(entry.key))
            switch entry.value {
            case .map(let inner) where !inner.isEmpty:
                text += "\(margin)\(key):\n"
                write(entry.value, own, indent: indent + 2)
            case .list(let values) where values.contains(where: { !$0.isWord }):
                text += "\(margin)\(key):\n"
                for value in values { text += "\(margin)  - \(Self.inline(value))\n" }
            case .list(let values):
                let lines = Self.lines(values.map { Self.line($0)[...] }, between: ", ", indent + 4)
                if lines.count < 2, key.count + (lines.first?.count ?? 0) + indent + 4 <= Self.width {
                    text += "\(margin)\(key): [\(lines.first ?? "")]\n"
                } else {
                    text += "\(margin)\(key): [\n"
                    for line in lines { text += "\(margin)    \(line)\n" }
                    text += "\(margin)  ]\n"
                }
            default: text += "\(margin)\(key): \(Self.line(entry.value))\n"
            }
        }
    }

    /// What a schema says of the value of a key.
    private static func part(_ key: String, of schema: ProfileValue?) -> ProfileValue? {
        if let own = schema?["properties"]?[key] { return own }
        if case .list(let choices)? = schema?["anyOf"] {
            return choices.lazy.compactMap { part(key, of: $0) }.first
        }
        // A flag of whether there may be other keys, or what those are.
        guard case .map? = schema?["additionalProperties"] else { return nil }
        return schema?["additionalProperties"]
    }

    /// A map or a list between braces or brackets.
    private static func inline(_ value: ProfileValue) -> String {
        switch value {
        case .map(let entries):
            "{" + entries.map { "\(line(.text($0.key))): \(inline($0.value))" }.joined(separator: ", ") + "}"
        case .list(let values): "[" + values.map { inline($0) }.joined(separator: ", ") + "]"
        default: line(value)
        }
    }

    /// What fits on one line.
    private static func line(_ value: ProfileValue) -> String {
        switch value {
        case .map, .list: inline(value).replacing("\n", with: " ")
        // A document's end follows a lone word.
        default: value.yaml.split(separator: "\n").first.map(String.init) ?? ""
        }
    }

    private static func lines(_ words: [Substring], between mark: String, _ indent: Int) -> [String] {
        var lines: [String] = []
        for (index, word) in words.enumerated() {
            let piece = word + (index + 1 < words.count ? mark : "")
            if let last = lines.last, last.count + piece.count + indent <= width {
                lines[lines.count - 1] += piece
            } else {
                lines.append(String(piece))
            }
        }
        return lines.map { line in line.hasSuffix(" ") ? String(line.dropLast()) : line }
    }
}

extension ProfileValue {
    /// Whether it is neither a list nor a map.
    fileprivate var isWord: Bool {
        switch self {
        case .list, .map: false
        default: true
        }
    }
}
