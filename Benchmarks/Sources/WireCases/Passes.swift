public import SMTPSecurity

/// One pass over command lines: what was found is folded into a checksum, so that nothing of the work can be left out.
public struct CommandPass: Sendable {
    /// Lines so far.
    public private(set) var commands = 0
    /// Lines that are no command.
    public private(set) var errors = 0
    /// Depends on everything that was found.
    public private(set) var checksum: UInt64 = 0

    /// A pass that has not begun.
    public init() {}

    /// Parses every line.
    @inline(never)
    public mutating func run(_ octets: Span<UInt8>) {
        var scanner = LineScanner(limit: 65_535)
        var rest = octets
        var checksum = checksum
        var command = ParsedCommand()
        var commands = commands
        var errors = errors
        while !rest.isEmpty {
            let input = rest
            let step = scanner.consume(input)
            rest = input.extracting(droppingFirst: step.consumed)
            guard case .line = step.outcome else { break }
            commands &+= 1
            do throws(CommandParseError) {
                try CommandParser.parse(scanner.line(in: input), into: &command)
                checksum = Self.fold(&command, into: checksum)
            } catch {
                errors &+= 1
                checksum = Self.fold(UInt64(error.kind.rawValue) << 16 | UInt64(error.offset), into: checksum)
            }
        }
        self.commands = commands
        self.errors = errors
        self.checksum = checksum
    }

    /// Everything that was found, with as few instructions of its own as possible.
    @inline(__always)
    private static func fold(_ command: inout ParsedCommand, into checksum: UInt64) -> UInt64 {
        var sum = fold(UInt64(command.verb.rawValue), into: checksum)
        sum = fold(
            UInt64(command.leniencies.rawValue) | UInt64(command.parameterCount) << 8
                | UInt64(command.path.kind.rawValue) << 16 | UInt64(command.path.domainKind.rawValue) << 24, into: sum)
        sum = fold(bits(command.verbRange), into: sum)
        sum = fold(bits(command.argument) | bits(command.initialResponse) << 32, into: sum)
        sum = fold(bits(command.path.localPart) | bits(command.path.domain) << 32, into: sum)
        sum = fold(command.size, into: sum)
        sum = fold(
            UInt64(command.values.body.rawValue) | UInt64(command.values.ret.rawValue) << 8
                | UInt64(command.values.notify.rawValue) << 16, into: sum)
        for position in 0..<Int(command.parameterCount) {
            let parameter = command.parameter(at: position)
            sum = fold(UInt64(parameter.keyword.rawValue) << 32 | bits(parameter.valueRange), into: sum)
        }
        return sum
    }

    @inline(__always)
    private static func bits(_ range: ByteRange) -> UInt64 {
        UInt64(UInt32(range.lowerBound) | UInt32(range.upperBound) << 16)
    }

    @inline(__always)
    private static func fold(_ value: UInt64, into sum: UInt64) -> UInt64 { (sum << 7 | sum >> 57) ^ value }
}

/// Passes over message data.
public enum MessagePass {
    /// Scans message data with its end.
    ///
    /// - Returns: octets of content.
    public static func scan(_ octets: [UInt8], by size: Int) -> UInt64 {
        var scanner = DataScanner()
        scan(octets.span, by: size, &scanner)
        return scanner.contentLength
    }

    /// Un-stuffs message data with its end into a buffer of its own.
    ///
    /// - Returns: octets of content.
    public static func unstuff(_ octets: [UInt8], by size: Int) -> Int {
        var scanner = DataScanner()
        var content: [UInt8] = []
        content.reserveCapacity(2 * octets.count + 128)
        unstuff(octets.span, by: size, &scanner, into: &content)
        return content.count
    }

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
