/// The octets of the current line. Its room stays from line to line.
@usableFromInline
struct KeptLine: Sendable {
    private var room: [UInt8] = []
    private var count = 0

    /// No line yet.
    @usableFromInline
    init() {}

    /// The octets.
    @usableFromInline
    var span: Span<UInt8> {
        @_lifetime(borrow self)
        get { room.span.extracting(first: count) }
    }

    /// The octets, copied.
    var octets: [UInt8] { Array(room.prefix(count)) }

    /// Appends octets of the line to others.
    func append(_ range: ByteRange, to octets: inout [UInt8]) {
        octets.append(octetsOf: span.extracting(range.range))
    }

    /// Whether the line starts with `AUTH`, in any case, and no further letter.
    var startsWithAUTH: Bool {
        // Nearly every line is told by its first octet.
        guard count > 0, room[0] & 0xDF == 0x41 else { return false }
        return SessionEngine.starts(span, with: "AUTH")
    }

    /// Copies a line.
    mutating func keep(_ line: Span<UInt8>) {
        if line.count > room.count { room = [UInt8](repeating: 0, count: max(line.count, 2 * room.count, 64)) }
        count = line.count
        // Proof: there is room for all octets, and nothing else holds what is written.
        unsafe room.withUnsafeMutableBytes { target in
            unsafe line.bytes.withUnsafeBytes { source in unsafe target.copyMemory(from: source) }
        }
    }
}
