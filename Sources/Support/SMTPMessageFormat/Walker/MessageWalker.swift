/// Goes through a message (RFC 5322, MIME) as it comes, and tells what it is made of.
///
/// It never fails and never stops: whatever octets come, it says what readers of mail may see in them. Where they read something differently, it
/// says so with an ``Anomaly``, and follows every reading that it can: all boundaries, all types, all encodings that are declared.
///
/// ```swift
/// var walker = MessageWalker()
/// walker.walk(octets) { event in
///     if case .begin(let part) = event { print(part.path, part.mediaType, part.fileNames.map(\.decoded)) }
/// }
/// walker.finish { _ in }
/// ```
///
/// However a message is cut into pieces, its events are the same, apart from the sizes of pieces of content. Lines may end with CRLF, as on the
/// wire, or with LF, as in files. Memory does not grow with the message.
public struct MessageWalker: Sendable {
    /// How long a line can be that is looked at as a boundary, or as the beginning of a file, in octets.
    static let longestLine = 1_100
    /// How much content is decoded at a time, in octets.
    static let slice = 12_288

    /// How far it goes.
    public let limits: WalkerLimits

    /// The header section that is being read.
    var section: HeaderSection
    /// Whether one is being read, or a body.
    var isInSection = true
    /// The parts that have begun and not ended, the outermost first.
    var open: [OpenPart] = []
    /// How many parts there are so far.
    var partCount = 1
    /// How lines end, once one did.
    var lineEnd: BodyScan.LineEnd?
    /// Whether the body, or a line in it, begins with the next octet, and no line end before it is held back.
    var isAtLineStart = true
    /// Octets of all boundaries of ``open``.
    var boundaryLength = 0
    /// What is decoded at the moment.
    var output = DecodedOctets()

    /// The end of what came so far, of which it is not known yet what it is.
    private var held: [UInt8] = []
    /// How many octets came, without those that are held.
    private var position = 0

    /// A walker at the beginning of a message.
    public init(limits: WalkerLimits = WalkerLimits()) {
        self.limits = limits
        section = HeaderSection(of: PartPath(), at: 0)
    }

    /// Goes on through the message.
    ///
    /// - Parameters:
    ///   - input: what comes next.
    ///   - emit: gets what there is in it.
    public mutating func walk(_ input: Span<UInt8>, _ emit: (MessageEvent) -> Void) {
        var held: [UInt8] = []
        swap(&held, &self.held)
        defer { swap(&held, &self.held) }
        var index = 0
        while index < input.count {
            if held.isEmpty {
                let rest = input.extracting(droppingFirst: index)
                let consumed = step(rest, isFinal: false, emit)
                index += consumed
                if consumed == 0 {
                    held.append(copying: rest)
                    return
                }
                continue
            }
            // Enough to know what is held back.
            let heldCount = held.count
            let more = min(input.count - index, 2 * Self.longestLine)
            held.append(copying: input.extracting(index..<(index + more)))
            let consumed = steps(held.span, while: heldCount, isFinal: false, emit)
            if consumed >= heldCount {
                index += consumed - heldCount
                held.removeAll(keepingCapacity: true)
            } else {
                index += more
                held.removeFirst(consumed)
            }
        }
    }

    /// The message has ended. The walker is of no use afterwards.
    ///
    /// - Parameter emit: gets what was held back.
    public mutating func finish(_ emit: (MessageEvent) -> Void) {
        var held: [UInt8] = []
        swap(&held, &self.held)
        _ = steps(held.span, while: held.count, isFinal: true, emit)
        while isInSection { finishSection(at: position, emit) }
        closeParts(downTo: 0, at: position, emit)
        emit(.messageEnd(position))
    }

    /// Goes on until so many octets are done with, or it cannot be told yet what they are.
    private mutating func steps(
        _ input: Span<UInt8>, while count: Int, isFinal: Bool, _ emit: (MessageEvent) -> Void
    ) -> Int {
        var consumed = 0
        while consumed < count {
            let taken = step(input.extracting(droppingFirst: consumed), isFinal: isFinal, emit)
            if taken == 0 { break }
            consumed += taken
        }
        return consumed
    }

    /// Goes on through input that may be looked at as a whole.
    ///
    /// - Returns: how many octets are done with; what is left cannot be told yet.
    private mutating func step(_ input: Span<UInt8>, isFinal: Bool, _ emit: (MessageEvent) -> Void) -> Int {
        let consumed =
            isInSection ? header(input, at: position, emit) : body(input, at: position, isFinal: isFinal, emit)
        position += consumed
        return consumed
    }
}
