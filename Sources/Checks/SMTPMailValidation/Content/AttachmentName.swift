/// A file name as the systems of recipients take it.
struct AttachmentName {
    /// The name without folders, and without what Windows takes off its end, in lower case.
    let text: String

    init(_ name: String) {
        var text = name.lowercased()
        // An alternative data stream is one of the file before the colon.
        if let stream = text.firstRange(of: "::$") { text = String(text[..<stream.lowerBound]) }
        if let slash = text.lastIndex(where: { $0 == "/" || $0 == "\\" }) {
            text = String(text[text.index(after: slash)...])
        }
        while let last = text.unicodeScalars.last, last == "." || last == " " || last == "\t" || Self.isInvisible(last)
        {
            text.unicodeScalars.removeLast()
        }
        self.text = text
    }

    /// What stands behind the last dot, without what nobody sees; `nil` if there is no dot.
    var fileExtension: String? { fileExtensions.last }

    /// What stands behind the last dots, at most two.
    var fileExtensions: [String] {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).dropFirst().suffix(2)
        return parts.map { part in
            var visible = String.UnicodeScalarView()
            for scalar in part.unicodeScalars where !Self.isInvisible(scalar) && scalar != " " {
                visible.append(scalar)
            }
            return String(visible)
        }
    }

    /// The type that files with such an extension have, where that is certain.
    var mediaType: String? { fileExtension.flatMap { Self.mediaTypes[$0] } }

    private static let mediaTypes: [String: String] = [
        "bmp": "image/bmp", "gif": "image/gif", "jpeg": "image/jpeg", "jpg": "image/jpeg",
        "png": "image/png", "tif": "image/tiff", "tiff": "image/tiff", "webp": "image/webp", "mp3": "audio/mpeg",
        "ogg": "audio/ogg", "wav": "audio/wav", "avi": "video/avi", "mov": "video/quicktime", "mp4": "video/mp4",
        "csv": "text/csv", "ics": "text/calendar", "txt": "text/plain", "vcf": "text/vcard", "pdf": "application/pdf",
        "zip": "application/zip",
    ]

    /// An extension that is a number of Windows for a kind of file: `.{…}`.
    var hasClassIdentifier: Bool { fileExtension.map { $0.hasPrefix("{") && $0.hasSuffix("}") } ?? false }

    /// Whether people see something else than what is there: marks that turn writing round, control characters, spaces without end.
    static func isMisleading(_ name: String) -> Bool {
        var spaces = 0
        for scalar in name.unicodeScalars {
            if isDirectionMark(scalar) || scalar.value < 0x20 || scalar.value == 0x7F { return true }
            spaces = scalar.properties.isWhitespace ? spaces + 1 : 0
            if spaces >= 10 { return true }
        }
        return false
    }

    /// Marks of Unicode's bidirectional algorithm.
    private static func isDirectionMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C: true
        default: false
        }
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        isDirectionMark(scalar) || scalar.properties.generalCategory == .format || scalar.value < 0x20
    }
}
