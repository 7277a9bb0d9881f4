import Foundation
import SMTPSecurity
import Yams

/// The text of a profile file, and the tree that it stands for.
struct ProfileSource {
    /// The largest file, in octets.
    static let maximumOctets = 1 << 20
    /// How deep lists and maps may be in each other.
    static let maximumDepth = 64
    /// How many values there may be, those counted twice that an alias stands for.
    private static let maximumValues = 100_000

    private let file: String
    private var values = 0

    private init(_ file: String) { self.file = file }

    /// The tree of a text.
    ///
    /// - Parameters:
    ///   - text: YAML, or JSON, which is nearly YAML.
    ///   - file: what problems call it.
    static func tree(of text: String, file: String) throws(ProfileFileError) -> ProfileNode {
        var source = ProfileSource(file)
        return try source.tree(of: text)
    }

    private mutating func tree(of text: String) throws(ProfileFileError) -> ProfileNode {
        guard text.utf8.count <= Self.maximumOctets else {
            throw problem(1, 1, "a profile file has at most \(Self.maximumOctets) octets")
        }
        if let line = Self.tooDeepLine(of: text) {
            throw problem(line, 1, "lists and maps may be \(Self.maximumDepth) deep in each other")
        }
        // JSON may be indented with tabs, which YAML does not want. No tab can be part of a JSON string.
        let isJSON = text.first { !$0.isWhitespace } == "{"
        let text = isJSON ? String(text.map { $0 == "\t" ? " " : $0 }) : text
        let node: Node?
        do {
            node = try Parser(yaml: text).singleRoot()
        } catch let error as YamlError {
            throw problem(error)
        } catch {
            throw problem(1, 1, "it cannot be read: \(Evidence("\(error)"))")
        }
        guard let node else {
            throw problem(1, 1, "there is nothing in it; write \"profiles:\" and the profiles below it")
        }
        return try convert(node, depth: 0)
    }

    private mutating func convert(_ node: Node, depth: Int) throws(ProfileFileError) -> ProfileNode {
        let (line, column) = (node.mark?.line ?? 1, node.mark?.column ?? 1)
        values += 1
        guard values <= Self.maximumValues, depth <= Self.maximumDepth else {
            throw problem(line, column, "there is too much in it")
        }
        var content: ProfileNode.Content
        switch node {
        case .scalar(let scalar): content = .scalar(scalar.string, Self.kind(of: node))
        case .sequence(let sequence):
            var list: [ProfileNode] = []
            for item in sequence { list.append(try convert(item, depth: depth + 1)) }
            content = .list(list)
        case .mapping(let mapping):
            var entries: [ProfileNode.Entry] = []
            for (key, value) in mapping {
                let (line, column) = (key.mark?.line ?? line, key.mark?.column ?? column)
                guard case .scalar(let name) = key else { throw problem(line, column, "a key has to be a word") }
                entries.append(
                    ProfileNode.Entry(
                        key: name.string, line: line, column: column, value: try convert(value, depth: depth + 1)))
            }
            content = .map(entries)
        case .alias: throw problem(line, column, "it cannot be read")
        }
        return ProfileNode(content: content, line: line, column: column)
    }

    private static func kind(of node: Node) -> ProfileNode.ScalarKind {
        switch Tag.Name(rawValue: node.tag.description) {
        case .null: .null
        case .bool: .boolean
        case .int: .integer
        case .float: .number
        default: .text
        }
    }

    /// A line on which more is open than may be. Parsers of nested text call themselves, and a stack has an end; this one is asked before.
    private static func tooDeepLine(of text: String) -> Int? {
        var (line, open, indent) = (1, 0, 0)
        var isAtBeginning = true
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "\n"):
                line += 1
                indent = 0
                isAtBeginning = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                open += 1
                isAtBeginning = false
            case UInt8(ascii: "]"), UInt8(ascii: "}"): open = max(0, open - 1)
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"):
                if isAtBeginning { indent += 1 }
            default: isAtBeginning = false
            }
            if open > maximumDepth || indent > 4 * maximumDepth { return line }
        }
        return nil
    }

    private func problem(_ line: Int, _ column: Int, _ reason: String) -> ProfileFileError {
        ProfileFileError([ProfileProblem(file: file, line: line, column: column, key: "", reason: reason)])
    }

    private func problem(_ error: YamlError) -> ProfileFileError {
        switch error {
        case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _), .composer(_, let text, let mark, _):
            return problem(mark.line, mark.column, "this is neither YAML nor JSON: \(Evidence(text))")
        case .duplicatedKeysInMapping(let keys, let context):
            let shown = keys.map { "\"\(Evidence($0))\"" }.joined(separator: ", ")
            return problem(context.mark.line, context.mark.column, "a key is there twice: \(shown)")
        case .reader(let text, _, _, _): return problem(1, 1, "this is no text: \(Evidence(text))")
        default: return problem(1, 1, "this is neither YAML nor JSON")
        }
    }
}
