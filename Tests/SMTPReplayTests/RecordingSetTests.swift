import Foundation
import SMTPLoggingTesting
import SMTPReplay
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("Sets of recordings")
struct RecordingSetTests {
    private let folder: TemporaryFolder
    private let time = TestTime()

    init() throws { folder = try TemporaryFolder() }

    private func sessions(_ paths: [String]) throws -> (sessions: [RecordedSession], figures: RecordingFigures) {
        var set = try RecordingSet(paths)
        var sessions: [RecordedSession] = []
        while let session = try set.next() { sessions.append(session) }
        return (sessions, set.figures)
    }

    private func event(_ content: TapeEvent.Content) -> TapeEvent { TapeEvent(content, at: start) }

    @Test("give sessions in the order in which they began, however they are mixed")
    func generatedOrder() async throws {
        var random = Generator(seed: 71)
        let time = time
        var limits = RecorderLimits()
        limits.fileOctets = 2_000
        let recorder = try Recorder(folder: folder.path, limits: limits, now: { time.now })
        var open: [UInt64] = []
        var number: UInt64 = 0
        for _ in 0..<400 {
            if open.isEmpty || random.next() % 3 == 0 {
                number += 1
                open.append(number)
                #expect(
                    recorder.begin(connection(number, at: start.advanced(by: .seconds(Int64(number)))), profile: "p"))
            }
            let index = Int.random(in: 0..<open.count, using: &random)
            let session = connection(open[index]).session
            if random.next() % 4 == 0 {
                _ = recorder.record([event(.closed)], of: session)
                open.remove(at: index)
            } else {
                _ = recorder.record(
                    [event(.client(.line, Array("NOOP \(open[index])\r\n".utf8), isEnd: true))], of: session)
            }
            if random.next() % 8 == 0 { try await recorder.flush() }
        }
        await recorder.close()
        let (sessions, figures) = try sessions([folder.path])
        #expect(sessions.map { $0.connection.session.rawValue } == Array(1...number))
        #expect(figures.cut == open.count)
        #expect(figures.skipped == 0)
        #expect(figures.files == (try folder.files.count))
        #expect(figures.files > 3)
        for session in sessions {
            let wanted = Array("NOOP \(session.connection.session.rawValue)\r\n".utf8)
            for event in session.events {
                if case .client(_, let octets, _) = event.content { #expect(octets == wanted) }
            }
        }
    }

    @Test("leave out sessions whose beginning is gone, and know of those whose end is")
    func missing() async throws {
        let time = time
        var limits = RecorderLimits()
        limits.fileOctets = 100
        let recorder = try Recorder(folder: folder.path, limits: limits, now: { time.now })
        // Each is in a file of its own: there is no room for two.
        for number in 1...3 as ClosedRange<UInt64> {
            _ = recorder.begin(connection(number), profile: "p")
            try await recorder.flush()
        }
        _ = recorder.record([event(.closed)], of: connection(1).session)
        try await recorder.flush()
        _ = recorder.record([event(.closed)], of: connection(2).session)
        _ = recorder.begin(connection(5), profile: "p")
        _ = recorder.record([event(.closed)], of: connection(5).session)
        await recorder.close()
        #expect(try sessions([folder.path]).figures.cut == 1)
        let files = try folder.files
        try FileManager.default.removeItem(atPath: files[0])
        let (left, figures) = try sessions([folder.path])
        #expect(left.map { $0.connection.session.rawValue }.sorted() == [2, 3, 5])
        #expect(figures.skipped == 1)
        let (first, others) = try sessions([try #require(files.last)])
        #expect(first.count + others.skipped >= 1)
    }

    @Test("say which file ends early, and which is no recording")
    func damaged() async throws {
        let time = time
        let recorder = try Recorder(folder: folder.path, now: { time.now })
        _ = recorder.begin(connection(1), profile: "p")
        _ = recorder.record([event(.client(.line, Array("NOOP\r\n".utf8), isEnd: true))], of: connection(1).session)
        await recorder.close()
        let file = try #require(try folder.files.first)
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        try whole.dropLast(3).write(to: URL(fileURLWithPath: file))
        let (sessions, figures) = try sessions([file])
        #expect(sessions.count == 1)
        #expect(sessions.first?.events.isEmpty == true)
        #expect(figures.filesCutOff == 1)
        #expect(figures.cut == 1)
        try Data("no recording at all, but long enough".utf8).write(to: URL(fileURLWithPath: file))
        do {
            _ = try self.sessions([folder.path])
            Issue.record("it is taken for a recording")
        } catch let error as RecordingError {
            #expect(error.description.hasPrefix("\(folder.path)/sessions-"))
            #expect(error.description.contains(": at octet 0: found \"no recor\", "))
        }
        try FileManager.default.removeItem(atPath: file)
        #expect(throws: RecordingError.self) { try RecordingSet([self.folder.path]) }
    }
}
