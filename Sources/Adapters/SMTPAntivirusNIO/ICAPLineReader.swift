import NIOCore

/// Collects lines that end with CR LF; a bare CR or LF is none.
struct ICAPLineReader: Sendable {
    private let longest: Int
    private var line: [UInt8] = []

    /// - Parameter longest: the most octets of a line, without CR LF.
    init(longest: Int) {
        self.longest = longest
    }

    /// The next line, without CR LF; `nil` if it is not complete yet.
    mutating func next(_ input: inout ByteBuffer) throws(ICAPProblem) -> [UInt8]? {
        while let octet = input.readInteger(as: UInt8.self) {
            if octet == 0x0A {
                guard line.popLast() == 0x0D else { throw ICAPProblem("a line of the answer ends without CR") }
                defer { line.removeAll(keepingCapacity: true) }
                return line
            }
            // The CR is in there already.
            guard line.last != 0x0D else { throw ICAPProblem("there is a CR inside of a line of the answer") }
            guard octet == 0x09 || octet == 0x0D || (octet >= 0x20 && octet != 0x7F) else {
                throw ICAPProblem("there is a control character in the answer")
            }
            guard line.count < longest + (octet == 0x0D ? 1 : 0) else {
                throw ICAPProblem("a line of the answer is too long")
            }
            line.append(octet)
        }
        return nil
    }
}
