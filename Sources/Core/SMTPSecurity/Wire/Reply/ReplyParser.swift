/// Reads a server's replies (RFC 5321 §4.2.1), however they were split into reads.
///
/// What a reply may hold is bounded. Its text is made safe to pass on: control characters and octets that are not UTF-8
/// become question marks. A line may end in a bare LF: ``endedInBareLineFeed`` tells, and nothing of that reaches the client.
public struct ReplyParser: Sendable {
    /// What a step came to.
    public enum Outcome: Sendable, Hashable {
        /// The input does not end a reply; all of it was consumed.
        case needsMore
        /// A reply is complete.
        case reply(Reply)
        /// This is not a reply. Nothing after it can be trusted.
        case failure(ReplyParseError)
    }

    /// One step.
    public struct Step: Sendable, Hashable {
        /// Octets of the input that are done with.
        public var consumed: Int
        /// What it came to.
        public var outcome: Outcome
    }

    /// The most octets of a line, its line end included. RFC 5321 §4.5.3.1.5 has 512; servers send more.
    public var lineLimit = 4_096
    /// The most lines of a reply.
    public var lineCountLimit = 256
    /// The most octets of a reply.
    public var replyLimit = 65_536

    private var line: [UInt8] = []
    private var code: UInt16 = 0
    private var enhancedStatus: EnhancedStatusCode?
    private var lines: [String] = []
    private var octetCount = 0
    private var hasBareLineFeed = false
    /// Whether a line of the last complete reply ended in an LF that no CR precedes.
    public private(set) var endedInBareLineFeed = false

    /// A parser between replies.
    public init() {}

    /// Takes input up to the end of the first reply in it.
    ///
    /// - Parameter input: octets from the server.
    /// - Returns: how many of them are done with, and whether a reply is complete.
    public mutating func consume(_ input: Span<UInt8>) -> Step {
        var index = 0
        while index < input.count {
            let end = OctetScan.first(0x0A, in: input, from: index)
            let count = end - index
            octetCount += count + (end < input.count ? 1 : 0)
            guard line.count + count < lineLimit else { return fail(.lineTooLong, input) }
            guard octetCount <= replyLimit else { return fail(.replyTooLong, input) }
            line.append(octetsOf: input.extracting(index..<end))
            guard end < input.count else { break }
            index = end + 1
            do throws(ReplyParseError) {
                if let reply = try takeLine() { return Step(consumed: index, outcome: .reply(reply)) }
            } catch {
                return fail(error, input)
            }
        }
        return Step(consumed: input.count, outcome: .needsMore)
    }

    private mutating func fail(_ error: ReplyParseError, _ input: Span<UInt8>) -> Step {
        reset()
        return Step(consumed: input.count, outcome: .failure(error))
    }

    private mutating func reset() {
        line.removeAll(keepingCapacity: true)
        code = 0
        enhancedStatus = nil
        lines = []
        octetCount = 0
        hasBareLineFeed = false
    }

    private mutating func takeLine() throws(ReplyParseError) -> Reply? {
        defer { line.removeAll(keepingCapacity: true) }
        if line.last == 0x0D { line.removeLast() } else { hasBareLineFeed = true }
        guard line.count >= 3, (0x32...0x35).contains(line[0]), Self.isDigit(line[1]), Self.isDigit(line[2]) else {
            throw .malformedCode
        }
        let code = UInt16(line[0] - 0x30) * 100 + UInt16(line[1] - 0x30) * 10 + UInt16(line[2] - 0x30)
        guard lines.isEmpty || code == self.code else { throw .inconsistentCode }
        guard lines.count < lineCountLimit else { throw .replyTooLong }
        self.code = code
        let separator = line.count > 3 ? line[3] : 0x20
        guard separator == 0x20 || separator == 0x2D else { throw .malformedSeparator }
        takeText(from: min(4, line.count))
        guard separator == 0x20 else { return nil }
        let reply = Reply(code, enhancedStatus, lines: lines)
        endedInBareLineFeed = hasBareLineFeed
        reset()
        return reply
    }

    /// Takes the text of a line. Its enhanced code goes where it agrees with the first line's: the serialiser puts it back on
    /// every line.
    private mutating func takeText(from start: Int) {
        var start = start
        if let (status, end) = enhancedCode(from: start) {
            if lines.isEmpty { enhancedStatus = status }
            if enhancedStatus == status { start = end }
        }
        lines.append(Self.safeText(line[start...]))
    }

    /// `class.subject.detail` with a space or the line end after it, and the class of the code (RFC 2034 §4).
    private func enhancedCode(from start: Int) -> (EnhancedStatusCode, end: Int)? {
        guard start + 5 <= line.count, line[start] == UInt8(code / 100) + 0x30, line[start + 1] == 0x2E else {
            return nil
        }
        var index = start + 2
        guard let subject = number(&index), index < line.count, line[index] == 0x2E else { return nil }
        index += 1
        guard let detail = number(&index) else { return nil }
        guard index == line.count || line[index] == 0x20 else { return nil }
        return (EnhancedStatusCode(line[start] - 0x30, subject, detail), min(index + 1, line.count))
    }

    /// One to three digits.
    private func number(_ index: inout Int) -> UInt16? {
        let start = index
        var value: UInt16 = 0
        while index < line.count, Self.isDigit(line[index]), index - start < 3 {
            value = value * 10 + UInt16(line[index] - 0x30)
            index += 1
        }
        return index > start ? value : nil
    }

    private static func isDigit(_ octet: UInt8) -> Bool { (0x30...0x39).contains(octet) }

    private static func safeText(_ octets: ArraySlice<UInt8>) -> String {
        let text = String(decoding: octets, as: UTF8.self)
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { safe.append(isUnsafe(scalar) ? "?" : scalar) }
        return String(safe)
    }

    /// C0 and C1 controls, DEL, line and paragraph separators, what turns the direction of text round (so that a log shows something
    /// else than what was said), and what stands for octets that were not UTF-8.
    static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFFFD: true
        default: false
        }
    }
}
