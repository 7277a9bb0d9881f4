/// What a file is, by its octets.
public struct DetectedFileType: Sendable, Hashable, CustomStringConvertible {
    /// How many octets of a file a detector gets: an image of an optical disc is marked behind its first 32,768.
    public static let beginning = 36 * 1024

    /// The media type in lower case, without parameters, for example `application/x-dosexec`.
    public var mediaType: String
    /// Whether a recipient who opens such a file runs what it says: programs, scripts, packages, shortcuts.
    public var isExecutable: Bool
    /// Whether other files are inside, compressed ones among them. Documents that are zip files count: `mediaType` tells them apart.
    public var isArchive: Bool

    /// A type with the properties that ``MediaTypeProperties`` has for it.
    ///
    /// - Parameter mediaType: the media type in lower case, without parameters.
    public init(mediaType: String) {
        self.init(
            mediaType: mediaType, isExecutable: MediaTypeProperties.isExecutable(mediaType),
            isArchive: MediaTypeProperties.isArchive(mediaType))
    }

    /// A type.
    ///
    /// - Parameters:
    ///   - mediaType: the media type in lower case, without parameters.
    ///   - isExecutable: whether a recipient who opens such a file runs what it says.
    ///   - isArchive: whether other files are inside.
    public init(mediaType: String, isExecutable: Bool, isArchive: Bool) {
        self.mediaType = mediaType
        self.isExecutable = isExecutable
        self.isArchive = isArchive
    }

    /// Whether octets are those of a text: none that texts do not have (WHATWG, MIME Sniffing, §3, "binary data byte").
    public static func isText(_ octets: Span<UInt8>) -> Bool {
        for index in octets.indices where octets[index] < 0x20 {
            switch octets[index] {
            case 0x09, 0x0A, 0x0C, 0x0D, 0x1B: continue
            default: return false
            }
        }
        return true
    }

    /// The media type.
    public var description: String { mediaType }
}
