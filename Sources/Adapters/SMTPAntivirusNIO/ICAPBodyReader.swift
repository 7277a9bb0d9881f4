import NIOCore

/// Reads a chunked body (RFC 9112 §7.1) without keeping it.
struct ICAPBodyReader: Sendable {
    /// What comes next.
    enum Event: Sendable {
        /// Octets of the body.
        case octets(ByteBuffer)
        /// The end, with the fields that come after the body.
        case end(ICAPFields)
    }

    private enum Place: Sendable {
        case size
        case octets(Int)
        case octetsEnd
        case trailer
    }

    private static let longestSizeLine = 1_024
    private static let mostDigits = 12

    private var place = Place.size
    private var lines = ICAPLineReader(longest: longestSizeLine)
    private var trailer = ICAPFieldReader()

    /// What comes next; `nil` if there is not enough input yet.
    mutating func next(_ input: inout ByteBuffer) throws(ICAPProblem) -> Event? {
        while true {
            switch place {
            case .size:
                guard let line = try lines.next(&input) else { return nil }
                let size = try Self.size(line)
                place = size == 0 ? .trailer : .octets(size)
            case .octets(let rest):
                guard let piece = input.readSlice(length: min(rest, input.readableBytes)), piece.readableBytes > 0
                else { return nil }
                place = piece.readableBytes == rest ? .octetsEnd : .octets(rest - piece.readableBytes)
                return .octets(piece)
            case .octetsEnd:
                guard let line = try lines.next(&input) else { return nil }
                guard line.isEmpty else { throw ICAPProblem("a chunk of the answer is longer than it says") }
                place = .size
            case .trailer:
                try trailer.take(from: &input)
                return trailer.isComplete ? .end(trailer.fields) : nil
            }
        }
    }

    /// The size, before extensions.
    private static func size(_ line: [UInt8]) throws(ICAPProblem) -> Int {
        let digits = line.prefix { UInt8.hexadecimalValue(of: $0) != nil }
        let rest = line[digits.endIndex...].drop { $0 == 0x20 || $0 == 0x09 }
        guard (1...mostDigits).contains(digits.count), rest.isEmpty || rest.first == UInt8(ascii: ";") else {
            throw ICAPProblem("a chunk of the answer has no proper size: \(String(printable: line))")
        }
        return digits.reduce(0) { $0 << 4 | Int(UInt8.hexadecimalValue(of: $1) ?? 0) }
    }
}
