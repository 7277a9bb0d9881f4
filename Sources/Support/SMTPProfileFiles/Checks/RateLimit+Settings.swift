public import SMTPRateLimit
import SMTPSecurity

extension RateLimit: ConfigurableCheck {
    /// Rules, networks, exemptions.
    public static var settings: [Setting<RateLimit>] {
        [
            Setting("rules", \.rules, .list(of: .rateRule, atMost: 100), "How much of what, counted apart by what."),
            Setting(
                "concurrent-connections", \.concurrentConnections, .optional(.number(1...1_000_000), none: "unlimited"),
                "Connections that a network may have at a time."),
            .ipv4PrefixLength(\.ipv4PrefixLength), .ipv6PrefixLength(\.ipv6PrefixLength),
            Setting("exempt-networks", \.exemptNetworks, .list(of: .network), "Clients that are not limited."),
            Setting(
                "exempts-authenticated-clients", \.exemptsAuthenticatedClients, .flag,
                "Whether clients that have authenticated are not limited."),
            Setting("failure-mode", \.failureMode, .word, "What happens when the store cannot be asked."),
            Setting("deadline", \.deadline, .checkTime, "How long the store may take."),
        ]
    }
}

/// A rule while it is read.
private struct RateRuleDraft {
    var name = ""
    var quantity: RateRule.Quantity?
    var parts: [RateRule.Part] = []
    var allow: Int64 = 0
    var period = Duration.zero
    var burst: Int64?

    static var settings: [Setting<RateRuleDraft>] {
        [
            Setting(
                "name", \.name, .line("a name", maximumOctets: 100),
                "What the rule is called; rules of one name share counts."),
            Setting("count", \.quantity, .given(.word), "What is counted."),
            Setting(
                "by", \.parts, .list(of: .word, atMost: 8), "What is counted apart; several together make one key."),
            Setting("allow", \.allow, .number(1...1_000_000_000_000), "How many in each period."),
            Setting(
                "per", \.period, .duration(atLeast: .milliseconds(1), atMost: .seconds(366 * 86_400)), "The period."),
            Setting(
                "burst", \.burst, .given(.number(1...1_000_000_000_000)),
                "How many at once; as many as in a period if not given."),
        ]
    }

    static let required = ["name", "count", "by", "allow", "per"]
}

extension ValueForm {
    /// What may be missing, but not be said to be.
    fileprivate static func given<Wrapped>(_ form: ValueForm<Wrapped>) -> ValueForm where Value == Wrapped? {
        ValueForm(allowed: form.allowed, schema: form.schema) { node, reader in
            form.read(node, &reader).map { .some($0) }
        } show: { value in
            value.map { form.show($0) } ?? .null
        }
    }
}

extension ValueForm where Value == RateRule {
    /// A map of what a rule has.
    static var rateRule: ValueForm {
        let allowed = "a map with name, count, by, allow and per"
        let settings = RateRuleDraft.settings
        let schema = ProfileValue.map([
            "type": .text("object"), "additionalProperties": .boolean(false),
            "required": .list(RateRuleDraft.required.map { .text($0) }),
            "properties": .map(settings.map { .init($0.key, $0.describedSchema) }),
        ])
        return ValueForm(allowed: allowed, schema: schema) { node, reader in
            guard case .map(let entries) = node.content else {
                reader.refuse(node, allowed: allowed)
                return nil
            }
            var draft = RateRuleDraft()
            let problems = reader.problemCount
            reader.read(settings, from: node, into: &draft)
            for key in RateRuleDraft.required where !entries.contains(where: { $0.key == key }) {
                reader.note(node.line, node.column, "a rule needs \(key); a rule is \(allowed)")
            }
            guard reader.problemCount == problems, let quantity = draft.quantity else { return nil }
            do throws(RateRule.Invalid) {
                let allowance = RateAllowance(draft.allow, per: draft.period, burst: draft.burst)
                return try RateRule(draft.name, quantity, by: Set(draft.parts), allowance)
            } catch {
                reader.note(node.line, node.column, "\(error)")
                return nil
            }
        } show: { rule in
            var draft = RateRuleDraft()
            draft.name = rule.name
            draft.quantity = rule.quantity
            draft.parts = RateRule.Part.allCases.filter { rule.parts.contains($0) }
            draft.allow = rule.allowance.count
            draft.period = rule.allowance.period
            draft.burst = rule.allowance.burst
            return .map(Setting.shown(settings, draft, "", [:]))
        }
    }
}
