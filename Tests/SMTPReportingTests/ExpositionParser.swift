/// A strict reader of the text format of Prometheus, version 0.0.4, as its documentation has it.
struct ExpositionParser {
    struct Sample: Hashable {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private(set) var samples: [Sample] = []
    private(set) var types: [String: String] = [:]
    private(set) var helps: [String: String] = [:]
    private var seen: Set<[String]> = []
    private var current: String?

    init(_ text: String) throws {
        guard text.isEmpty || text.utf8.last == UInt8(ascii: "\n") else {
            throw Failure(description: "the last line has no end")
        }
        // Only a line feed ends a line.
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        for line in lines { try read(Array(line)) }
    }

    private mutating func read(_ line: [Unicode.Scalar]) throws {
        var line = Line(line)
        if line.skip("# HELP ") {
            let name = try line.name()
            try line.expect(" ")
            guard helps.updateValue(line.rest, forKey: name) == nil else {
                throw Failure(description: "two helps of \(name)")
            }
            try begin(name)
        } else if line.skip("# TYPE ") {
            let name = try line.name()
            try line.expect(" ")
            guard ["counter", "gauge"].contains(line.rest), types.updateValue(line.rest, forKey: name) == nil else {
                throw Failure(description: "the type of \(name)")
            }
            guard current == name else { throw Failure(description: "\(name) has no help") }
        } else {
            try readSample(&line)
        }
    }

    /// All lines of a name belong together.
    private mutating func begin(_ name: String) throws {
        guard types[name] == nil else { throw Failure(description: "\(name) comes twice") }
        current = name
    }

    private mutating func readSample(_ line: inout Line) throws {
        let name = try line.name()
        guard name == current, types[name] != nil else { throw Failure(description: "\(name) has no type here") }
        var labels: [String: String] = [:]
        if line.skip("{") {
            repeat {
                let label = try line.name(isLabel: true)
                try line.expect("=\"")
                guard labels.updateValue(try line.value(), forKey: label) == nil else {
                    throw Failure(description: "two labels \(label)")
                }
            } while line.skip(",")
            try line.expect("}")
        }
        try line.expect(" ")
        guard let value = Double(line.rest), value >= 0 else { throw Failure(description: "no number: \(line.rest)") }
        let key = [name] + labels.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        guard seen.insert(key).inserted else { throw Failure(description: "two samples \(key)") }
        samples.append(Sample(name: name, labels: labels, value: value))
    }

    private struct Line {
        private var scalars: ArraySlice<Unicode.Scalar>

        init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars[...] }

        var rest: String {
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            return String(text)
        }

        mutating func skip(_ text: String) -> Bool {
            guard scalars.starts(with: text.unicodeScalars) else { return false }
            scalars.removeFirst(text.unicodeScalars.count)
            return true
        }

        mutating func expect(_ text: String) throws {
            guard skip(text) else { throw Failure(description: "\(text) expected before \(rest)") }
        }

        mutating func name(isLabel: Bool = false) throws -> String {
            let name = scalars.prefix {
                $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_")
            }
            guard let first = name.first, !("0"..."9").contains(first) else {
                throw Failure(description: "no name: \(rest)")
            }
            scalars.removeFirst(name.count)
            return String(name.map(Character.init))
        }

        mutating func value() throws -> String {
            var text = String.UnicodeScalarView()
            while let scalar = scalars.popFirst() {
                if scalar == "\"" { return String(text) }
                guard scalar == "\\" else {
                    text.append(scalar)
                    continue
                }
                switch scalars.popFirst() {
                case "\\": text.append("\\")
                case "\"": text.append("\"")
                case "n": text.append("\n")
                default: throw Failure(description: "an escape that is none")
                }
            }
            throw Failure(description: "a value without end")
        }
    }
}
