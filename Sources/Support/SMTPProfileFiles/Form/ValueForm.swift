import SMTPSecurity

/// How one kind of value is written in a profile file: how it is read, how it is shown, and what a schema says of it.
///
/// ```swift
/// Setting("greeting-delay", \.greetingDelay, .duration(atMost: .seconds(60)), "How long the greeting is held back.")
/// ```
public struct ValueForm<Value> {
    /// What is allowed, in words, for whoever wrote something else.
    public let allowed: String
    /// What JSON Schema says of it.
    public let schema: ProfileValue
    let read: (ProfileNode, inout ProfileReader) -> Value?
    let show: (Value) -> ProfileValue

    /// A form. `read` gives `nil` for what is not allowed, and says so to the reader.
    init(
        allowed: String, schema: ProfileValue, read: @escaping (ProfileNode, inout ProfileReader) -> Value?,
        show: @escaping (Value) -> ProfileValue
    ) {
        self.allowed = allowed
        self.schema = schema
        self.read = read
        self.show = show
    }

    /// A form for texts that stand for a value.
    ///
    /// - Parameters:
    ///   - allowed: what is allowed, in words.
    ///   - pattern: a regular expression (ECMA 262) that all of these texts match, for the schema.
    ///   - parse: the value of a text; `nil` if it stands for none.
    ///   - show: the text of a value.
    public static func text(
        _ allowed: String, pattern: String? = nil, parse: @escaping (String) -> Value?,
        show: @escaping (Value) -> String
    ) -> ValueForm {
        var schema = [ProfileValue.Entry("type", .text("string"))]
        if let pattern { schema.append(.init("pattern", .text(pattern))) }
        return ValueForm(allowed: allowed, schema: .map(schema)) { node, reader in
            if case .scalar(let text, .text) = node.content, let value = parse(text) { return value }
            reader.refuse(node, allowed: allowed)
            return nil
        } show: {
            .text(show($0))
        }
    }
}

extension ValueForm where Value: CaseIterable {
    /// One of several words.
    public static func word(_ name: @escaping (Value) -> String) -> ValueForm { word(Array(Value.allCases), name) }
}

extension ValueForm {
    /// One of several words, for these values.
    public static func word(_ values: [Value], _ name: @escaping (Value) -> String) -> ValueForm {
        let words = values.map(name)
        let allowed = words.joined(separator: ", ")
        return ValueForm(allowed: allowed, schema: .map(["enum": .list(words.map { .text($0) })])) { node, reader in
            if case .scalar(let text, .text) = node.content, let value = values.first(where: { name($0) == text }) {
                return value
            }
            var nearest: String?
            if case .scalar(let text, _) = node.content { nearest = NearestWord.to(text, in: words) }
            reader.refuse(node, allowed: allowed, suggestion: nearest)
            return nil
        } show: {
            .text(name($0))
        }
    }
}

extension ValueForm where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of several words: the raw values, in lower case with hyphens.
    public static var word: ValueForm { word { Self.hyphenated($0.rawValue) } }

    private static func hyphenated(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? "-\($1.lowercased())" : String($1) }
    }
}

extension ValueForm {
    /// What is there, or a word for that there is none.
    public static func optional<Wrapped>(_ form: ValueForm<Wrapped>, none word: String) -> ValueForm
    where Value == Wrapped? {
        let allowed = "\(form.allowed), or \(word)"
        let schema = ProfileValue.map(["anyOf": .list([.map(["const": .text(word)]), form.schema])])
        return ValueForm(allowed: allowed, schema: schema) { node, reader in
            if case .scalar(word, .text) = node.content { return .some(.none) }
            return form.read(node, &reader).map { .some($0) }
        } show: { value in
            value.map { form.show($0) } ?? .text(word)
        }
    }
}
