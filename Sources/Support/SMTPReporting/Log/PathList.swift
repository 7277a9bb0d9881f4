import SMTPSecurity

/// Forward-paths one behind the other, apart from whoever else has them: reference counts that two threads share are slow.
struct PathList: Sendable {
    /// How many there are.
    private(set) var count = 0
    /// Of each its length in two octets and its text in UTF-8.
    private var octets: [UInt8] = []

    init(_ paths: some Collection<String>) {
        octets.reserveCapacity(32 * paths.count)
        for path in paths {
            let text = path.utf8Span.span
            let length = UInt16(clamping: text.count)
            octets.append(UInt8(length >> 8))
            octets.append(UInt8(length & 255))
            octets.append(octetsOf: text.extracting(first: Int(length)))
            count += 1
        }
    }

    /// How much memory they take, in octets.
    var size: Int { octets.count }

    /// Whether the paths of another list are the first ones of this. They are compared by octets: texts that Swift takes for equal need not be the same.
    func begins(with other: PathList) -> Bool {
        guard other.octets.count <= octets.count else { return false }
        for index in other.octets.indices where octets[index] != other.octets[index] { return false }
        return true
    }

    /// Goes through them, without the first ones.
    ///
    /// - Parameters:
    ///   - number: how many are passed over.
    ///   - body: gets the position and the text of each.
    func forEach<Failure: Error>(
        droppingFirst number: Int, _ body: (Int, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let octets = octets.span
        var start = 0
        for position in 0..<count {
            let length = Int(octets[start]) << 8 | Int(octets[start + 1])
            if position >= number { try body(position, octets.extracting(start + 2..<start + 2 + length)) }
            start += 2 + length
        }
    }
}
