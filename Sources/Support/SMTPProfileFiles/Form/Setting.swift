import Foundation
import SMTPSecurity

/// One key of a profile file, and the property that it sets.
public struct Setting<Root> {
    /// The key: lower case with hyphens.
    public let key: String
    /// What it is, in a sentence.
    public let summary: String
    let schema: ProfileValue
    let read: (ProfileNode, inout ProfileReader, inout Root) -> Void
    /// The value, for the key that leads to it and the files that values came from.
    let show: (Root, String, [String: String]) -> ProfileValue

    /// A key for a property.
    public init<Value>(
        _ key: String, _ property: WritableKeyPath<Root, Value>, _ form: ValueForm<Value>, _ summary: String
    ) {
        self.init(key, get: { $0[keyPath: property] }, set: { $0[keyPath: property] = $1 }, form, summary)
    }

    /// A key for something that is read and set in one's own way.
    public init<Value>(
        _ key: String, get: @escaping (Root) -> Value, set: @escaping (inout Root, Value) -> Void,
        _ form: ValueForm<Value>, _ summary: String
    ) {
        self.key = key
        self.summary = summary
        schema = form.schema
        read = { node, reader, root in
            if let value = form.read(node, &reader) { set(&root, value) }
        }
        show = { root, _, _ in form.show(get(root)) }
    }

    private init(
        _ key: String, _ summary: String, schema: ProfileValue,
        read: @escaping (ProfileNode, inout ProfileReader, inout Root) -> Void,
        show: @escaping (Root, String, [String: String]) -> ProfileValue
    ) {
        self.key = key
        self.summary = summary
        self.schema = schema
        self.read = read
        self.show = show
    }

    /// A set: a list that takes its place, or what is added to it and removed from it.
    public static func set<Element: Hashable>(
        _ key: String, _ property: WritableKeyPath<Root, Set<Element>>, of form: ValueForm<Element>, _ summary: String
    ) -> Setting {
        let change = SetChange<Element>.form(of: form)
        return Setting(key, summary, schema: change.schema) { node, reader, root in
            change.read(node, &reader)?.apply(to: &root[keyPath: property])
        } show: { root, _, _ in
            let values = root[keyPath: property].map { form.show($0) }
            return .list(values.sorted { "\($0)" < "\($1)" })
        }
    }

    /// Keys below a key, for the properties of a property.
    public static func group<Value>(
        _ key: String, _ property: WritableKeyPath<Root, Value>, _ settings: [Setting<Value>], _ summary: String
    ) -> Setting {
        Setting(key, summary, schema: Setting<Value>.schema(of: settings)) { node, reader, root in
            reader.read(settings, from: node, into: &root[keyPath: property])
        } show: { root, key, references in
            .map(Setting<Value>.shown(settings, root[keyPath: property], key, references))
        }
    }

    /// The name of a file whose text is read; relative names are looked for beside the profile file.
    ///
    /// - Parameters:
    ///   - key: what it is called in the file.
    ///   - property: what it sets.
    ///   - none: the value where there is no file.
    ///   - parse: the value of the text; throws what is wrong with it.
    ///   - summary: what it is for, in a sentence.
    public static func file<Value, Failure: Error>(
        _ key: String, _ property: WritableKeyPath<Root, Value>, none: Value,
        parse: @escaping (String) throws(Failure) -> Value, _ summary: String
    ) -> Setting {
        let form = ValueForm<String?>.optional(.line("the name of a file", maximumOctets: 4_096), none: "none")
        return Setting(key, summary, schema: form.schema) { node, reader, root in
            guard let name = form.read(node, &reader) else { return }
            reader.references[reader.key] = name
            guard let name else { return root[keyPath: property] = none }
            let path = name.hasPrefix("/") ? name : reader.folder + "/" + name
            do {
                root[keyPath: property] = try parse(try String(contentsOfFile: path, encoding: .utf8))
            } catch let error as Failure {
                reader.note(node.line, node.column, found: node.shown, "\(Evidence(name)): \(error)")
            } catch {
                reader.note(
                    node.line, node.column, found: node.shown,
                    "which cannot be read: \(Evidence(error.localizedDescription))")
            }
        } show: { _, key, references in
            .text(references[key] ?? "none")
        }
    }

    /// What a schema says of a map with these keys.
    static func schema(of settings: [Setting]) -> ProfileValue {
        .map([
            "type": .list([.text("object"), .text("null")]), "additionalProperties": .boolean(false),
            "properties": .map(settings.map { .init($0.key, $0.describedSchema) }),
        ])
    }

    var describedSchema: ProfileValue {
        guard case .map(let entries) = schema else { return schema }
        return .map([.init("description", .text(summary))] + entries)
    }

    /// The keys and values of a root.
    static func shown(
        _ settings: [Setting], _ root: Root, _ key: String, _ references: [String: String]
    ) -> [ProfileValue.Entry] {
        settings.map { setting in
            .init(setting.key, setting.show(root, "\(key).\(setting.key)", references))
        }
    }
}
