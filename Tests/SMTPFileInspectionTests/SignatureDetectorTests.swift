import SMTPFileInspection
import SMTPSecurityTesting
import Testing

@Suite("The detector by signatures")
struct SignatureDetectorTests {
    private static func at(_ offset: Int, _ text: String) -> [UInt8] {
        Array(repeating: 0, count: offset) + Array(text.utf8)
    }

    private static func zip(_ name: String) -> [UInt8] {
        [0x50, 0x4B, 3, 4] + Array(repeating: 0, count: 26) + Array(name.utf8)
    }

    static let files: [(octets: [UInt8], type: String?)] = [
        ([], nil), ([0x4D], nil), (Array("Dear Sir".utf8), nil), ([0, 0, 0, 0], nil),
        (Array("MZ\u{10}".utf8), "application/x-dosexec"),
        ([0x7F, 0x45, 0x4C, 0x46, 2, 1] + Array(repeating: 0, count: 10) + [2, 0], "application/x-executable"),
        ([0x7F, 0x45, 0x4C, 0x46, 2, 1] + Array(repeating: 0, count: 10) + [3, 0], "application/x-sharedlib"),
        ([0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 2], "application/x-mach-binary"),
        ([0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 52], "application/java-vm"),
        ([0xCF, 0xFA, 0xED, 0xFE], "application/x-mach-binary"),
        ([0, 0x61, 0x73, 0x6D, 1], "application/wasm"),
        (
            [0x4C, 0, 0, 0, 1, 0x14, 2, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46],
            "application/x-ms-shortcut"
        ),
        (Array("#!/bin/sh\n".utf8), "text/x-shellscript"),
        (Array("#!/usr/bin/env python3\n".utf8), "text/x-script.python"),
        (zip("a.txt"), "application/zip"), (zip("META-INF/MANIFEST.MF"), "application/java-archive"),
        (zip("mimetypeapplication/epub+zip") + zip("a"), "application/epub+zip"),
        (zip("mimetypeapplication/x-dosexec"), "application/zip"),
        (
            zip("[Content_Types].xml") + zip("word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        ),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "application/x-7z-compressed"),
        (Array("Rar!\u{1A}\u{7}\u{0}".utf8), "application/x-rar"),
        (Array("Rar!\u{1A}\u{7}\u{1}\u{0}".utf8), "application/x-rar"),
        ([0x1F, 0x8B, 8], "application/gzip"), (Array("BZh91AY&SY".utf8), "application/x-bzip2"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "application/x-xz"), ([0x28, 0xB5, 0x2F, 0xFD], "application/zstd"),
        (at(257, "ustar"), "application/x-tar"), (at(32_769, "CD001"), "application/x-iso9660-image"),
        (Array("MSCF\0\0\0\0".utf8), "application/vnd.ms-cab-compressed"), ([0x60, 0xEA], "application/x-arj"),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "application/x-ole-storage"),
        (Array("%PDF-1.7".utf8), "application/pdf"), (Array(#"{\rtf1"#.utf8), "text/rtf"),
        (Array("GIF89a".utf8), "image/gif"), ([0xFF, 0xD8, 0xFF, 0xE0], "image/jpeg"),
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "image/png"),
        (Array("BM1234\0\0\0\0".utf8), "image/bmp"), (Array("BM, dear".utf8), nil),
        (Array("RIFF1234WEBP".utf8), "image/webp"), (Array("1234ftypisom".utf8), "video/mp4"),
        (Array(" \r\n<!DOCTYPE HTML>".utf8), "text/html"), (Array("<?xml version='1.0'?><svg".utf8), "image/svg+xml"),
        (Array("!<arch>\ndebian-binary".utf8), "application/vnd.debian.binary-package"),
        (Array("!<arch>\n/".utf8), "application/x-archive"), ([0xED, 0xAB, 0xEE, 0xDB], "application/x-rpm"),
        (Array("ITSF\u{3}\0\0\0".utf8), "application/vnd.ms-htmlhelp"),
        (Array("CWS\u{A}".utf8), "application/x-shockwave-flash"),
    ]

    @Test("knows files by their octets", arguments: files.indices)
    func table(_ index: Int) {
        let file = Self.files[index]
        #expect(SignatureDetector().type(of: file.octets.span)?.mediaType == file.type)
    }

    @Test("generated octets give a type with its properties, or none")
    func generated() {
        var random = Generator(seed: 11)
        for _ in 0..<Generator.cases(5000) {
            // What stands in the table, cut and changed.
            var octets = Self.files[Int.random(in: Self.files.indices, using: &random)].octets
            octets = Array(octets.prefix(Int.random(in: 0...octets.count, using: &random)))
            if let index = octets.indices.randomElement(using: &random) {
                octets[index] = UInt8.random(in: 0...255, using: &random)
            }
            if let type = SignatureDetector().type(of: octets.span) {
                #expect(type == DetectedFileType(mediaType: type.mediaType))
            }
        }
    }

    @Test("problems of listings are bounded and printable")
    func problems() {
        var listing = ArchiveListing()
        listing.noteDamage([0x61, 0, 0x5C, 0xFF, 0x0A])
        listing.noteDamage([0x62])
        #expect(listing.problem == #"a\x00\x5C\xFF\x0A"# && listing.isDamaged && !listing.isComplete)
        var long = ArchiveListing()
        long.noteDamage(Array(repeating: 0, count: 1000))
        #expect(long.problem?.utf8.count == ArchiveListing.longestProblem)
    }
}
