/// Which attachments are not wanted.
public struct AttachmentPolicy: Sendable, Hashable {
    /// Extensions of file names that are not wanted, in lower case, without the dot: by default what Windows and others run when it is opened.
    public var disallowedExtensions: Set<String> = AttachmentPolicy.executableExtensions
    /// Types that are not wanted, declared or detected, in lower case: `application/x-msdownload`, `video/*`.
    public var disallowedTypes: Set<String> = [
        "application/x-msdownload", "application/hta", "application/x-ms-shortcut",
    ]
    /// Whether a file that is executable by its octets is not wanted, whatever it is called.
    public var disallowsDetectedExecutables = true
    /// Whether the names and types of files in archives are looked at too.
    public var looksIntoArchives = true

    /// The defaults.
    public init() {}

    /// What is run when it is opened.
    public static let executableExtensions: Set<String> = [
        "ade", "adp", "app", "application", "appref-ms", "appx", "appxbundle", "bas", "bat", "chm", "cmd", "cnt", "com",
        "cpl", "crt", "dll", "diagcab", "exe", "gadget", "hlp", "hpj", "hta", "inf", "ins", "isp", "iqy", "jar", "jnlp",
        "js", "jse", "lib", "library-ms", "lnk", "mde", "msc", "msh", "msh1", "msh2", "mshxml", "msi", "msix", "msp",
        "mst", "ocx", "osd", "pcd", "pif", "prf", "prg", "ps1", "ps1xml", "ps2", "psc1", "psc2", "psd1", "psdm1", "pst",
        "reg", "rgs", "scf", "scr", "sct", "search-ms", "settingcontent-ms", "shb", "shs", "slk", "sys", "theme", "url",
        "vb", "vbe", "vbp", "vbs", "vhd", "vhdx", "vsmacros", "vxd", "webpnp", "website", "wsc", "wsf", "wsh", "xbap",
        "xll", "xnk",
    ]

    /// Extensions of what looks harmless, before another one that is not.
    static let harmlessExtensions: Set<String> = [
        "avi", "bmp", "csv", "doc", "docx", "eml", "gif", "htm", "html", "ics", "jpeg", "jpg", "log", "mov", "mp3",
        "mp4",
        "odt", "ods", "pdf", "png", "ppt", "pptx", "rtf", "svg", "tif", "tiff", "txt", "vcf", "wav", "xls", "xlsx",
        "xml",
        "zip",
    ]

    /// Whether a type is not wanted.
    func disallows(type: String) -> Bool {
        if disallowedTypes.contains(type) { return true }
        guard let slash = type.firstIndex(of: "/") else { return false }
        return disallowedTypes.contains(type[..<slash] + "/*")
    }
}
