/// What a media type says about danger: one table for all detectors. It has several names of one thing, as detectors differ in them.
public enum MediaTypeProperties {
    /// Whether a recipient who opens such a file runs what it says.
    ///
    /// - Parameter mediaType: in lower case, without parameters.
    public static func isExecutable(_ mediaType: String) -> Bool { executable.contains(mediaType) }

    /// Whether such a file has other files inside.
    ///
    /// - Parameter mediaType: in lower case, without parameters.
    public static func isArchive(_ mediaType: String) -> Bool {
        archive.contains(mediaType) || zipDocuments.contains { mediaType.hasPrefix($0) }
    }

    private static let executable: Set<String> = [
        // Programs of Windows and DOS.
        "application/x-dosexec", "application/vnd.microsoft.portable-executable", "application/x-msdownload",
        "application/x-ms-ne-executable", "application/x-lx-executable", "application/x-ms-w3-executable",
        "application/x-ms-w4-executable", "application/x-dosdriver", "application/x-msi", "application/x-ms-shortcut",
        "application/x-mswinurl", "application/x-setupscript", "application/x-windows-gadget",
        "application/vnd.ms-htmlhelp", "application/x-innosetup", "application/x-installshield",
        // Programs of other systems.
        "application/x-executable", "application/x-pie-executable", "application/x-sharedlib", "application/x-object",
        "application/x-elf", "application/x-mach-binary", "application/x-coff", "application/x-kdelnk",
        "application/x-desktop", "application/vnd.debian.binary-package", "application/x-rpm",
        "application/x-svr4-package", "application/x-ios-app", "application/vnd.android.package-archive",
        "application/vnd.symbian.install", "application/x-chrome-extension",
        // Programs of machines that are programs.
        "application/java-vm", "application/x-java-applet", "application/java-archive", "application/wasm",
        "application/x-bytecode.python", "application/x-shockwave-flash", "application/x-silverlight-app",
        "application/x-elc", "application/x-nekovm-bytecode",
        // Scripts.
        "application/javascript", "text/javascript", "text/x-shellscript", "text/x-msdos-batch", "text/x-python",
        "text/x-script.python", "text/x-perl", "text/x-ruby", "text/x-php", "text/x-awk", "text/x-gawk", "text/x-nawk",
        "text/x-lua", "text/x-tcl", "text/x-powershell", "text/vbscript", "text/x-vbscript",
    ]

    private static let archive: Set<String> = [
        // Several files.
        "application/zip", "application/x-zip", "application/x-zip-compressed", "application/java-archive",
        "application/vnd.android.package-archive", "application/x-chrome-extension", "application/x-ios-app",
        "application/x-7z-compressed", "application/x-rar", "application/vnd.rar", "application/x-rar-compressed",
        "application/x-tar", "application/x-gtar", "application/x-ustar", "application/vnd.ms-cab-compressed",
        "application/x-iso9660-image", "application/x-arj", "application/x-ace-compressed", "application/x-lha",
        "application/x-lzh-compressed", "application/x-arc", "application/x-zoo", "application/x-archive",
        "application/vnd.debian.binary-package", "application/x-rpm", "application/x-cpio", "application/x-xar",
        "application/x-stuffit", "application/x-ms-wim", "application/x-apple-diskimage",
        "application/x-virtualbox-vhd", "application/warc", "application/vnd.comicbook",
        // One file, compressed.
        "application/gzip", "application/x-gzip", "application/x-bzip", "application/x-bzip2", "application/x-xz",
        "application/zstd", "application/x-zstd", "application/x-lzma", "application/x-lzip", "application/x-lz4",
        "application/x-lrzip", "application/x-lzop", "application/x-compress", "application/zlib",
        "application/x-compressed-iso",
    ]

    /// How the names of documents begin that are zip files.
    private static let zipDocuments = [
        "application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument.",
        "application/vnd.openofficeorg.", "application/vnd.sun.xml.", "application/epub+zip",
    ]
}
