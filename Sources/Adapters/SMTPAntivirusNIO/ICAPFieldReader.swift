import NIOCore

/// Reads a section of header fields up to the empty line at its end.
struct ICAPFieldReader: Sendable {
    /// The most octets of a section.
    static let mostOctets = 16_384
    /// The most lines of a section; folded fields have several.
    static let mostFields = 100

    private(set) var fields = ICAPFields()
    private var lines = ICAPLineReader(longest: mostOctets)
    private var octets = 0
    private var count = 0
    private(set) var isComplete = false

    /// Takes what belongs to the section.
    mutating func take(from input: inout ByteBuffer) throws(ICAPProblem) {
        while !isComplete {
            let before = input.readableBytes
            let line = try lines.next(&input)
            octets += before - input.readableBytes
            guard octets <= Self.mostOctets else { throw ICAPProblem("the header of the answer is too large") }
            guard let line else { return }
            guard !line.isEmpty else {
                isComplete = true
                return
            }
            count += 1
            guard count <= Self.mostFields else { throw ICAPProblem("the answer has too many header fields") }
            try fields.append(line)
        }
    }
}
