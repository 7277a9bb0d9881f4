/// A value of a profile file, with its place.
struct ProfileNode: Sendable {
    /// What a scalar is by YAML's rules, or JSON's.
    enum ScalarKind: Sendable, Hashable {
        case text
        case integer
        case number
        case boolean
        case null
    }

    /// A key and its value.
    struct Entry: Sendable {
        var key: String
        var line: Int
        var column: Int
        var value: ProfileNode
    }

    /// What it is.
    enum Content: Sendable {
        case scalar(String, ScalarKind)
        case list([ProfileNode])
        case map([Entry])
    }

    var content: Content
    var line: Int
    var column: Int
}
