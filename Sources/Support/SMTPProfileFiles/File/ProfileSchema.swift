/// The JSON Schema (draft 2020-12) of profile files, made from the same settings that read them.
///
/// Editors that know YAML or JSON complete keys and mark mistakes by it. It does not know everything: whether an address is one, and whether a profile that
/// is named exists, is found out when the file is read.
public enum ProfileSchema {
    /// The schema.
    ///
    /// - Parameter resources: the program's own checks are in it as well.
    public static func schema(_ resources: ProfileResources) -> ProfileValue {
        let names = ProfileValue.map([
            .init("type", .list([.text("object"), .text("null")])),
            .init("propertyNames", ValueForm.profileName.schema),
            .init("additionalProperties", ProfileDraft(resources).schema),
        ])
        var rule = Setting<ProfileRule>.schema(of: ProfileRule.settings)
        if case .map(let entries) = rule {
            rule = .map(
                entries.filter { $0.key != "type" }
                    + [.init("type", .text("object")), .init("required", .list([.text("profile")]))])
        }
        return .map([
            "$schema": .text("https://json-schema.org/draft/2020-12/schema"), "title": .text("SMTP security profiles"),
            "type": .text("object"), "additionalProperties": .boolean(false),
            "properties": .map([
                "use": .map([
                    .init("description", .text("The profile for everybody whom no rule selects.")),
                    .init("type", .text("string")),
                ]),
                "select": .map([
                    .init("description", .text("Rules in order; the first one that holds counts.")),
                    .init("type", .text("array")), .init("items", rule),
                ]),
                "profiles": names,
            ]),
        ])
    }
}
