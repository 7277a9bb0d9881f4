import Foundation
import Yams

/// A value as profile files and their schema have it.
public enum ProfileValue: Sendable, Hashable {
    /// Nothing.
    case null
    /// True or false.
    case boolean(Bool)
    /// A whole number.
    case integer(Int64)
    /// A text.
    case text(String)
    /// Values in order.
    case list([ProfileValue])
    /// Keys and their values, in order.
    case map([Entry])

    /// A key and its value.
    public struct Entry: Sendable, Hashable {
        /// The key.
        public var key: String
        /// Its value.
        public var value: ProfileValue

        /// A key and its value.
        public init(_ key: String, _ value: ProfileValue) {
            self.key = key
            self.value = value
        }
    }

    /// A map of keys in this order.
    static func map(_ pairs: KeyValuePairs<String, ProfileValue>) -> ProfileValue {
        .map(pairs.map { Entry($0.key, $0.value) })
    }

    /// The value of a key of a map.
    subscript(_ key: String) -> ProfileValue? {
        guard case .map(let entries) = self else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// As YAML.
    public var yaml: String { (try? Yams.serialize(node: node, width: -1, allowUnicode: true)) ?? "" }

    /// As JSON, with the keys of each map in alphabetical order.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) + "\n" } ?? ""
    }

    private var node: Node {
        switch self {
        case .null: Node("null", Tag(.null))
        case .boolean(let value): Node(value ? "true" : "false", Tag(.bool))
        case .integer(let value): Node(String(value), Tag(.int))
        case .text(let text): Node(text, Tag(.str), Self.isPlain(text) ? .plain : .doubleQuoted)
        case .list(let values):
            Node(values.map(\.node), Tag(.seq), values.allSatisfy(\.isScalar) ? .flow : .block)
        case .map(let entries):
            Node(
                entries.map { (ProfileValue.text($0.key).node, $0.value.node) }, Tag(.map),
                entries.isEmpty ? .flow : .block)
        }
    }

    private var isScalar: Bool {
        switch self {
        case .list, .map: false
        default: true
        }
    }

    /// Whether a text is the same text without quotes, in every version of YAML.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return false }
        if (0x30...0x39).contains(first) {
            return ["ms", "s", "m", "h", "d", "K", "M", "G"].contains(text.drop { $0.isASCII && $0.isNumber })
        }
        let isWord = text.utf8.allSatisfy { octet in
            (0x61...0x7A).contains(octet | 0x20) || (0x2D...0x39).contains(octet) || octet == 0x5F
        }
        guard isWord, (0x61...0x7A).contains(first | 0x20) else { return false }
        return !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text.lowercased())
    }
}

extension ProfileValue: Encodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Encodes the value itself, not its case.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .list(let values):
            var container = encoder.unkeyedContainer()
            for value in values { try container.encode(value) }
        case .map(let entries):
            var container = encoder.container(keyedBy: Key.self)
            for entry in entries { try container.encode(entry.value, forKey: Key(stringValue: entry.key)) }
        default:
            var container = encoder.singleValueContainer()
            switch self {
            case .boolean(let value): try container.encode(value)
            case .integer(let value): try container.encode(value)
            case .text(let text): try container.encode(text)
            default: try container.encodeNil()
            }
        }
    }
}
