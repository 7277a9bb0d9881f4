import Foundation
import SMTPProfileFiles
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("The schema of profile files")
struct ProfileSchemaTests {
    /// Python with the validator of Debian's package python3-jsonschema.
    private static let python = "/usr/bin/python3"
    private static let isAvailable: Bool = (try? run("import jsonschema", [])) != nil

    private struct Failure: Error {}

    private static func run(_ program: String, _ lines: [String]) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "schema-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appending(path: "lines")
        try Data(lines.joined(separator: "\n").utf8).write(to: input)
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", program, input.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure() }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Whether the schema accepts documents, by a validator that somebody else wrote.
    private static func accepts(_ documents: [ProfileValue]) throws -> [Bool] {
        let lines = ([ProfileSchema.schema(Samples.bare)] + documents).map { value in
            value.json.replacing("\n", with: " ")
        }
        let program = """
            import json, sys
            from jsonschema import Draft202012Validator
            lines = open(sys.argv[1], encoding='utf-8').read().split('\\n')
            schema = json.loads(lines[0])
            Draft202012Validator.check_schema(schema)
            validator = Draft202012Validator(schema)
            for line in lines[1:]: print(validator.is_valid(json.loads(line)))
            """
        return try run(program, lines).map { $0 == "True" }
    }

    @Test(
        "accepts what is in force by default and by each sample",
        .enabled(if: isAvailable, "python3-jsonschema is missing"))
    func samples() throws {
        var documents = [ProfileSet(Samples.bare).effective]
        for name in Samples.names {
            documents.append(try ProfileSet(contentsOf: Samples.path(name), Samples.bare).effective)
        }
        #expect(try Self.accepts(documents).allSatisfy { $0 })
    }

    /// A change that makes a document wrong for sure, or one that may.
    private static func change(_ value: ProfileValue, _ generator: inout Generator, _ isWrong: inout Bool)
        -> ProfileValue
    {
        switch value {
        case .map(var entries) where !entries.isEmpty:
            let index = Int.random(in: entries.indices, using: &generator)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0:
                entries.append(.init("no-such-key", .boolean(true)))
                isWrong = true
            case 1: entries.remove(at: index)
            default: entries[index].value = change(entries[index].value, &generator, &isWrong)
            }
            return .map(entries)
        case .list(var values) where !values.isEmpty && Bool.random(using: &generator):
            let index = Int.random(in: values.indices, using: &generator)
            values[index] = change(values[index], &generator, &isWrong)
            return .list(values)
        default:
            let other: [ProfileValue] = [
                .boolean(true), .boolean(false), .integer(-1), .integer(0), .integer(7), .integer(1 << 50), .text(""),
                .text("5s"), .text("1M"), .text("block"), .text("none"), .text("a.example"), .text("no such word"),
                .list([]), .list([.text("x")]), .list([.list([])]), .map([.init("add", .list([]))]), .null,
            ]
            return other.randomElement(using: &generator) ?? .null
        }
    }

    @Test(
        "accepts whatever is read, and refuses keys and kinds that are not",
        .enabled(if: isAvailable, "python3-jsonschema is missing"))
    func generatedDocuments() throws {
        var generator = Generator(seed: 15)
        var bases = [ProfileSet(Samples.bare).effective]
        for name in Samples.names {
            bases.append(try ProfileSet(contentsOf: Samples.path(name), Samples.bare).effective)
        }
        var documents: [ProfileValue] = []
        var wrong: [Bool] = []
        for _ in 0..<min(400, Generator.cases(200)) {
            var isWrong = false
            documents.append(Self.change(bases.randomElement(using: &generator) ?? .null, &generator, &isWrong))
            wrong.append(isWrong)
        }
        let accepted = try Self.accepts(documents)
        try #require(accepted.count == documents.count)
        var (read, refused) = (0, 0)
        for (index, document) in documents.enumerated() {
            let problems = Samples.problems(document.json)
            if problems.isEmpty {
                read += 1
                #expect(accepted[index], "read, but not accepted by the schema: \(document.json)")
            } else if !accepted[index] {
                refused += 1
            } else {
                // What a schema cannot know.
                let known = [
                    "a time", "octets", "address", "profile", "needs a", "cannot be read", "a rule", "rate rule",
                    "a listener",
                ]
                #expect(
                    problems.allSatisfy { problem in known.contains { problem.reason.contains($0) } },
                    "accepted by the schema: \(problems)")
            }
            if wrong[index] { #expect(!problems.isEmpty && !accepted[index]) }
        }
        #expect(read > 10 && refused > 30)
    }
}
