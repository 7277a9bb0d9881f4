import SMTPSecurity

/// Reads values out of the tree of a profile file, and gathers what is wrong with it.
struct ProfileReader {
    let file: String
    /// Where files that are named in this one are looked for.
    let folder: String
    private(set) var problems: [ProfileProblem] = []
    /// How many problems there are, also of those that are too many to be kept.
    private(set) var problemCount = 0
    /// Files that values were read from, by key.
    var references: [String: String] = [:]
    private var path: [String] = []

    init(file: String, folder: String) {
        self.file = file
        self.folder = folder
    }

    /// The keys that lead to what is read now.
    var key: String { path.joined(separator: ".") }

    /// Does something below a key.
    mutating func below<Result>(_ key: String, _ body: (inout ProfileReader) -> Result) -> Result {
        path.append("\(Evidence(key))")
        defer { path.removeLast() }
        return body(&self)
    }

    /// Notes that a value is none that is allowed.
    mutating func refuse(_ node: ProfileNode, allowed: String, suggestion: String? = nil) {
        note(node.line, node.column, found: node.shown, "allowed is \(allowed)", suggestion)
    }

    /// Notes something that is wrong.
    mutating func note(_ line: Int, _ column: Int, found: String? = nil, _ reason: String, _ suggestion: String? = nil)
    {
        problemCount += 1
        guard problems.count < 10 * ProfileFileError.mostProblems else { return }
        problems.append(
            ProfileProblem(
                file: file, line: line, column: column, key: key, found: found, reason: reason, suggestion: suggestion))
    }

    /// The entries of a map; `nil`, and a problem, if it is none. An empty value counts as an empty map.
    mutating func entries(_ node: ProfileNode, allowed: String = "a map of keys and values") -> [ProfileNode.Entry]? {
        switch node.content {
        case .map(let entries): return entries
        case .scalar(_, .null): return []
        default:
            refuse(node, allowed: allowed)
            return nil
        }
    }

    /// Notes a key that is not known.
    mutating func refuse(_ entry: ProfileNode.Entry, known: [String]) {
        let nearest = NearestWord.to(entry.key, in: known)
        let list = known.count <= 30 ? "; there are: \(known.joined(separator: ", "))" : ""
        below(entry.key) { reader in
            reader.note(entry.line, entry.column, "there is no such key here\(nearest == nil ? list : "")", nearest)
        }
    }

    /// Reads the settings that a map has into a value.
    ///
    /// - Parameter others: keys that are allowed as well, and read elsewhere.
    mutating func read<Root>(
        _ settings: [Setting<Root>], from node: ProfileNode, into root: inout Root, besides others: [String] = []
    ) {
        guard let entries = entries(node) else { return }
        for entry in entries {
            guard let setting = settings.first(where: { $0.key == entry.key }) else {
                refuse(entry, known: others + settings.map(\.key))
                continue
            }
            below(entry.key) { reader in setting.read(entry.value, &reader, &root) }
        }
    }
}

extension ProfileNode {
    /// What somebody means who writes a flag in another way.
    var meantFlag: String? {
        guard case .scalar(let text, _) = content else { return nil }
        switch text.lowercased() {
        case "yes", "on", "y", "true", "1", "enabled": return "true"
        case "no", "off", "n", "false", "0", "disabled": return "false"
        default: return nil
        }
    }

    /// For problems: what it is, escaped.
    var shown: String {
        switch content {
        case .scalar(_, .null): "nothing"
        case .scalar(let text, .text): "\"\(Evidence(text))\""
        case .scalar(let text, _): "\(Evidence(text))"
        case .list(let items): items.isEmpty ? "an empty list" : "a list"
        case .map: "a map"
        }
    }
}
