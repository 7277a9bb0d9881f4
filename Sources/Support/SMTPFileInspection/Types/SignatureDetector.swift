/// A detector with a small table of its own, which needs no library.
///
/// It knows programs, archives and the usual documents and media; of texts only what is dangerous to open. It does not look into documents: an
/// installer of Windows (`.msi`) is an OLE file to it, as an old document of an office program is.
public struct SignatureDetector: FileTypeDetector {
    /// A detector.
    public init() {}

    /// What the octets at the beginning of a file tell.
    public func type(of beginning: Span<UInt8>) -> DetectedFileType? {
        mediaType(beginning).map { DetectedFileType(mediaType: $0) }
    }

    private func mediaType(_ beginning: Span<UInt8>) -> String? {
        if let binary = javaOrMachO(beginning) { return binary }
        for signature in Signature.all where signature.matches(beginning) {
            return signature.mediaType == "application/zip" ? zip(beginning) : signature.mediaType
        }
        return text(beginning)
    }

    /// Java classes and programs for several processors begin alike: a class has the version of its format where a program has the number of its
    /// parts, and no version is below 45.
    private func javaOrMachO(_ beginning: Span<UInt8>) -> String? {
        guard beginning.count >= 8, beginning.starts(with: [0xCA, 0xFE, 0xBA, 0xBE], at: 0) else { return nil }
        let isProgram = beginning[4] == 0 && beginning[5] == 0 && beginning[6] == 0 && beginning[7] < 45
        return isProgram ? "application/x-mach-binary" : "application/java-vm"
    }

    // MARK: Zip files

    /// What a zip file's first entries make of it.
    private func zip(_ beginning: Span<UInt8>) -> String {
        let named = "application/vnd.openxmlformats-officedocument."
        var isOfficeDocument = false
        var offset = 0
        var entries = 0
        while entries < 100, let start = beginning.first([0x50, 0x4B, 3, 4], from: offset) {
            let name = start + 30
            if entries == 0 {
                // OpenDocument 1.3 part 2 §3.3: a first entry that is not compressed tells the type.
                if beginning.starts(with: Array("mimetypeapplication/".utf8), at: name) {
                    return statedType(beginning, from: name + 8)
                }
                if beginning.starts(with: Array("META-INF/".utf8), at: name) { return "application/java-archive" }
                isOfficeDocument =
                    ["[Content_Types].xml", "_rels/.rels", "docProps/"].contains {
                        beginning.starts(with: Array($0.utf8), at: name)
                    }
            }
            if beginning.starts(with: Array("AndroidManifest.xml".utf8), at: name) {
                return "application/vnd.android.package-archive"
            }
            if isOfficeDocument {
                if beginning.starts(with: Array("word/".utf8), at: name) { return named + "wordprocessingml.document" }
                if beginning.starts(with: Array("xl/".utf8), at: name) { return named + "spreadsheetml.sheet" }
                if beginning.starts(with: Array("ppt/".utf8), at: name) {
                    return named + "presentationml.presentation"
                }
            }
            entries += 1
            offset = start + 4
        }
        return "application/zip"
    }

    /// The type that a document says it is of, if it is one of those that are zip files.
    private func statedType(_ beginning: Span<UInt8>, from start: Int) -> String {
        var type = ""
        var index = start
        while index < beginning.count, type.utf8.count < 100 {
            let octet = beginning[index] | 0x20
            guard (0x61...0x7A).contains(octet) || Array("+-./".utf8).contains(beginning[index]) else { break }
            type.unicodeScalars.append(Unicode.Scalar(beginning[index]))
            index += 1
        }
        type = type.lowercased()
        // The next entry's mark stands right behind it.
        if type.hasSuffix("pk") { type.removeLast(2) }
        return type != "application/zip" && MediaTypeProperties.isArchive(type) ? type : "application/zip"
    }

    // MARK: Texts

    /// Scripts with a line that says by what they are run, and texts that a browser runs.
    private func text(_ beginning: Span<UInt8>) -> String? {
        var start = beginning.starts(with: [0xEF, 0xBB, 0xBF], at: 0) ? 3 : 0
        if beginning.starts(with: Array("#!".utf8), at: start) { return script(beginning, from: start + 2) }
        while start < beginning.count, [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D].contains(beginning[start]) { start += 1 }
        let word = beginning.lowercased(from: start, count: 24)
        if word.hasPrefix("<svg") { return "image/svg+xml" }
        if word.hasPrefix("<?php") { return "text/x-php" }
        if word.hasPrefix("@echo off") { return "text/x-msdos-batch" }
        for tag in Self.htmlTags where word.hasPrefix(tag) { return "text/html" }
        if word.hasPrefix("<?xml") {
            let rest = beginning.lowercased(from: start, count: 1024)
            if rest.contains("<svg") { return "image/svg+xml" }
            return rest.contains("<html") ? "text/html" : "text/xml"
        }
        return nil
    }

    /// What browsers take for HTML when nobody tells them (WHATWG, MIME Sniffing, §7.1), without those that other texts begin with.
    private static let htmlTags = [
        "<!doctype html", "<html", "<head", "<script", "<iframe", "<body", "<title", "<style", "<meta", "<!--",
    ]

    private func script(_ beginning: Span<UInt8>, from start: Int) -> String {
        let line = beginning.lowercased(from: start, count: 128).prefix { $0 != "\n" }
        for (interpreter, type) in Self.interpreters where line.contains(interpreter) { return type }
        return "text/x-shellscript"
    }

    private static let interpreters = [
        ("python", "text/x-script.python"), ("perl", "text/x-perl"), ("ruby", "text/x-ruby"), ("php", "text/x-php"),
        ("node", "application/javascript"), ("lua", "text/x-lua"), ("tclsh", "text/x-tcl"), ("wish", "text/x-tcl"),
        ("awk", "text/x-awk"), ("pwsh", "text/x-powershell"),
    ]
}

extension Span<UInt8> {
    /// Whether these octets are at an offset.
    fileprivate func starts(with octets: [UInt8], at offset: Int) -> Bool {
        guard offset >= 0, count - offset >= octets.count else { return false }
        for index in octets.indices where self[offset + index] != octets[index] { return false }
        return true
    }

    /// Where these octets are first, from an offset on.
    fileprivate func first(_ octets: [UInt8], from offset: Int) -> Int? {
        var index = offset
        while index + octets.count <= count {
            if self[index] == octets[0], starts(with: octets, at: index) { return index }
            index += 1
        }
        return nil
    }

    /// Octets as text in lower case, each a letter. NUL is left out: that reads what UTF-16 has of ASCII, too.
    fileprivate func lowercased(from offset: Int, count: Int) -> String {
        var text = ""
        var index = offset
        while index < self.count, index < offset + count {
            let octet = self[index]
            if octet != 0 {
                text.unicodeScalars.append(Unicode.Scalar((0x41...0x5A).contains(octet) ? octet | 0x20 : octet))
            }
            index += 1
        }
        return text
    }
}
