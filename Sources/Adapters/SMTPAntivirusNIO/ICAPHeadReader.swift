import NIOCore

/// Reads the head of an answer.
struct ICAPHeadReader: Sendable {
    private var statusLine = ICAPLineReader(longest: 1_024)
    private var head: ICAPHead?
    private var fields = ICAPFieldReader()

    /// The head; `nil` if it is not complete yet.
    mutating func next(_ input: inout ByteBuffer) throws(ICAPProblem) -> ICAPHead? {
        if head == nil {
            guard let line = try statusLine.next(&input) else { return nil }
            head = try ICAPHead(statusLine: line)
        }
        try fields.take(from: &input)
        guard fields.isComplete else { return nil }
        head?.fields = fields.fields
        return head
    }
}
