import SMTPSecurity
import SMTPSecurityTesting
import Testing

/// Compares what the parser finds in lines with what ``CommandReferenceReader`` does, and records where they disagree.
struct CommandComparison {
    typealias Outcome = Result<ReferenceCommand, CommandParseError>

    /// What follows a line in the input, and must not matter: it goes on where the line stops.
    private static let neighbours: [[UInt8]] = [
        "", "\r\nRCPT TO:<a@b>", ">", "@b.example>", " SIZE=1", "\"@b>", "0000000000000000000000", "=", "]>", ".", ";R",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "LAST", "AAAA", "T", "\0\0\0\0\0\0\0\0", "éééééééééééé",
        "                  ",
        "+20", ":a@b> ", "-", "\\", "\\}",
    ].map { Array($0.utf8) }

    /// Used for every line: what an earlier one left in it must not matter.
    private var command = ParsedCommand()
    private(set) var disagreements = 0
    /// What the lines had in them, to see that they are worth a look.
    private(set) var verbs: Set<Verb> = []
    private(set) var keywords: Set<ParameterKeyword> = []
    private(set) var leniencies: Leniencies = []
    private(set) var faults: Set<CommandParseError.Kind> = []

    /// Compares a line alone.
    ///
    /// - Returns: what the reader finds in it.
    @discardableResult
    mutating func check(_ line: [UInt8]) -> Outcome {
        let expected = CommandReferenceReader.read(line)
        switch expected {
        case .success(let command):
            verbs.insert(command.verb)
            keywords.formUnion(command.parameters.map(\.keyword))
            leniencies.formUnion(command.leniencies)
        case .failure(let error): faults.insert(error.kind)
        }
        if expected != outcome(line) {
            disagree {
                let shortest = $0.shorten(line)
                let found = $0.outcome(shortest)
                return "\(Self.shown(shortest))\n  parser: \(found)\n  reader: \(CommandReferenceReader.read(shortest))"
            }
        }
        return expected
    }

    /// Compares a line inside an input, at two offsets, before octets that go on where it stops.
    mutating func checkPlaces(of line: [UInt8], _ expected: Outcome, _ random: inout Generator) {
        for _ in 0..<2 {
            let offset = random.below(18)
            let neighbour = random.pick(Self.neighbours)
            let input = Array(repeating: UInt8(0x41), count: offset) + line + neighbour
            let span = input.span.extracting(offset..<(offset + line.count))
            if ReferenceCommand.parsing(span, reusing: &command) != expected {
                disagree { _ in "\(Self.shown(line)) at \(offset), before \(Self.shown(neighbour))" }
            }
        }
    }

    private static let first = CommandReferenceReader.read(Array("NOOP".utf8))
    private static let last = CommandReferenceReader.read(Array("QUIT".utf8))

    /// Compares a line that comes through the scanner, after another and before a third, cut at random.
    mutating func checkScanned(_ line: [UInt8], _ expected: Outcome, _ random: inout Generator) {
        // The scanner would make more than one line of it.
        if line.contains(0x0D) || line.contains(0x0A) { return }
        let input = Array("NOOP\r\n".utf8) + line + Array("\r\nQUIT\r\n".utf8)
        var found: [Outcome] = []
        var scanner = LineScanner(limit: 70_000)
        var start = 0
        while start < input.count {
            let end = min(input.count, start + 1 + random.below(random.pick([4, 40, 400])))
            let piece = Array(input[start..<end])
            var offset = 0
            while offset < piece.count {
                let rest = piece.span.extracting(droppingFirst: offset)
                let step = scanner.consume(rest)
                if case .line = step.outcome {
                    found.append(ReferenceCommand.parsing(scanner.line(in: rest), reusing: &command))
                }
                offset += step.consumed
            }
            start = end
        }
        if found != [Self.first, expected, Self.last] { disagree { _ in "through the scanner: \(Self.shown(line))" } }
    }

    /// Writes a line, if it is a command, and reads and writes that again: it has to mean the same and not to change.
    mutating func checkWriting(_ line: [UInt8]) {
        guard let first = write(line) else { return }
        if case .success(let command) = CommandReferenceReader.read(line),
            command.canonicalForm(of: line) != first.written
        {
            disagree { _ in "\(Self.shown(line)) is written as \(Self.shown(first.written))" }
        }
        let canonical = Array(first.written.dropLast(2))
        let second = write(canonical)
        // The one deviation that stays: another name would be another greeting.
        let kept = first.leniencies.intersection(.improperGreetingName)
        if second?.meaning != first.meaning || second?.written != first.written || second?.leniencies != kept
            || Array(first.written.suffix(2)) != [0x0D, 0x0A] || !isCanonical(first.written)
        {
            disagree { _ in
                let again = second.map { Self.shown($0.written) } ?? "not a command"
                return "\(Self.shown(line)) is written as \(Self.shown(first.written)), and that as \(again)"
            }
        }
    }

    /// What a line means, and how it is written; `nil` if it is no command.
    private mutating func write(_ line: [UInt8]) -> (meaning: CommandMeaning, leniencies: Leniencies, written: [UInt8])?
    {
        guard case .success(let found) = outcome(line) else { return nil }
        let view = CommandView(line: line.span, parsed: command)
        var written: [UInt8] = []
        CommandSerializer.serialize(view, into: &written)
        return (CommandMeaning(view), found.leniencies, written)
    }

    private mutating func outcome(_ line: [UInt8]) -> Outcome { ReferenceCommand.parsing(line.span, reusing: &command) }

    /// Records a disagreement; the first few are enough.
    private mutating func disagree(_ what: (inout CommandComparison) -> String) {
        disagreements += 1
        if disagreements <= 10 { Issue.record("\(what(&self))") }
    }

    /// Removes octets for as long as the two still disagree.
    private mutating func shorten(_ line: [UInt8]) -> [UInt8] {
        var line = line
        var width = line.count / 2
        while width > 0 {
            var start = 0
            while start + width <= line.count {
                let shorter = Array(line[..<start] + line[(start + width)...])
                if CommandReferenceReader.read(shorter) != outcome(shorter) { line = shorter } else { start += width }
            }
            width /= 2
        }
        return line
    }

    /// A whole line, escaped.
    private static func shown(_ line: [UInt8]) -> String {
        let pieces = stride(from: 0, to: line.count, by: 100).map { Array(line[$0..<min(line.count, $0 + 100)]) }
        return "\"" + pieces.map { "\(Evidence($0.span))" }.joined() + "\""
    }
}
