/// A whole message that an adapter keeps, in memory or in a file.
public struct MessageContent: Sendable {
    /// Octets of content: un-stuffed, with CRLF line ends.
    public let count: UInt64
    private let read: @Sendable (UInt64, Int) async throws -> [UInt8]

    /// A message that `read` gives the content of.
    ///
    /// - Parameters:
    ///   - count: octets of content.
    ///   - read: gives the octets at an offset, at most so many; fewer only at the end.
    public init(count: UInt64, read: @escaping @Sendable (_ offset: UInt64, _ limit: Int) async throws -> [UInt8]) {
        self.count = count
        self.read = read
    }

    /// A message in memory.
    public init(_ octets: [UInt8]) {
        self.init(count: UInt64(octets.count)) { offset, limit in
            if offset == 0, limit >= octets.count { return octets }
            guard let start = Int(exactly: offset), start < octets.count else { return [] }
            return Array(octets[start..<min(octets.count, start + max(0, limit))])
        }
    }

    /// Octets of content from `offset`, at most `limit`; fewer only at the end.
    ///
    /// - Throws: what the adapter's storage throws.
    public func octets(from offset: UInt64 = 0, limit: Int = .max) async throws -> [UInt8] {
        try await read(offset, Int(clamping: min(UInt64(clamping: limit), count - min(offset, count))))
    }
}
