/// Keeps what happens in a session until the driver takes it: what the client sent, what it was answered, what the upstream server did.
///
/// Secrets never get here. In an `AUTH` command everything after the mechanism, in a line that answers a 334 everything, and after an
/// `AUTH` that was refused everything that does not begin with another verb is masked, see ``SecretMask``. Whether a line is secret shows
/// when it is complete, so a line is held until then: up to ``longestLine`` octets. In place of what comes after them there is `x`.
struct SessionTape: Sendable {
    /// Octets that arrived together.
    private struct Arrival: Sendable {
        var time: Timestamp
        var count: Int
    }

    /// The most octets of a line, its line end included, that are kept.
    static let longestLine = 16_384

    /// What happened since it was last taken.
    private var events: [TapeEvent] = []
    /// The last command that was sent to the upstream server, masked, or what stands for one.
    var sentCommand = TapeEvent.noCommand
    /// Whether the client has sent more than the session is being shown. Only a replay says so: it shows one line at a time.
    var inputFollows = false

    /// The part of a line that has arrived, as it came.
    private var line: [UInt8] = []
    /// When it arrived.
    private var lineArrivals: [Arrival] = []
    private var isLongLine = false
    private var suspicion = SecretMask.Suspicion.none
    /// How many lines after an `AUTH` may be secret that the session does not know of, since junk came before it.
    private var secretLinesExpected = 0
    /// What has arrived and was not read.
    private var arrivals: [Arrival] = []
    private var unread = 0
    private var isOver = false

    /// Takes the events.
    mutating func take() -> [TapeEvent] {
        var taken: [TapeEvent] = []
        swap(&taken, &events)
        return taken
    }

    /// Something happened that is not about what the client sent.
    mutating func note(_ content: TapeEvent.Content, at time: Timestamp) {
        events.append(TapeEvent(content, at: time))
    }

    /// The session is over.
    mutating func end(_ content: TapeEvent.Content, at time: Timestamp) {
        guard !isOver else { return }
        isOver = true
        keepLine(isEnd: false)
        for arrival in arrivals { note(.unread(arrival.count), at: arrival.time) }
        note(content, at: time)
    }

    /// A command was sent to the upstream server.
    ///
    /// - Parameters:
    ///   - command: its line without the line end.
    ///   - isResponse: whether it answers a 334.
    mutating func sent(_ command: [UInt8], isResponse: Bool = false) {
        sentCommand = command
        _ = SecretMask.mask(&sentCommand, isResponse ? .certain : .none)
    }

    // MARK: What the client sent

    /// So many octets wait to be read; those that were not there before have arrived now.
    mutating func arrived(_ count: Int, at now: Timestamp) {
        if count > unread { arrivals.append(Arrival(time: now, count: count - unread)) }
        unread = count
    }

    /// Octets of a line were read, its end perhaps.
    mutating func read(
        line piece: Span<UInt8>, isResponse: Bool, expectsSecret: Bool, isEnd: Bool, at now: Timestamp
    ) {
        if line.isEmpty, !isLongLine {
            suspicion = isResponse ? .certain : expectsSecret || secretLinesExpected > 0 ? .expected : .none
        }
        var rest = piece
        for arrival in read(piece.count, at: now) {
            hold(rest.extracting(first: arrival.count), arrivedAt: arrival.time)
            rest = rest.extracting(droppingFirst: arrival.count)
        }
        guard isEnd else { return }
        keepLine(isEnd: true)
        isLongLine = false
    }

    /// Octets of message data were read.
    mutating func read(message piece: Span<UInt8>, isEnd: Bool, at now: Timestamp) {
        var rest = piece
        for arrival in read(piece.count, at: now) {
            let isLast = arrival.count == rest.count
            keep(.message, rest.extracting(first: arrival.count), isEnd: isEnd && isLast, at: arrival.time)
            rest = rest.extracting(droppingFirst: arrival.count)
        }
    }

    /// When the next octets arrived, in order; from here on they are read.
    private mutating func read(_ count: Int, at now: Timestamp) -> [Arrival] {
        var found: [Arrival] = []
        var missing = count
        while missing > 0, var first = arrivals.first {
            let part = min(first.count, missing)
            found.append(Arrival(time: first.time, count: part))
            missing -= part
            first.count -= part
            if first.count == 0 { arrivals.removeFirst() } else { arrivals[0] = first }
        }
        if missing > 0 { found.append(Arrival(time: now, count: missing)) }
        unread = max(0, unread - count)
        return found
    }

    private mutating func hold(_ piece: Span<UInt8>, arrivedAt time: Timestamp) {
        let room = isLongLine ? 0 : Self.longestLine - line.count
        let head = piece.extracting(first: min(room, piece.count))
        if !head.isEmpty {
            line.append(octetsOf: head)
            lineArrivals.append(Arrival(time: time, count: head.count))
        }
        guard piece.count > head.count else { return }
        if !isLongLine { keepLine(isEnd: false) }
        isLongLine = true
        // Kept like a line, so that the last piece of it can say that it is the last.
        keepLine(isEnd: false)
        for index in head.count..<piece.count {
            line.append(
                piece[index] == 0x0D || piece[index] == 0x0A || piece[index] == 0 ? piece[index] : UInt8(ascii: "x"))
        }
        lineArrivals.append(Arrival(time: time, count: piece.count - head.count))
    }

    /// Puts what there is of a line among the events.
    private mutating func keepLine(isEnd: Bool) {
        guard !line.isEmpty else { return }
        var octets: [UInt8] = []
        swap(&octets, &line)
        if !isLongLine { mask(&octets) }
        let part: TapeEvent.Part = suspicion == .certain ? .response : .line
        var rest = octets.span
        for (index, arrival) in lineArrivals.enumerated() {
            let isLast = index == lineArrivals.count - 1
            keep(part, rest.extracting(first: arrival.count), isEnd: isEnd && isLast, at: arrival.time)
            rest = rest.extracting(droppingFirst: arrival.count)
        }
        lineArrivals.removeAll()
    }

    private mutating func mask(_ octets: inout [UInt8]) {
        if SecretMask.mask(&octets, suspicion) {
            secretLinesExpected = 2
        } else if suspicion != .certain {
            secretLinesExpected = max(0, secretLinesExpected - 1)
        }
    }

    private mutating func keep(_ part: TapeEvent.Part, _ octets: Span<UInt8>, isEnd: Bool, at time: Timestamp) {
        var copy: [UInt8] = []
        copy.append(octetsOf: octets)
        events.append(TapeEvent(.client(part, copy, isEnd: isEnd), at: time))
    }
}

extension SessionEngine {
    /// What the client's next octets will be taken for.
    var expectedPart: TapeEvent.Part {
        switch phase {
        case .authenticating: .response
        case .receiving: .message
        default: .line
        }
    }

    /// Keeps octets of a line.
    @inline(never)
    mutating func tapeLine(_ piece: Span<UInt8>, isEnd: Bool) {
        let (isResponse, expectsSecret) = (phase == .authenticating, secretLinesExpected > 0)
        tape?.read(
            line: piece, isResponse: isResponse, expectsSecret: expectsSecret, isEnd: isEnd, at: context.now)
    }

    /// Keeps octets of message data.
    @inline(never)
    mutating func tapeMessage(_ piece: Span<UInt8>, isEnd: Bool) {
        let now = context.now
        if !piece.isEmpty { tape?.read(message: piece, isEnd: isEnd, at: now) }
    }

    /// Keeps what happened besides.
    @inline(never)
    mutating func tapeNote(_ content: TapeEvent.Content) {
        let now = context.now
        tape?.note(content, at: now)
    }
}
