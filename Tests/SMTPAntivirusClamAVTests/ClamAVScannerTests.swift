#if ClamAV
import Foundation
import SMTPAntivirus
import SMTPAntivirusClamAV
import SMTPSecurity
import SMTPSecurityTesting
import Synchronization
import Testing

/// What a test has to say to its tasks.
private final class Flag: Sendable { let isSet = Atomic(false) }

@Suite("Scanning with libclamav")
struct ClamAVScannerTests {
    private static let clean = Array("hello, world\r\n".utf8)
    /// The test virus, for programs that make files of it.
    private static let prelude = """
        virus = b'X5O!P%@AP[4\\\\PZX54(P^)7CC)7}$EICAR-STANDARD-' + b'ANTIVIRUS-TEST-FILE!$H+H*'

        """

    private static func isLimit(_ verdict: ScanVerdict) -> Bool {
        if case .unscanned(.limitExceeded) = verdict { true } else { false }
    }

    private static func isInfected(_ verdict: ScanVerdict) -> Bool {
        if case .infected = verdict { true } else { false }
    }

    @Test("finds the test virus by its octets and by its hash")
    func signatures() async throws {
        let database = try TestDatabase()
        let scanner = try await database.scanner()
        #expect(scanner.database.signatures == 2)
        #expect(scanner.database.generation == 0)
        #expect(scanner.database.age(at: Int64(Date().timeIntervalSince1970)).map { $0 < 600 } == true)
        #expect(await scanner.scan(ScanSample(TestVirus.octets)) == .infected(TestVirus.bytesName))
        #expect(await scanner.scan(ScanSample(Self.clean)) == .clean)
        #expect(await scanner.scan(ScanSample([])) == .clean)
        try database.remove("test.ndb")
        #expect(try await scanner.reloadIfChanged())
        #expect(await scanner.scan(ScanSample(TestVirus.octets)) == .infected(TestVirus.hashName))
        // A hash is that of a whole file.
        #expect(await scanner.scan(ScanSample([0] + TestVirus.octets)) == .clean)
    }

    struct Packed: Sendable, CustomStringConvertible {
        var description: String
        var program: String

        init(_ description: String, _ program: String) {
            self.description = description
            self.program = program
        }
    }

    @Test(
        "looks into archives",
        arguments: [
            Packed("zip", "out.write(zipped([('a.txt', b'x'), ('v.com', virus)]))"),
            Packed("zip in zip", "out.write(zipped([('i.zip', zipped([('v.com', virus)]))]))"),
            Packed("tar.gz", "out.write(gzip.compress(tarred([('v.com', virus)])))"),
            Packed("tar.bz2", "out.write(bz2.compress(tarred([('v.com', virus)])))"),
            Packed("tar.xz", "out.write(lzma.compress(tarred([('v.com', virus)])))"),
            Packed("zip in tar in gz", "out.write(gzip.compress(tarred([('v.zip', zipped([('v.com', virus)]))])))"),
        ])
    func archives(_ item: Packed) async throws {
        let scanner = try await TestDatabase().scanner()
        let octets = try Python.octets(Self.prelude + item.program)
        #expect(Self.isInfected(await scanner.scan(ScanSample(octets))))
    }

    @Test(
        "never takes what it did not scan for clean, the second time neither",
        arguments: [
            Packed("a file that expands beyond the limit", "out.write(zipped([('zeros', b'\\0' * (20 << 20))]))"),
            Packed(
                "one that says that it does not",
                """
                data = bytearray(zipped([('zeros', b'\\0' * (20 << 20))]))
                data[22:26] = (1000).to_bytes(4, 'little')
                place = data.index(b'PK\\x01\\x02') + 24
                data[place:place + 4] = (1000).to_bytes(4, 'little')
                out.write(data)
                """),
            Packed("a gzip file", "out.write(gzip.compress(b'\\0' * (20 << 20)))"),
            Packed("a bzip2 file", "out.write(bz2.compress(b'\\0' * (20 << 20)))"),
            Packed("an xz file", "out.write(lzma.compress(b'\\0' * (20 << 20)))"),
            Packed(
                "archives in archives",
                "data = b'x'\nfor _ in range(30): data = zipped([('i.zip', data)])\nout.write(data)"),
            Packed("many files", "out.write(zipped([('f%d' % i, b'%d' % i) for i in range(3000)]))"),
            Packed(
                "more than is scanned",
                "out.write(zipped([('f%d' % i, b'%d' % i + b'\\0' * (8 << 20)) for i in range(20)]))"),
        ])
    func limits(_ item: Packed) async throws {
        let scanner = try await TestDatabase().scanner { configuration in
            configuration.limits.fileSize = 10 << 20
            configuration.limits.scanSize = 100 << 20
            configuration.limits.files = 1_000
        }
        let octets = try Python.octets(item.program)
        for _ in 0..<2 {
            let verdict = await scanner.scan(ScanSample(octets))
            #expect(Self.isLimit(verdict), "\(verdict)")
        }
    }

    @Test("says what is encrypted, and what is too large")
    func encrypted() async throws {
        let scanner = try await TestDatabase().scanner { $0.limits.fileSize = 1_000 }
        let encrypted = try Python.octets(
            """
            data = bytearray(zipped([('a.txt', b'x' * 100)]))
            data[6] |= 1
            data[data.index(b'PK\\x01\\x02') + 8] |= 1
            out.write(data)
            """)
        #expect(
            await scanner.scan(ScanSample(encrypted)) == .unscanned(.encrypted("Heuristics.Encrypted.Zip")))
        #expect(await scanner.scan(ScanSample([UInt8](repeating: 65, count: 1_001))) == .unscanned(.tooLarge))
        #expect(await scanner.scan(ScanSample([UInt8](repeating: 65, count: 1_000))) == .clean)
    }

    @Test("does not go on with what nobody waits for any more")
    func cancelled() async throws {
        let scanner = try await TestDatabase().scanner { $0.threads = 1 }
        let bomb = try Python.octets(
            "out.write(zipped([('f%d' % i, b'%d' % i + b'\\0' * (8 << 20)) for i in range(40)]))")
        let running = Task { await scanner.scan(ScanSample(bomb)) }
        let waiting = Task { await scanner.scan(ScanSample(bomb)) }
        running.cancel()
        waiting.cancel()
        #expect(await running.value == .unscanned(.deadline))
        #expect(await waiting.value == .unscanned(.deadline))
        // The thread is free again, and a cancelled scan has left no trace in what the library remembers.
        #expect(await scanner.scan(ScanSample(TestVirus.octets)) == .infected(TestVirus.bytesName))
        let withVirus = try Python.octets(
            Self.prelude
                + "out.write(zipped([('f%d' % i, b'%d' % i + b'\\0' * (8 << 20)) for i in range(5)] + [('v.com', virus)]))"
        )
        let cut = Task { await scanner.scan(ScanSample(withVirus)) }
        cut.cancel()
        #expect(await cut.value == .unscanned(.deadline))
        #expect(Self.isInfected(await scanner.scan(ScanSample(withVirus))))
    }

    @Test("has nothing to say once the time is up")
    func timeIsUp() async throws {
        let scanner = try await TestDatabase().scanner { $0.threads = 1 }
        let sample = ScanSample(TestVirus.octets)
        let time = ScanTime(.seconds(25), clock: ImpatientClock())
        while !time.isUp { await Task.yield() }
        #expect(await scanner.scan([sample, sample], until: time) == [.unscanned(.deadline)])
        #expect(await scanner.scan([sample], until: ScanTime(.seconds(25), clock: PatientClock())).count == 1)
    }

    @Test("scans at once for a task on its own threads, which waits for nobody")
    func onOwnThread() async throws {
        let scanner = try await TestDatabase().scanner { $0.threads = 1 }
        let samples = [ScanSample(Self.clean), ScanSample(TestVirus.octets)]
        // The only thread is the one that asks: a scan handed to it would never begin.
        let verdicts = await withTaskExecutorPreference(scanner.executor) {
            await scanner.scan(samples, until: ScanTime(.seconds(25), clock: PatientClock()))
        }
        #expect(verdicts == [.clean, .infected(TestVirus.bytesName)])
        let bomb = try Python.octets(
            "out.write(zipped([('f%d' % i, b'%d' % i + b'\\0' * (8 << 20)) for i in range(40)]))")
        let begun = Flag()
        let cut = Task(executorPreference: scanner.executor) {
            begun.isSet.store(true, ordering: .relaxed)
            return await scanner.scan(ScanSample(bomb))
        }
        while !begun.isSet.load(ordering: .relaxed) { await Task.yield() }
        cut.cancel()
        #expect(await cut.value == .unscanned(.deadline))
        let late = await withTaskExecutorPreference(scanner.executor) {
            let time = ScanTime(.seconds(25), clock: ImpatientClock())
            while !time.isUp { await Task.yield() }
            return await scanner.scan([ScanSample(TestVirus.octets)], until: time)
        }
        #expect(late == [.unscanned(.deadline)])
    }

    @Test("ends by itself when a scan takes longer than it may")
    func timeLimit() async throws {
        let scanner = try await TestDatabase().scanner { $0.limits.time = .milliseconds(1) }
        let long = try Python.octets(
            "out.write(zipped([('f%d' % i, b'%d' % i + b'\\0' * (8 << 20)) for i in range(20)]))")
        #expect(await scanner.scan(ScanSample(long)) == .unscanned(.deadline))
    }

    // MARK: Databases

    @Test("refuses a database that is broken, and keeps the one before it")
    func brokenDatabase() async throws {
        let database = try TestDatabase()
        let scanner = try await database.scanner()
        let version = scanner.signatureVersion
        try database.write("this is no signature\n", "broken.ndb")
        let error = await #expect(throws: ClamAVError.self) { try await scanner.reloadIfChanged() }
        #expect(error?.description.contains("Malformed database") == true)
        #expect(scanner.refusal == error)
        #expect(scanner.signatureVersion == version)
        #expect(await scanner.scan(ScanSample(TestVirus.octets)) == .infected(TestVirus.bytesName))
        try database.remove("broken.ndb")
        try await scanner.reload()
        #expect(scanner.refusal == nil)
        #expect(scanner.signatureVersion != version)
        #expect(try await scanner.reloadIfChanged() == false)
    }

    @Test("says what is wrong with a folder")
    func noDatabase() async throws {
        let absent = await #expect(throws: ClamAVError.self) {
            _ = try await ClamAVScanner(ClamAVConfiguration(database: "/nowhere/at/all"))
        }
        #expect(absent?.description == "/nowhere/at/all: there is no such file or folder")
        let database = try TestDatabase()
        try database.remove("test.ndb")
        try database.remove("test.hdb")
        let empty = await #expect(throws: ClamAVError.self) { _ = try await database.scanner() }
        #expect(empty?.description.contains(database.path) == true)
    }

    /// The memory of this process, in octets.
    private static func memory() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return try #require(pages) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    @Test("loads signatures a hundred times while it scans, and loses nothing")
    func reloadUnderLoad() async throws {
        let database = try TestDatabase()
        let scanner = try await database.scanner()
        let zip = try Python.octets(Self.prelude + "out.write(zipped([('v.com', virus)]))")
        let isOver = Flag()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<4 {
                group.addTask {
                    var scans = 0
                    // Each with other octets, so that the library does not remember it.
                    while !isOver.isSet.load(ordering: .relaxed) {
                        let text = Array("clean \(number) \(scans)".utf8)
                        #expect(await scanner.scan(ScanSample(text)) == .clean)
                        #expect(Self.isInfected(await scanner.scan(ScanSample(zip))))
                        scans += 1
                    }
                    return scans
                }
            }
            defer { isOver.isSet.store(true, ordering: .relaxed) }
            for _ in 0..<20 { try await scanner.reload() }
            let before = try Self.memory()
            for _ in 0..<80 { try await scanner.reload() }
            let growth = try Self.memory() - before
            // Eighty engines would take hundreds of megabytes. What other tests do meanwhile counts, too.
            #expect(growth < 128 << 20, "\(growth) octets")
            isOver.isSet.store(true, ordering: .relaxed)
            var scans = 0
            for try await count in group { scans += count }
            #expect(scans > 100)
        }
        #expect(scanner.database.generation == 100)
    }

    @Test("writes into a folder of its own, which nobody else may read and which is gone with it")
    func privateFolder() async throws {
        let parent = FileManager.default.temporaryDirectory.appending(path: "parent-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: parent) }
        do {
            let scanner = try await TestDatabase().scanner { $0.temporaryFolder = parent }
            let names = try FileManager.default.contentsOfDirectory(atPath: parent)
            #expect(names.count == 1)
            let facts = try FileManager.default.attributesOfItem(atPath: "\(parent)/\(try #require(names.first))")
            #expect((facts[.posixPermissions] as? NSNumber)?.intValue == 0o700)
            let zip = try Python.octets(Self.prelude + "out.write(zipped([('v.com', virus)]))")
            #expect(Self.isInfected(await scanner.scan(ScanSample(zip))))
            let folder = "\(parent)/\(names[0])"
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
        // The last thread that had a hand in it lets go of it a moment later.
        while try !FileManager.default.contentsOfDirectory(atPath: parent).isEmpty { await Task.yield() }
        // One that a process has left behind.
        try FileManager.default.createDirectory(
            atPath: "\(parent)/smtp-antivirus-abcdef", withIntermediateDirectories: true,
            attributes: [.modificationDate: Date(timeIntervalSince1970: 0)])
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: "\(parent)/smtp-antivirus-abcdef")
        let next = try await TestDatabase().scanner { $0.temporaryFolder = parent }
        let names = try FileManager.default.contentsOfDirectory(atPath: parent)
        #expect(names.count == 1 && names.first != "smtp-antivirus-abcdef")
        _ = next.database
    }
}
#endif
