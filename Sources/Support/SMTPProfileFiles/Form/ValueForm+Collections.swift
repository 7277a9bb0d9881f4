import SMTPSecurity

extension ValueForm {
    /// A list of values, which takes the place of the one before.
    public static func list<Element>(of form: ValueForm<Element>, atMost count: Int = 10_000) -> ValueForm
    where Value == [Element] {
        let schema = listSchema(form, count)
        let allowed = "a list, each \(form.allowed)"
        return ValueForm(allowed: allowed, schema: schema) { node, reader in
            elements(node, form, count, &reader)
        } show: { values in
            .list(values.map { form.show($0) })
        }
    }

    fileprivate static func listSchema<Element>(_ form: ValueForm<Element>, _ count: Int) -> ProfileValue {
        .map(["type": .text("array"), "items": form.schema, "maxItems": .integer(Int64(count))])
    }

    fileprivate static func elements<Element>(
        _ node: ProfileNode, _ form: ValueForm<Element>, _ count: Int, _ reader: inout ProfileReader
    ) -> [Element]? {
        guard case .list(let items) = node.content, items.count <= count else {
            reader.refuse(node, allowed: "a list, each \(form.allowed)")
            return nil
        }
        var values: [Element] = []
        for (index, item) in items.enumerated() {
            if let value = reader.below(String(index + 1), { form.read(item, &$0) }) { values.append(value) }
        }
        return values
    }
}

/// A change of a set: what takes its place, or what comes and goes.
struct SetChange<Element: Hashable> {
    var replacement: Set<Element>?
    var added: Set<Element> = []
    var removed: Set<Element> = []

    func apply(to set: inout Set<Element>) {
        if let replacement { set = replacement }
        set.formUnion(added)
        set.subtract(removed)
    }

    /// A list, or a map of the lists `add` and `remove`.
    static func form(of form: ValueForm<Element>) -> ValueForm<SetChange> {
        let list = ValueForm<[Element]>.list(of: form)
        let allowed = "a list, each \(form.allowed); or a map with the lists add and remove"
        let change = ProfileValue.map([
            "type": .text("object"), "additionalProperties": .boolean(false),
            "properties": .map(["add": list.schema, "remove": list.schema]),
        ])
        let schema = ProfileValue.map(["anyOf": .list([list.schema, change])])
        return ValueForm(allowed: allowed, schema: schema) { node, reader in
            var value = SetChange()
            switch node.content {
            case .list:
                guard let elements = list.read(node, &reader) else { return nil }
                value.replacement = Set(elements)
            case .map(let entries):
                for entry in entries {
                    guard entry.key == "add" || entry.key == "remove" else {
                        reader.refuse(entry, known: ["add", "remove"])
                        continue
                    }
                    let elements = reader.below(entry.key) { list.read(entry.value, &$0) } ?? []
                    if entry.key == "add" { value.added = Set(elements) } else { value.removed = Set(elements) }
                }
            case .scalar:
                reader.refuse(node, allowed: allowed)
                return nil
            }
            return value
        } show: { value in
            list.show(Array(value.replacement ?? []))
        }
    }
}
