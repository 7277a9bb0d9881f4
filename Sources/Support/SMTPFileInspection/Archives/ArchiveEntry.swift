/// Something that an archive has inside.
public struct ArchiveEntry: Sendable, Hashable {
    /// What it is called, in octets as they are: whatever its sender liked, `..` and NUL among it.
    public var path: [UInt8]
    /// The archive that it is in: an index in ``ArchiveListing/entries``, or `nil` for the outermost.
    public var container: Int?
    /// How many archives it is in: 1 for what is in the outermost one.
    public var depth: Int
    /// How many octets it is said to have.
    public var size: UInt64?
    /// Whether it can be read with a password only.
    public var isEncrypted = false
    /// Whether it is a folder.
    public var isDirectory = false
    /// Whether it is a link to something else.
    public var isLink = false
    /// What it is, by its octets.
    public var detected: DetectedFileType?

    /// An entry: no folder, no link, not encrypted.
    public init(path: [UInt8], container: Int? = nil, depth: Int = 1, size: UInt64? = nil) {
        self.path = path
        self.container = container
        self.depth = depth
        self.size = size
    }
}
