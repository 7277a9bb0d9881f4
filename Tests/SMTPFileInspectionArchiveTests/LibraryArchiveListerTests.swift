#if Archive
import Foundation
import SMTPFileInspection
import SMTPFileInspectionArchive
import SMTPSecurityTesting
import Testing

@Suite("Listing archives with libarchive")
struct LibraryArchiveListerTests {
    private static func list(
        _ octets: [UInt8], _ name: String = "", limits: ArchiveLimits = ArchiveLimits()
    ) -> ArchiveListing {
        LibraryArchiveLister().list(octets.span, name: Array(name.utf8), limits: limits) { false }
    }

    private static func paths(_ listing: ArchiveListing) -> [String] {
        listing.entries.indices.map { index in
            listing.paths(to: index).map { String(decoding: $0, as: UTF8.self) }.joined(separator: ">")
        }
    }

    private static let program = "program = b'MZ' + b'\\0' * 58 + b'\\x40\\0\\0\\0PE\\0\\0' + b'\\0' * 200\n"

    struct Case: Sendable {
        var program: String
        var name: String
        var paths: [String]
    }

    @Test(
        "names what is in them",
        arguments: [
            Case(
                program: "out.write(zipped([('a.txt', b'x'), ('b/c.exe', program)]))", name: "x.zip",
                paths: ["a.txt", "b/c.exe"]),
            Case(
                program: "out.write(tarred([('a.txt', b'x'), ('c.exe', program)]))", name: "x.tar",
                paths: ["a.txt", "c.exe"]),
            Case(program: "out.write(gzip.compress(tarred([('c.exe', program)])))", name: "x.tar.gz", paths: ["c.exe"]),
            Case(program: "out.write(bz2.compress(tarred([('c.exe', program)])))", name: "x.tar.bz2", paths: ["c.exe"]),
            Case(program: "out.write(lzma.compress(tarred([('c.exe', program)])))", name: "x.tar.xz", paths: ["c.exe"]),
            Case(program: "out.write(gzip.compress(program))", name: "c.exe.gz", paths: ["c.exe"]),
            Case(program: "out.write(zipped([('../../c.exe', program)]))", name: "x.zip", paths: ["../../c.exe"]),
            Case(
                program: "out.write(zipped([('i.zip', zipped([('c.exe', program)]))]))", name: "x.zip",
                paths: ["i.zip", "i.zip>c.exe"]),
            Case(
                program: "out.write(zipped([('i.tar.gz', gzip.compress(tarred([('c.exe', program)])))]))",
                name: "x.zip",
                paths: ["i.tar.gz", "i.tar.gz>c.exe"]),
            Case(program: "out.write(zipped([('é.exe', program)]))", name: "x.zip", paths: ["é.exe"]),
        ])
    func names(_ item: Case) throws {
        let listing = Self.list(try Python.octets(Self.program + item.program), item.name)
        #expect(Self.paths(listing) == item.paths)
        #expect(listing.isComplete, "\(listing.problem ?? "")")
        #expect(!listing.isAmbiguous)
        let programs = listing.entries.filter { $0.detected?.isExecutable == true }
        #expect(programs.count == 1)
    }

    @Test("stops at its limits")
    func limits() throws {
        let bomb = try Python.octets(Self.program + "out.write(zipped([('zeros', b'\\0' * (10 << 20))]))")
        #expect(Self.list(bomb).exceeded == [.ratio])
        let packed = try Python.octets(Self.program + "out.write(gzip.compress(b'\\0' * (10 << 20)))")
        #expect(Self.list(packed).exceeded == [.ratio])
        var small = ArchiveLimits()
        small.ratio = 1_000_000
        small.expandedSize = 1 << 20
        #expect(Self.list(bomb, limits: small).exceeded == [.expandedSize])
        let many = try Python.octets(Self.program + "out.write(zipped([('f%d' % i, b'x') for i in range(12000)]))")
        let listing = Self.list(many)
        #expect(listing.exceeded == [.entries])
        #expect(listing.entries.count == 10_000)
        #expect(!listing.isAmbiguous)
        let deep = try Python.octets(
            Self.program
                + "data = zipped([('c.exe', program)])\nfor _ in range(5): data = zipped([('i.zip', data)])\nout.write(data)"
        )
        #expect(Self.list(deep).exceeded == [.depth])
    }

    @Test("says what is encrypted, and what programs read differently")
    func unusual() throws {
        // Bit 0 of the flags, in the local header and in the directory.
        let encrypted = try Python.octets(
            Self.program + """
                data = bytearray(zipped([('a.txt', b'x' * 100)]))
                data[6] |= 1
                data[data.index(b'PK\\x01\\x02') + 8] |= 1
                out.write(data)
                """)
        let listing = Self.list(encrypted)
        #expect(listing.isEncrypted)
        #expect(Self.paths(listing) == ["a.txt"])
        let different = try Python.octets(
            Self.program + """
                data = bytearray(zipped([('a.txt', program)]))
                place = data.index(b'PK\\x01\\x02') + 46
                data[place:place + 5] = b'b.exe'
                out.write(data)
                """)
        let names = Set(Self.paths(Self.list(different)))
        #expect(names == ["a.txt", "b.exe"])
        #expect(Self.list(different).isAmbiguous)
        let prefixed = try Python.octets(Self.program + "out.write(b'x' * 100 + zipped([('c.exe', program)]))")
        #expect(Self.paths(Self.list(prefixed)).contains("c.exe"))
    }

    @Test("takes no honest archive for an ambiguous one")
    func honest() throws {
        for program in [
            // With backslashes, folders, sizes behind the content, and 40 MiB that are read twice.
            "out.write(zipped([('a\\\\b.txt', b'x'), ('c/', b''), ('c/d.txt', b'y')]))",
            """
            class Stream(io.RawIOBase):
                def writable(self): return True
                def write(self, data): out.write(bytes(data)); return len(data)
            with zipfile.ZipFile(Stream(), 'w', zipfile.ZIP_STORED) as archive: archive.writestr('a.txt', b'x' * 100)
            """,
            "import os\nout.write(zipped([('a', os.urandom(1 << 20) * 40), ('i.zip', zipped([('b.txt', b'x')]))]))",
            // A zip file that is the last one of another archive is none of the archive's own.
            "out.write(tarred([('b.txt', b'x'), ('a.zip', zipped([('b.txt', b'x')]))]))",
        ] {
            let listing = Self.list(try Python.octets(Self.program + program))
            #expect(!listing.isAmbiguous, "\(program): \(Self.paths(listing))")
            #expect(listing.exceeded.isEmpty, "\(program)")
        }
    }

    @Test("ends where it is cut off, wherever that is, and when it is told to")
    func truncated() throws {
        for program in [
            "out.write(zipped([('a.txt', b'x' * 50), ('c.exe', program)]))",
            "out.write(gzip.compress(tarred([('c.exe', program)])))",
        ] {
            let whole = try Python.octets(Self.program + program)
            for count in 0..<whole.count {
                let listing = Self.list(Array(whole[..<count]))
                #expect(listing.entries.count <= 4)
            }
        }
        let archive = try Python.octets(Self.program + "out.write(zipped([('a', b'x')]))")
        let listing = LibraryArchiveLister().list(archive.span, name: [], limits: ArchiveLimits()) { true }
        #expect(listing.isCancelled)
    }

    @Test("any octets are listed without a fault")
    func generated() throws {
        var random = Generator(seed: 1_952)
        let seeds = try [
            "out.write(zipped([('a.txt', b'x' * 50), ('c.exe', program)]))", "out.write(tarred([('c.exe', program)]))",
            "out.write(gzip.compress(tarred([('c.exe', program)])))",
        ].map { try Python.octets(Self.program + $0) }
        // Each takes libarchive a while.
        for _ in 0..<min(Generator.cases(300), 20_000) {
            var octets = seeds.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                octets[Int.random(in: 0..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let listing = Self.list(octets)
            #expect(listing.entries.count <= 10_000)
        }
    }
}
#endif
