import SMTPSecurity

extension ProfileDraft {
    /// The keys of a profile, in the order in which they are shown.
    static let keys = ["inherits", "enforcement", "session", "checks", "violations"]

    /// Reads what a profile changes of its parent.
    ///
    /// - Parameter resources: to tell whether a check that is switched on can be.
    mutating func read(_ node: ProfileNode, _ reader: inout ProfileReader, _ resources: ProfileResources) {
        guard let entries = reader.entries(node) else { return }
        reader.references = references
        for entry in entries {
            switch entry.key {
            // Read before.
            case "inherits": break
            case "enforcement":
                reader.below(entry.key) { reader in mode = Self.mode.read(entry.value, &reader) ?? mode }
            case "session":
                reader.below(entry.key) { reader in
                    reader.read(SessionSettings.settings, from: entry.value, into: &session)
                }
            case "checks": reader.below(entry.key) { readChecks(entry.value, &$0, resources) }
            case "violations": reader.below(entry.key) { readFlags(entry.value, &$0) }
            default: reader.refuse(entry, known: Self.keys)
            }
        }
        references = reader.references
    }

    static var mode: ValueForm<SecurityProfile.Mode> {
        .word { mode in
            switch mode {
            case .transparent: "transparent"
            case .blocking: "block"
            }
        }
    }

    private mutating func readChecks(
        _ node: ProfileNode, _ reader: inout ProfileReader, _ resources: ProfileResources
    ) {
        guard let entries = reader.entries(node) else { return }
        for entry in entries {
            guard let index = checks.firstIndex(where: { Self.name(of: $0) == entry.key }) else {
                reader.refuse(entry, known: checks.map { Self.name(of: $0) })
                continue
            }
            reader.below(entry.key) { reader in
                guard let state = Self.read(&checks[index], from: entry.value, &reader) else { return }
                switches[entry.key] = state
                if state == .on, let missing = Self.missing(for: checks[index], in: resources) {
                    reader.note(entry.line, entry.column, "it needs \(missing), which this program was not given")
                }
            }
        }
    }

    /// Reads the settings of a check.
    ///
    /// - Returns: whether it is in use; `nil` if nothing is said about that.
    private static func read(
        _ check: inout any ConfigurableCheck, from node: ProfileNode, _ reader: inout ProfileReader
    ) -> CheckSwitch? {
        if case .scalar(_, let kind) = node.content, kind != .null { return CheckSwitch.form.read(node, &reader) }
        guard var entries = reader.entries(node, allowed: "a map of settings") else { return nil }
        var state: CheckSwitch?
        if let index = entries.firstIndex(where: { $0.key == CheckSwitch.key }) {
            let entry = entries.remove(at: index)
            state = reader.below(entry.key) { CheckSwitch.form.read(entry.value, &$0) }
        }
        let rest = ProfileNode(content: .map(entries), line: node.line, column: node.column)
        check = read(check, rest, &reader)
        return state
    }

    private static func read<Check: ConfigurableCheck>(
        _ check: Check, _ node: ProfileNode, _ reader: inout ProfileReader
    ) -> any ConfigurableCheck {
        var check = check
        reader.read(Check.settings, from: node, into: &check, besides: [CheckSwitch.key])
        return check
    }

    private mutating func readFlags(_ node: ProfileNode, _ reader: inout ProfileReader) {
        guard let entries = reader.entries(node) else { return }
        let known = Set((definitions + unavailableDefinitions).map(\.identifier))
        for entry in entries {
            guard known.contains(entry.key) else {
                reader.refuse(entry, known: known.sorted())
                continue
            }
            reader.below(entry.key) { reader in
                if let value = ValueForm.enforcement.read(entry.value, &reader) { flags[entry.key] = value }
            }
        }
    }

    // MARK: Showing

    /// Everything that the profile has, its parent's included.
    var shown: ProfileValue {
        let key = "profiles.\(name)"
        return .map([
            "enforcement": Self.mode.show(mode),
            "session": .map(Setting.shown(SessionSettings.settings, session, "\(key).session", references)),
            "checks": .map(
                checks.map { check in
                    let name = Self.name(of: check)
                    let state = ProfileValue.Entry(CheckSwitch.key, CheckSwitch.form.show(switches[name] ?? .off))
                    return .init(name, .map([state] + Self.shown(check, "\(key).checks.\(name)", references)))
                }),
            "violations": .map(
                definitions.map { definition in
                    let flags = flags[definition.identifier] ?? definition.enforcement
                    return .init(definition.identifier, ValueForm.enforcement.show(flags))
                }
                    // Those that nobody has set go by failure modes.
                    + unavailableDefinitions.compactMap { definition in
                        flags[definition.identifier].map {
                            .init(definition.identifier, ValueForm.enforcement.show($0))
                        }
                    }),
        ])
    }

    private static func shown<Check: ConfigurableCheck>(
        _ check: Check, _ key: String, _ references: [String: String]
    ) -> [ProfileValue.Entry] {
        Setting.shown(Check.settings, check, key, references)
    }

    // MARK: Schema

    /// What JSON Schema says of a profile.
    var schema: ProfileValue {
        .map([
            "type": .list([.text("object"), .text("null")]), "additionalProperties": .boolean(false),
            "properties": .map([
                "inherits": .map([
                    .init(
                        "description",
                        .text("The profile that this one changes; the one with every default if not given.")),
                    .init("type", .text("string")),
                ]),
                "enforcement": .map([
                    .init(
                        "description", .text("Whether violations refuse anything, or are reported only (transparent).")),
                    .init("enum", .list([.text("transparent"), .text("block")])),
                ]),
                "session": Setting.schema(of: SessionSettings.settings),
                "checks": .map([
                    "type": .list([.text("object"), .text("null")]), "additionalProperties": .boolean(false),
                    "properties": .map(checks.map { .init(Self.name(of: $0), Self.schema(of: $0)) }),
                ]),
                "violations": .map([
                    "type": .list([.text("object"), .text("null")]), "additionalProperties": .boolean(false),
                    "properties": .map(
                        (definitions + unavailableDefinitions).map { definition in
                            guard case .map(let schema) = ValueForm.enforcement.schema else {
                                return .init(definition.identifier, .boolean(true))
                            }
                            return .init(
                                definition.identifier, .map([.init("description", .text(definition.summary))] + schema))
                        }),
                ]),
            ]),
        ])
    }

    private static func schema<Check: ConfigurableCheck>(of check: Check) -> ProfileValue {
        let form = CheckSwitch.form.schema
        var state = form
        if case .map(let entries) = form { state = .map([.init("description", .text(CheckSwitch.summary))] + entries) }
        let settings = ProfileValue.map([
            "type": .list([.text("object"), .text("null")]), "additionalProperties": .boolean(false),
            "properties": .map(
                [.init(CheckSwitch.key, state)] + Check.settings.map { .init($0.key, $0.describedSchema) }),
        ])
        return .map(["anyOf": .list([form, settings])])
    }
}
