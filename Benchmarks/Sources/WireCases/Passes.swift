public import SMTPSecurity

/// One pass over command lines: what was found is folded into a checksum, so that nothing of the work can be left out.
public struct CommandPass: Sendable {
    /// Lines so far.
    public private(set) var commands = 0
    /// Lines that are no command.
    public private(set) var errors = 0
    /// Depends on everything that was found.
    public private(set) var checksum: UInt64 = 0
    private var command = ParsedCommand()

    /// A pass that has not begun.
    public init() {}

    /// Parses every line.
    @inline(never)
    public mutating func run(_ octets: Span<UInt8>) {
        var scanner = LineScanner(limit: 65_535)
        var index = 0
        while index < octets.count {
            let step = scanner.consume(octets.extracting(droppingFirst: index))
            index += step.consumed
            guard case .line = step.outcome else { break }
            commands += 1
            do throws(CommandParseError) {
                try CommandParser.parse(scanner.line, into: &command)
                fold()
            } catch {
                errors += 1
                fold(UInt64(error.kind.rawValue) << 16 | UInt64(error.offset))
            }
        }
    }

    private mutating func fold() {
        fold(UInt64(command.verb.rawValue) << 32 | UInt64(command.leniencies.rawValue) << 16 | UInt64(command.parameterCount))
        fold(command.verbRange)
        fold(command.argument)
        fold(command.initialResponse)
        fold(UInt64(command.path.kind.rawValue) << 8 | UInt64(command.path.domainKind.rawValue))
        fold(command.path.localPart)
        fold(command.path.domain)
        fold(command.size)
        fold(
            UInt64(command.values.body.rawValue) << 32 | UInt64(command.values.ret.rawValue) << 16
                | UInt64(command.values.notify.rawValue))
        for position in 0..<min(Int(command.parameterCount), ParsedCommand.maximumParameters) {
            fold(UInt64(command.parameters[position].keyword.rawValue))
            fold(command.parameters[position].valueRange)
        }
    }

    private mutating func fold(_ range: ByteRange) { fold(UInt64(range.lowerBound) << 16 | UInt64(range.upperBound)) }
    private mutating func fold(_ value: UInt64) { checksum = (checksum ^ value) &* 0x0000_0100_0000_01B3 }
}

/// Passes over message data.
public enum MessagePass {
    /// Looks for the end and for faults.
    @inline(never)
    public static func scan(_ octets: Span<UInt8>, by size: Int, _ scanner: inout DataScanner) {
        var index = 0
        while index < octets.count, !scanner.isComplete {
            index += scanner.scan(octets.extracting(index..<min(index + size, octets.count)))
        }
    }

    /// Takes out stuffed dots as well.
    @inline(never)
    public static func unstuff(
        _ octets: Span<UInt8>, by size: Int, _ scanner: inout DataScanner, into content: inout [UInt8]
    ) {
        var index = 0
        while index < octets.count, !scanner.isComplete {
            index += scanner.consume(octets.extracting(index..<min(index + size, octets.count)), into: &content)
        }
    }

    /// Puts them back.
    @inline(never)
    public static func stuff(_ content: Span<UInt8>, by size: Int, into wire: inout [UInt8]) {
        var stuffer = DotStuffer()
        var index = 0
        while index < content.count {
            let piece = content.extracting(index..<min(index + size, content.count))
            stuffer.stuff(piece, into: &wire)
            index += piece.count
        }
        stuffer.finish(into: &wire)
    }
}
