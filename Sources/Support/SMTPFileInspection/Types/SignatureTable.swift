extension Signature {
    /// What is known, the more particular first. Formats' own documents say so.
    static let all: [Signature] = programs + archives + documents + media + late

    private static let programs: [Signature] = [
        // \x7FELF, and e_type at 16 in the order that the octet at 5 tells.
        Signature("application/x-object", [0x7F, 0x45, 0x4C, 0x46, nil, 1]).and([1, 0], at: 16),
        Signature("application/x-object", [0x7F, 0x45, 0x4C, 0x46, nil, 2]).and([0, 1], at: 16),
        Signature("application/x-sharedlib", [0x7F, 0x45, 0x4C, 0x46, nil, 1]).and([3, 0], at: 16),
        Signature("application/x-sharedlib", [0x7F, 0x45, 0x4C, 0x46, nil, 2]).and([0, 3], at: 16),
        Signature("application/x-executable", [0x7F, 0x45, 0x4C, 0x46]),
        Signature("application/x-mach-binary", [0xFE, 0xED, 0xFA, 0xCE]),
        Signature("application/x-mach-binary", [0xFE, 0xED, 0xFA, 0xCF]),
        Signature("application/x-mach-binary", [0xCE, 0xFA, 0xED, 0xFE]),
        Signature("application/x-mach-binary", [0xCF, 0xFA, 0xED, 0xFE]),
        Signature("application/wasm", [0, 0x61, 0x73, 0x6D]),
        // Its header's size, and the class identifier 00021401-0000-0000-C000-000000000046.
        Signature(
            "application/x-ms-shortcut",
            [0x4C, 0, 0, 0, 1, 0x14, 2, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46]),
        Signature("application/x-mswinurl", "[InternetShortcut]"),
        Signature("application/x-desktop", "[Desktop Entry]"),
        Signature("application/vnd.ms-htmlhelp", "ITSF").and([3, 0, 0, 0], at: 4),
        Signature("application/x-shockwave-flash", "FWS"),
        Signature("application/x-shockwave-flash", "CWS"),
        Signature("application/x-shockwave-flash", "ZWS"),
        Signature("application/x-chrome-extension", "Cr24"),
        Signature("application/vnd.debian.binary-package", "!<arch>\ndebian-binary"),
        Signature("application/x-rpm", [0xED, 0xAB, 0xEE, 0xDB]),
    ]

    private static let archives: [Signature] = [
        // What a zip file begins with: an entry, the end of an empty one, the mark of a part.
        Signature("application/zip", [0x50, 0x4B, 3, 4]),
        Signature("application/zip", [0x50, 0x4B, 5, 6]),
        Signature("application/zip", [0x50, 0x4B, 7, 8]),
        Signature("application/zip", [0x50, 0x4B, 0x30, 0x30, 0x50, 0x4B]),
        Signature("application/x-7z-compressed", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
        Signature("application/x-rar", [0x52, 0x61, 0x72, 0x21, 0x1A, 7, 0]),
        Signature("application/x-rar", [0x52, 0x61, 0x72, 0x21, 0x1A, 7, 1, 0]),
        Signature("application/gzip", [0x1F, 0x8B]),
        // A block, or the end of an empty one.
        Signature("application/x-bzip2", [0x42, 0x5A, 0x68, nil, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59]),
        Signature("application/x-bzip2", [0x42, 0x5A, 0x68, nil, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90]),
        Signature("application/x-xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]),
        Signature("application/zstd", [0x28, 0xB5, 0x2F, 0xFD]),
        Signature("application/x-lz4", [4, 0x22, 0x4D, 0x18]),
        Signature("application/x-lzip", "LZIP"),
        Signature("application/x-lrzip", "LRZI"),
        Signature("application/x-lzop", [0x89, 0x4C, 0x5A, 0x4F, 0, 0x0D, 0x0A, 0x1A, 0x0A]),
        Signature("application/x-compress", [0x1F, 0x9D]),
        // Properties of the usual kind, the dictionary's size below 16 MiB or so, and a size that is not given or below 1 TiB.
        Signature("application/x-lzma", [0x5D, 0, 0, nil, nil, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
        Signature("application/x-lzma", [0x5D, 0, 0, nil, nil, nil, nil, nil, nil, nil, 0, 0, 0]),
        Signature("application/vnd.ms-cab-compressed", "MSCF").and([0, 0, 0, 0], at: 4),
        Signature("application/x-ms-wim", "MSWIM\0\0\0"),
        Signature("application/x-arj", [0x60, 0xEA]),
        Signature("application/x-ace-compressed", "**ACE**", at: 7),
        Signature("application/x-lzh-compressed", [0x2D, 0x6C, 0x68, nil, 0x2D], at: 2),
        Signature("application/x-lzh-compressed", [0x2D, 0x6C, 0x7A, nil, 0x2D], at: 2),
        Signature("application/x-zoo", [0xDC, 0xA7, 0xC4, 0xFD], at: 20),
        Signature("application/x-cpio", "070701"),
        Signature("application/x-cpio", "070702"),
        Signature("application/x-cpio", "070707"),
        Signature("application/x-xar", "xar!"),
        Signature("application/warc", "WARC/"),
        Signature("application/x-archive", "!<arch>\n"),
    ]

    private static let documents: [Signature] = [
        Signature("application/x-ole-storage", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
        Signature("application/pdf", "%PDF-"),
        Signature("application/postscript", "%!PS"),
        Signature("text/rtf", #"{\rt"#),
        Signature("application/vnd.ms-tnef", [0x78, 0x9F, 0x3E, 0x22]),
        Signature(
            "application/msonenote",
            [0xE4, 0x52, 0x5C, 0x7B, 0x8C, 0xD8, 0xA7, 0x4D, 0xAE, 0xB1, 0x53, 0x78, 0xD0, 0x29, 0x96, 0xD3]),
        Signature("application/msaccess", "\0\u{1}\0\0Standard Jet DB"),
        Signature("application/msaccess", "\0\u{1}\0\0Standard ACE DB"),
        Signature("application/vnd.sqlite3", "SQLite format 3\0"),
    ]

    private static let media: [Signature] = [
        Signature("image/gif", "GIF87a"),
        Signature("image/gif", "GIF89a"),
        Signature("image/png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        Signature("image/jpeg", [0xFF, 0xD8, 0xFF]),
        Signature("image/bmp", "BM").and([0, 0, 0, 0], at: 6),
        Signature("image/tiff", [0x49, 0x49, 0x2A, 0]),
        Signature("image/tiff", [0x4D, 0x4D, 0, 0x2A]),
        Signature("image/vnd.microsoft.icon", [0, 0, 1, 0, nil, 0]),
        Signature("image/webp", "RIFF").and("WEBP", at: 8),
        Signature("audio/x-wav", "RIFF").and("WAVE", at: 8),
        Signature("video/x-msvideo", "RIFF").and("AVI ", at: 8),
        Signature("image/heic", "ftypheic", at: 4),
        Signature("image/avif", "ftypavif", at: 4),
        Signature("audio/x-m4a", "ftypM4A", at: 4),
        Signature("video/quicktime", "ftypqt  ", at: 4),
        Signature("video/mp4", "ftyp", at: 4),
        Signature("audio/mpeg", "ID3"),
        Signature("audio/flac", "fLaC"),
        Signature("application/ogg", "OggS"),
        Signature("video/x-matroska", [0x1A, 0x45, 0xDF, 0xA3]),
        Signature("video/x-ms-asf", [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]),
    ]

    /// What is not marked at the beginning, or by two letters that a text may begin with.
    private static let late: [Signature] = [
        Signature("application/x-tar", "ustar", at: 257),
        Signature("application/x-iso9660-image", "CD001", at: 32_769),
        Signature("application/x-dosexec", "MZ"),
        Signature("application/x-dosexec", "ZM"),
    ]
}
