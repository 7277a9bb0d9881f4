import Foundation
import SMTPLoggingTesting
import SMTPReplay
import SMTPSecurity
import Testing

@Suite("A recorder")
struct RecorderTests {
    private let folder: TemporaryFolder
    private let time = TestTime()

    init() throws { folder = try TemporaryFolder() }

    private func recorder(_ limits: RecorderLimits = RecorderLimits(), _ lines: LoggedLines? = nil) throws -> Recorder {
        let time = time
        return try Recorder(folder: folder.path, limits: limits, logger: lines?.logger, now: { time.now })
    }

    private func piece(_ count: Int, _ isEnd: Bool = true) -> TapeEvent {
        TapeEvent(.client(.message, [UInt8](repeating: 7, count: count), isEnd: isEnd), at: start)
    }

    private var closing: TapeEvent { TapeEvent(.closed, at: start) }

    private func contents() throws -> [RecordedFrame.Content] {
        try folder.files.flatMap { try frames($0) }.map(\.content)
    }

    @Test("writes what it is told, for its owner alone")
    func writes() async throws {
        let recorder = try recorder()
        #expect(recorder.begin(connection(1), profile: "inbound"))
        #expect(recorder.record([piece(10)], of: connection(1).session))
        #expect(!recorder.record([closing], of: connection(1).session), "it is over")
        #expect(!recorder.record([piece(10)], of: connection(1).session))
        #expect(!recorder.record([piece(10)], of: connection(2).session), "nobody began it")
        await recorder.close()
        #expect(!recorder.begin(connection(3), profile: "inbound"))
        let info = connection(1)
        #expect(
            try contents() == [
                .begin(client: info.client, local: info.local, profile: "inbound"), .event(piece(10).content),
                .event(.closed),
            ])
        let file = try #require(try folder.files.first)
        #expect(file.hasSuffix("/sessions-20270115T080000Z-0001.smtprec"))
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(recorder.figures.sessions == 1)
        #expect(recorder.figures.writtenOctets == (attributes[.size] as? UInt64))
        #expect(recorder.figures.queuedEvents == 0)
        #expect(recorder.figures.queuedOctets == 0)
    }

    @Test("needs a folder that is there")
    func noFolder() {
        let path = "\(folder.path)/missing"
        #expect(throws: RecordingError.self) { try Recorder(folder: path) }
        do {
            _ = try Recorder(folder: path)
        } catch {
            #expect(error.description == "\(path): there is no such folder")
        }
    }

    @Test("cuts a session that is longer than is kept, and says so in its recording")
    func sessionLimit() async throws {
        var limits = RecorderLimits()
        limits.sessionOctets = 1_000
        let recorder = try recorder(limits)
        _ = recorder.begin(connection(1), profile: "")
        #expect(recorder.record([piece(600)], of: connection(1).session))
        #expect(!recorder.record([piece(300), piece(200), piece(50)], of: connection(1).session))
        await recorder.close()
        #expect(recorder.figures.cut == 1)
        #expect(recorder.figures.droppedOctets == 250)
        #expect(try contents().suffix(2) == [.event(piece(300).content), .cut(.sessionLimit)])
    }

    @Test("begins another file when one is full, and removes the oldest ones")
    func rotation() async throws {
        var limits = RecorderLimits()
        limits.fileOctets = 10_000
        limits.totalOctets = 35_000
        let recorder = try recorder(limits)
        _ = recorder.begin(connection(1), profile: "")
        for _ in 0..<100 {
            #expect(recorder.record([piece(1_000)], of: connection(1).session))
            try await recorder.flush()
        }
        await recorder.close()
        let sizes = try folder.files.map { try FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int ?? 0 }
        #expect(sizes.allSatisfy { $0 <= 10_000 })
        #expect(sizes.reduce(0, +) <= 35_000)
        #expect(sizes.count >= 3)
        #expect(recorder.figures.removedFiles > 5)
        // Another recorder counts what is there.
        let second = try self.recorder(limits)
        _ = second.begin(connection(1), profile: "")
        for _ in 0..<20 { _ = second.record([piece(1_000)], of: connection(1).session) }
        await second.close()
        let total = try folder.files.reduce(0) { sum, file in
            sum + (try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0)
        }
        #expect(total <= 35_000 + 20_000)
        #expect(second.figures.removedFiles > 0)
    }

    private static func run(_ arguments: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    @Test(
        "does not affect who records when the disk is full, and goes on in a new file, where a small disk can be mounted"
    )
    func fullDisk() async throws {
        let disk = "\(folder.path)/disk"
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        guard Self.run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk) else { return }
        defer { _ = Self.run("umount", disk) }
        var limits = RecorderLimits()
        limits.queuedOctets = 2_000_000
        let (lines, time) = (LoggedLines(), time)
        let recorder = try Recorder(folder: disk, limits: limits, logger: lines.logger, now: { time.now })
        let filling = FileManager.default.createFile(
            atPath: "\(disk)/other", contents: Data(repeating: 0, count: 500 * 1_024))
        #expect(filling)
        for number in 1...10 as ClosedRange<UInt64> {
            #expect(recorder.begin(connection(number), profile: ""))
            #expect(recorder.record([piece(100_000), closing], of: connection(number).session) == false)
        }
        for _ in 0..<5 { await #expect(throws: RecordingError.self) { try await recorder.flush() } }
        #expect(recorder.figures.failures >= 5)
        #expect(recorder.figures.queuedEvents > 0)
        #expect(lines.count("error sessions cannot be recorded") == 1)
        time.advance(by: .seconds(61))
        await #expect(throws: RecordingError.self) { try await recorder.flush() }
        #expect(lines.count("error sessions cannot be recorded") == 2)
        // More than may wait is dropped, and the session says so.
        var refused = 0
        for number in 11...60 as ClosedRange<UInt64> {
            guard recorder.begin(connection(number), profile: "") else { continue }
            if !recorder.record([piece(100_000)], of: connection(number).session) { refused += 1 }
        }
        #expect(refused > 0)
        #expect(recorder.figures.cut == UInt64(refused))
        #expect(recorder.figures.queuedOctets < 2_100_000)
        try FileManager.default.removeItem(atPath: "\(disk)/other")
        // Nine of the sessions fit beside what is there; the rest waits for room.
        time.advance(by: .seconds(2))
        try? await recorder.flush()
        let files = try FileManager.default.contentsOfDirectory(atPath: disk).filter { $0.hasSuffix("smtprec") }
            .sorted()
        #expect(files.count >= 2)
        for file in files {
            var reader = try RecordingReader(path: "\(disk)/\(file)")
            while try reader.next() != nil {}
            #expect(!reader.isCutOff)
        }
        await recorder.close()
    }

    @Test("writes again after a failure only once a second")
    func pauses() async throws {
        try FileManager.default.removeItem(atPath: folder.path)
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: false)
        let recorder = try recorder()
        try FileManager.default.removeItem(atPath: folder.path)
        _ = recorder.begin(connection(1), profile: "")
        await #expect(throws: RecordingError.self) { try await recorder.flush() }
        let failures = recorder.figures.failures
        for _ in 0..<100 { _ = recorder.record([piece(1)], of: connection(1).session) }
        #expect(recorder.figures.failures == failures)
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: false)
        time.advance(by: .seconds(2))
        _ = recorder.record([piece(1)], of: connection(1).session)
        try await recorder.flush()
        #expect(try contents().count == 102)
    }

    @Test("cuts sessions that find no room in memory")
    func queue() async throws {
        var limits = RecorderLimits()
        limits.queuedEvents = 3
        let lines = LoggedLines()
        let recorder = try recorder(limits, lines)
        _ = recorder.begin(connection(1), profile: "")
        let events = [TapeEvent](repeating: piece(10), count: 50)
        #expect(!recorder.record(events, of: connection(1).session))
        try await recorder.flush()
        #expect(recorder.figures.cut == 1)
        #expect(try contents().last == .cut(.queueFull))
        #expect(lines.count("warning sessions were cut") == 1)
        #expect(recorder.begin(connection(2), profile: ""), "there is room again")
        await recorder.close()
    }
}
