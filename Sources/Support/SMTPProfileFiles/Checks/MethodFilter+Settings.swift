public import SMTPMethodFilter
import SMTPSecurity

extension MethodFilter: ConfigurableCheck {
    /// What happens to each verb.
    public static var settings: [Setting<MethodFilter>] {
        [.group("verbs", \.self, Verb.allCases.map { setting(for: $0) }, "What happens to each verb.")]
    }

    private static func setting(for verb: Verb) -> Setting<MethodFilter> {
        let name = verb.keyword.map { "\($0)" }
        return Setting(
            name ?? "other", get: { $0[verb] }, set: { $0[verb] = $1 }, .word,
            name.map { "What happens to \($0)." } ?? "What happens to verbs that are let through without a grammar.")
    }
}
