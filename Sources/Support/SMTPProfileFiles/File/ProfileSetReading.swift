import SMTPSecurity

/// Reads the profiles of a file, parents before those that inherit from them.
struct ProfileSetReading {
    private static let keys = ["use", "select", "profiles"]

    var reader: ProfileReader
    private(set) var drafts: [String: ProfileDraft] = [:]
    private(set) var rules: [ProfileRule] = []
    private(set) var usual: String
    private(set) var remarks: [String] = []

    private let resources: ProfileResources
    private let builtIn: ProfileDraft
    /// What the file has under `profiles`.
    private var entries: [ProfileNode.Entry] = []
    /// The profiles that are being read, each the parent of the one before it.
    private var chain: [String] = []

    init(_ reader: ProfileReader, _ resources: ProfileResources) {
        self.reader = reader
        self.resources = resources
        builtIn = ProfileDraft(resources)
        usual = builtIn.name
    }

    mutating func read(_ tree: ProfileNode) {
        guard let top = reader.entries(tree) else { return }
        for entry in top where !Self.keys.contains(entry.key) { reader.refuse(entry, known: Self.keys) }
        if let entry = top.first(where: { $0.key == "profiles" }) { readProfiles(entry) }
        if drafts[builtIn.name] == nil { drafts[builtIn.name] = builtIn }
        if let only = entries.first, entries.count == 1 { usual = only.key }
        if let entry = top.first(where: { $0.key == "use" }) {
            usual = reader.below("use") { Self.name(entry.value, &$0, drafts) } ?? usual
        }
        if let entry = top.first(where: { $0.key == "select" }) { readRules(entry.value) }
    }

    // MARK: Profiles

    private mutating func readProfiles(_ entry: ProfileNode.Entry) {
        entries = reader.below(entry.key) { $0.entries(entry.value) } ?? []
        for entry in entries {
            let name = ProfileNode(content: .scalar(entry.key, .text), line: entry.line, column: entry.column)
            guard reader.below("profiles", { ValueForm.profileName.read(name, &$0) }) != nil else { continue }
            _ = draft(entry)
        }
    }

    /// The draft of a profile, which is read now if it was not.
    private mutating func draft(_ entry: ProfileNode.Entry) -> ProfileDraft {
        if let known = drafts[entry.key] { return known }
        chain.append(entry.key)
        var draft = parent(of: entry)
        chain.removeLast()
        draft.parent = draft.name
        // Files are shown by the keys that they were given under.
        draft.references = draft.references.reduce(into: [:]) { references, reference in
            let rest = reference.key.dropFirst("profiles.\(draft.name)".count)
            references["profiles.\(entry.key)\(rest)"] = reference.value
        }
        draft.name = entry.key
        let resources = resources
        reader.below("profiles") { reader in
            reader.below(entry.key) { draft.read(entry.value, &$0, resources) }
        }
        remark(on: draft, entry.value)
        drafts[entry.key] = draft
        return draft
    }

    private mutating func parent(of entry: ProfileNode.Entry) -> ProfileDraft {
        guard case .map(let settings) = entry.value.content,
            let inherits = settings.first(where: { $0.key == "inherits" })
        else { return builtIn }
        let (known, chain, builtInName) = (entries.map(\.key) + [builtIn.name], chain, builtIn.name)
        let name = reader.below("profiles") { reader in
            reader.below(entry.key) { reader in
                reader.below("inherits") { reader -> String? in
                    guard let name = ValueForm.profileName.read(inherits.value, &reader) else { return nil }
                    if name == entry.key, name == builtInName { return name }
                    if let start = chain.firstIndex(of: name) {
                        let circle = (chain[start...] + [name]).joined(separator: " → ")
                        reader.note(
                            inherits.value.line, inherits.value.column, "profiles inherit in a circle: \(circle)")
                        return nil
                    }
                    guard known.contains(name) else {
                        Self.refuse(name, inherits.value, &reader, known)
                        return nil
                    }
                    return name
                }
            }
        }
        guard let name, name != entry.key, let parent = entries.first(where: { $0.key == name }) else { return builtIn }
        return draft(parent)
    }

    /// Settings without effect, since what their check needs is missing.
    private mutating func remark(on draft: ProfileDraft, _ node: ProfileNode) {
        guard case .map(let settings) = node.content,
            case .map(let checks)? = settings.first(where: { $0.key == "checks" })?.value.content
        else { return }
        for entry in checks {
            guard case .map = entry.value.content,
                let check = draft.checks.first(where: { ProfileDraft.name(of: $0) == entry.key }),
                let missing = ProfileDraft.missing(for: check, in: resources)
            else { continue }
            remarks.append(
                "\(reader.file):\(entry.line): profiles.\(draft.name).checks.\(entry.key) has no effect without \(missing)"
            )
        }
    }

    // MARK: Who gets which

    private mutating func readRules(_ node: ProfileNode) {
        reader.below("select") { reader in
            guard case .list(let items) = node.content else {
                reader.refuse(
                    node, allowed: "a list of rules, each a map with profile, and with listeners, clients or both")
                return
            }
            for (index, item) in items.enumerated() {
                reader.below(String(index + 1)) { reader in
                    var rule = ProfileRule()
                    reader.read(ProfileRule.settings, from: item, into: &rule)
                    guard case .map(let entries) = item.content,
                        let profile = entries.first(where: { $0.key == "profile" })
                    else { return reader.note(item.line, item.column, "a rule needs a profile") }
                    guard drafts[rule.profile] != nil else {
                        if !rule.profile.isEmpty {
                            Self.refuse(rule.profile, profile.value, &reader, drafts.keys.sorted())
                        }
                        return
                    }
                    rules.append(rule)
                }
            }
        }
    }

    private static func name(
        _ node: ProfileNode, _ reader: inout ProfileReader, _ drafts: [String: ProfileDraft]
    ) -> String? {
        guard let name = ValueForm.profileName.read(node, &reader) else { return nil }
        if drafts[name] != nil { return name }
        refuse(name, node, &reader, drafts.keys.sorted())
        return nil
    }

    private static func refuse(_ name: String, _ node: ProfileNode, _ reader: inout ProfileReader, _ known: [String]) {
        reader.note(
            node.line, node.column, found: node.shown,
            "there is no such profile; there are: \(known.sorted().joined(separator: ", "))",
            NearestWord.to(name, in: known))
    }

    // MARK: Showing

    /// Everything that is in force.
    var shown: ProfileValue {
        var names = entries.map(\.key)
        if !names.contains(builtIn.name) { names.append(builtIn.name) }
        return .map([
            "use": .text(usual),
            "select": .list(
                rules.map { rule in
                    .map(
                        Setting.shown(ProfileRule.settings, rule, "", [:]).filter { $0.value != .list([]) })
                }),
            "profiles": .map(names.map { .init($0, drafts[$0]?.shown ?? .null) }),
        ])
    }
}
