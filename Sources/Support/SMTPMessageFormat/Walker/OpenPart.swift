/// A part that has begun and not ended.
struct OpenPart: Sendable {
    let path: PartPath
    let kind: MessagePart.Kind
    /// What stands behind the dashes of lines that separate its parts.
    let boundaries: [[UInt8]]
    /// Whether its parts are messages if they do not say what they are (RFC 2046 §5.1.5).
    let isDigest: Bool
    /// Whether files may stand in its content.
    let mayHaveFiles: Bool
    /// What decodes its content; several if it may have several encodings.
    var decoders: [BodyDecoder]
    /// A file in its content that has begun, and where.
    var file: EmbeddedFile?
    /// How many parts it has so far.
    var childCount = 0
    /// Whether its last boundary was read.
    var isFinished = false
    /// What was unusual in its body.
    var anomalies = Anomalies()

    init(_ part: MessagePart, boundaries: [[UInt8]]) {
        path = part.path
        kind = part.kind
        self.boundaries = boundaries
        isDigest = part.mediaTypes.contains("multipart/digest")
        mayHaveFiles = part.encodings.contains { $0.isIdentity || $0 == .uuencode }
        decoders = part.encodings.map { BodyDecoder($0) }
    }

    /// The path of a file that has begun in its content.
    var filePath: PartPath { path.child(childCount) }
}
