/// What is inside an archive, as far as it could be seen.
public struct ArchiveListing: Sendable, Hashable {
    /// What is inside, an archive before what is in it.
    public var entries: [ArchiveEntry] = []
    /// Whether anything inside is encrypted, or the list of what is inside.
    public var isEncrypted = false
    /// The limits that were met: where one was, there may be more.
    public var exceeded: Set<ArchiveLimit> = []
    /// Whether something could not be read to its end: it is damaged, of a kind that is not supported, or no archive.
    public private(set) var isDamaged = false
    /// What could not be read first: printable US-ASCII, bounded.
    public private(set) var problem: String?
    /// Whether programs that read it in different ways see different entries.
    public var isAmbiguous = false
    /// Whether the work was cancelled.
    public var isCancelled = false

    /// How many characters the text of a problem has at most.
    public static let longestProblem = 200

    /// A listing without entries.
    public init() {}

    /// Whether everything inside was seen.
    public var isComplete: Bool { !isDamaged && !isEncrypted && !isCancelled && exceeded.isEmpty }

    /// The paths that lead to an entry, the outermost first and its own last.
    ///
    /// - Parameter index: which entry.
    public func paths(to index: Int) -> [[UInt8]] {
        var paths: [[UInt8]] = []
        var next: Int? = index
        // A container stands before what is in it.
        while let current = next, entries.indices.contains(current), paths.count <= entries.count {
            paths.insert(entries[current].path, at: 0)
            next = entries[current].container
        }
        return paths
    }

    /// Notes that something could not be read.
    ///
    /// - Parameter octets: why; a text that may have an attacker's words in it.
    public mutating func noteDamage(_ octets: some Sequence<UInt8>) {
        isDamaged = true
        guard problem == nil else { return }
        var text = ""
        for octet in octets {
            let isPrintable = (0x20...0x7E).contains(octet) && octet != 0x5C
            let piece: String
            if isPrintable {
                piece = String(Unicode.Scalar(octet))
            } else {
                let digits = String(octet, radix: 16, uppercase: true)
                piece = #"\x"# + (digits.utf8.count == 1 ? "0" : "") + digits
            }
            guard text.utf8.count + piece.utf8.count <= Self.longestProblem else { break }
            text += piece
        }
        problem = text
    }
}
