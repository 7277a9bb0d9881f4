/// The last lines of a session, as text that is safe to keep: for whoever wants to see what led to a violation.
///
/// Lines are escaped and cut as ``Evidence`` is. What belongs to `AUTH` is left out, and of messages there is only how long they were.
public struct SessionTranscript: Sendable {
    /// One line.
    public struct Line: Sendable, Hashable {
        /// When it was read or written.
        public var time: Timestamp
        /// Who said it.
        public var source: Source
        /// What was said, escaped, without the line end.
        public var text: Evidence
    }

    /// Who said something.
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// The client.
        case client
        /// This side.
        case server
        /// Nobody: it tells of something that is not shown.
        case note
    }

    /// How many recipients of a transaction are kept.
    public static let mostRecipients = 10

    /// A line as it was read or written: it is escaped for whoever looks at it, which is hardly ever.
    private struct Mark: Sendable {
        var time: Timestamp
        var source: Source
        /// Where its text is.
        var start: Int
        /// How much of it is there.
        var kept: Int
        /// How long it is, in octets.
        var count: Int
    }

    /// How many lines there were before those that are kept.
    public private(set) var omittedLines = 0
    private let capacity: Int
    /// A ring, once it is full.
    private var marks: [Mark] = []
    private var oldest = 0
    /// The text of all lines, and of some that are kept no longer.
    private var texts: [UInt8] = []
    /// How much text there may be before what is kept no longer is removed.
    private var mostTexts: Int
    /// Of the recipients.
    private var recipientTexts: [UInt8] = []
    private var recipientMarks: [Mark] = []
    /// The first of them, as somebody asked for them.
    private var escapedRecipients: [Evidence] = []

    /// A transcript of the last lines.
    ///
    /// - Parameter lines: how many are kept, one at least.
    init(lines: Int) {
        capacity = max(1, lines)
        mostTexts = Self.usualTexts(capacity)
        // Enough for most sessions, which are short, and not more than allocators have at hand.
        marks.reserveCapacity(min(capacity, 24))
        texts.reserveCapacity(960)
    }

    private static func usualTexts(_ lines: Int) -> Int { 1_024 + 128 * lines }

    /// The lines in order.
    public var lines: [Line] {
        var lines: [Line] = []
        lines.reserveCapacity(marks.count)
        forEachLine { time, source, text, count in
            lines.append(Line(time: time, source: source, text: Evidence(text, of: count)))
        }
        return lines
    }

    /// The first recipients of the transaction in progress, each once, those that were refused included; at most ``mostRecipients``.
    public var recipients: [Evidence] {
        escapedRecipients + recipientMarks[escapedRecipients.count...].map { Self.text($0, in: recipientTexts) }
    }

    /// The same, for whoever asks again and again.
    mutating func escapeRecipients() -> [Evidence] {
        for mark in recipientMarks[escapedRecipients.count...] {
            escapedRecipients.append(Self.text(mark, in: recipientTexts))
        }
        return escapedRecipients
    }

    /// How many lines are kept.
    package var count: Int { marks.count }

    /// Goes through the lines in order, without copying them.
    ///
    /// - Parameters:
    ///   - number: how many of the first ones are passed over.
    ///   - body: gets of each line when it was, who said it, what is kept of it as it was said, and how long it was, in octets.
    package func forEachLine(
        droppingFirst number: Int = 0, _ body: (Timestamp, Source, Span<UInt8>, Int) -> Void
    ) {
        let texts = texts.span
        for index in number..<max(number, marks.count) {
            let mark = marks[(oldest + index) % marks.count]
            body(mark.time, mark.source, texts.extracting(mark.start..<mark.start + mark.kept), mark.count)
        }
    }

    private static func text(_ mark: Mark, in texts: [UInt8]) -> Evidence {
        Evidence(texts.span.extracting(mark.start..<mark.start + mark.kept), of: mark.count)
    }

    /// How much memory it takes, in octets.
    package var octets: Int {
        texts.count + recipientTexts.count + (marks.count + recipientMarks.count) * MemoryLayout<Mark>.stride
    }

    mutating func add(_ source: Source, _ text: Span<UInt8>, at time: Timestamp) {
        let kept = min(text.count, Evidence.maximumOctets)
        texts.append(octetsOf: text.extracting(first: kept))
        mark(Mark(time: time, source: source, start: texts.count - kept, kept: kept, count: text.count))
        compactIfLarge()
    }

    /// Adds the lines of a reply.
    mutating func add(_ reply: Reply, at time: Timestamp) {
        var start = texts.count
        ReplySerializer.serialize(reply, into: &texts)
        for index in start..<texts.count where texts[index] == UInt8(ascii: "\n") {
            let count = index - 1 - start
            mark(Mark(time: time, source: .server, start: start, kept: count, count: count))
            start = index + 1
        }
        compactIfLarge()
    }

    private mutating func mark(_ mark: Mark) {
        if marks.count < capacity {
            marks.append(mark)
        } else {
            marks[oldest] = mark
            oldest = (oldest + 1) % capacity
            omittedLines += 1
        }
    }

    /// Removes the text of lines that are kept no longer, which comes before all other, once it is about half of all.
    private mutating func compactIfLarge() {
        guard texts.count > mostTexts else { return }
        let removed = marks[oldest].start
        texts.removeSubrange(..<removed)
        for index in marks.indices { marks[index].start -= removed }
        mostTexts = max(Self.usualTexts(capacity), 2 * texts.count)
    }

    /// Whether there is room for another recipient.
    var takesRecipient: Bool { recipientMarks.count < Self.mostRecipients }

    /// Gives the text of all recipients away, for one more to be written behind them.
    mutating func takeRecipientTexts() -> [UInt8] {
        defer { recipientTexts = [] }
        return recipientTexts
    }

    /// Takes it back. A recipient that there is already is not kept again.
    mutating func putRecipientTexts(_ texts: [UInt8], at time: Timestamp) {
        let start = recipientMarks.last.map { $0.start + $0.kept } ?? 0
        let count = texts.count - start
        let isKnown = recipientMarks.contains { mark in
            texts[mark.start..<mark.start + mark.kept].elementsEqual(texts[start...])
        }
        guard !isKnown else {
            recipientTexts = texts
            return recipientTexts.removeSubrange(start...)
        }
        recipientMarks.append(Mark(time: time, source: .client, start: start, kept: count, count: count))
        recipientTexts = texts
    }

    mutating func forgetRecipients() {
        recipientMarks.removeAll(keepingCapacity: true)
        recipientTexts.removeAll(keepingCapacity: true)
        escapedRecipients = []
    }
}

extension SessionTranscript: Hashable {
    /// Whether the same lines and recipients are kept, and as many lines came before.
    public static func == (lhs: SessionTranscript, rhs: SessionTranscript) -> Bool {
        lhs.omittedLines == rhs.omittedLines && lhs.lines == rhs.lines && lhs.recipients == rhs.recipients
    }

    /// Goes by what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(omittedLines)
        hasher.combine(lines)
        hasher.combine(recipients)
    }
}

extension SessionEngine {
    /// Whether lines are kept. What keeps them is called only then.
    @inline(__always)
    var keepsLines: Bool { !transcripts.isEmpty }

    /// Keeps the current line.
    @inline(never)
    mutating func noteLine() {
        // Taken out, so that it can be written to while the line is read.
        var kept: [SessionTranscript] = []
        swap(&kept, &transcripts)
        if isSecretLine {
            kept[0].add(.client, Self.hiddenLine.utf8Span.span, at: context.now)
        } else {
            kept[0].add(.client, line.span, at: context.now)
        }
        swap(&kept, &transcripts)
    }

    /// Keeps the recipient of the current command.
    @inline(never)
    mutating func noteRecipient() {
        guard transcripts[0].takesRecipient, command.verb == .rcpt else { return }
        var texts = transcripts[0].takeRecipientTexts()
        line.append(command.path.localPart, to: &texts)
        if command.path.kind == .mailbox {
            texts.append(UInt8(ascii: "@"))
            line.append(command.path.domain, to: &texts)
        }
        transcripts[0].putRecipientTexts(texts, at: context.now)
    }

    /// Keeps the lines of a reply.
    @inline(never)
    mutating func noteReply(_ reply: Reply) { transcripts[0].add(reply, at: context.now) }

    /// Keeps that there was a message.
    @inline(never)
    mutating func noteMessage() {
        let text = "(message content: \(context.contentLength) octets)"
        transcripts[0].add(.note, text.utf8Span.span, at: context.now)
    }
}
