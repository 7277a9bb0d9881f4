import Dispatch
import SMTPAntivirus
import SMTPMessageFormat
import SMTPSecurity
import SMTPSecurityTesting
import Synchronization
import Testing

/// Runs everything on one thread, and counts it.
private final class CountingExecutor: TaskExecutor {
    private let jobs = Atomic(0)
    private let queue = DispatchQueue(label: "counting")

    var count: Int { jobs.load(ordering: .relaxed) }

    func enqueue(_ job: consuming ExecutorJob) {
        jobs.add(1, ordering: .relaxed)
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

@Suite("Virus inspection")
struct AntivirusCheckTests {
    private static let now = Timestamp(seconds: 1_795_867_200)

    private static func message(_ text: String) -> MessageContent { MessageContent(Array(text.utf8)) }

    private static func multipart(_ parts: String...) -> MessageContent {
        message(
            "From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
                + parts.map { "--b\r\n\($0)\r\n" }.joined() + "--b--\r\n")
    }

    private static func file(_ content: String, named name: String = "a.txt") -> String {
        "Content-Disposition: attachment; filename=\"\(name)\"\r\n\r\n\(content)"
    }

    private static func kinds(_ findings: [ScanFinding]) -> [ScanFinding.Kind] { findings.map(\.kind) }

    // MARK: What is scanned

    @Test("gives each part decoded, and then the message with a line before it by which it is known")
    func samples() async throws {
        let scanner = ScriptedScanner { _ in .clean }
        let text =
            "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            + "--b\r\nContent-Type: application/PDF; name=\"a.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--b\r\n"
            + "Content-Type: message/rfc822\r\n\r\nSubject: y\r\n\r\ninner\r\n--b--\r\n"
        let findings = try await AntivirusCheck(scanner).findings(in: Self.message(text), at: Self.now)
        #expect(findings.isEmpty)
        let samples = scanner.samples
        #expect(samples.map { String(decoding: $0.octets, as: UTF8.self) }.dropLast() == ["hello", "inner"])
        #expect(samples.map(\.name) == ["a.pdf", nil, nil])
        #expect(samples.map(\.mediaType) == ["application/pdf", "text/plain", "message/rfc822"])
        #expect(samples.map(\.kind) == [.part, .part, .message])
        let whole = String(decoding: samples[2].octets, as: UTF8.self)
        #expect(whole.hasPrefix("Received: ") && whole.hasSuffix("\r\n" + text))
    }

    @Test(
        "finds the test virus in every hidden attachment, or says that the message is ambiguous",
        arguments: [65_536, 7])
    func hiddenAttachments(_ piece: Int) async throws {
        let hidden = HiddenAttachment.all(TestVirus.octets, named: TestVirus.fileName)
        #expect(hidden.count > 140)
        var found = 0
        for item in hidden {
            // The scanner has no reader of mail: it is the walker that has to get at the file.
            let check = AntivirusCheck(ScriptedScanner.literal)
            let octets = item.message
            let message = MessageContent(count: UInt64(octets.count)) { offset, limit in
                Array(octets.dropFirst(Int(offset)).prefix(min(limit, piece)))
            }
            let kinds = Self.kinds(try await check.findings(in: message, at: Self.now))
            if kinds.contains(.infected("Test")) { found += 1 }
            #expect(!kinds.isEmpty, "\(item.trick)")
        }
        #expect(found > 100)
    }

    @Test("says which signature, which part, which file, and its hash")
    func evidence() async throws {
        let text = String(decoding: TestVirus.octets, as: UTF8.self)
        let message = Self.multipart("\r\nhello", Self.file(text, named: "invoice.com"))
        let findings = try await AntivirusCheck(ScriptedScanner.literal).findings(in: message, at: Self.now)
        let finding = try #require(findings.first)
        #expect(findings.count == 1)
        #expect(finding.violation == AntivirusCheck.infected)
        #expect(finding.part == PartPath([2]) && finding.fileName == "invoice.com")
        #expect(finding.digest == TestVirus.digest)
        #expect(
            finding.evidence().description == "Test in part 2 sha256=\(TestVirus.digest) file=invoice.com")
    }

    @Test("ends with the first malware")
    func stops() async throws {
        let scanner = ScriptedScanner { TestVirus.isFound(in: $0.octets) ? .infected("Test") : .clean }
        let text = String(decoding: TestVirus.octets, as: UTF8.self)
        let message = Self.multipart(Self.file(text), Self.file(text + "x"), Self.file("clean"))
        let findings = try await AntivirusCheck(scanner).findings(in: message, at: Self.now)
        #expect(findings.count == 1)
        #expect(scanner.samples.count == 1)
    }

    // MARK: What was scanned before

    @Test("scans the same attachment once, until the signatures change")
    func cache() async throws {
        let scanner = ScriptedScanner { _ in .clean }
        let check = AntivirusCheck(scanner)
        let message = Self.multipart(Self.file("same"), Self.file("same"), Self.file("other"))
        func parts() async throws -> Int {
            let before = scanner.samples.count { $0.kind == .part }
            #expect(try await check.findings(in: message, at: Self.now).isEmpty)
            return scanner.samples.count { $0.kind == .part } - before
        }
        #expect(try await parts() == 2)
        #expect(try await parts() == 0)
        scanner.signatureVersion = "2"
        #expect(try await parts() == 2)
        #expect(try await parts() == 0)
        // Another name is another file for those who go by names.
        _ = try await check.findings(in: Self.multipart(Self.file("same", named: "b.txt")), at: Self.now)
        #expect(scanner.samples.last { $0.kind == .part }?.name == "b.txt")
    }

    @Test("remembers that something is infected")
    func cachedInfection() async throws {
        let scanner = ScriptedScanner.literal
        let check = AntivirusCheck(scanner)
        let message = Self.multipart(Self.file(String(decoding: TestVirus.octets, as: UTF8.self)))
        for _ in 0..<3 {
            let findings = try await check.findings(in: message, at: Self.now)
            #expect(Self.kinds(findings) == [.infected("Test")])
            #expect(findings.first?.digest == TestVirus.digest)
        }
        #expect(scanner.samples.count == 1)
    }

    @Test("does not remember what was not scanned")
    func unscannedIsNotCached() async throws {
        let answers = Mutex([ScanVerdict.unscanned(.unavailable("away")), .infected("Late")])
        let scanner = ScriptedScanner { _ in answers.withLock { $0.removeFirst() } }
        let check = AntivirusCheck(scanner)
        let message = Self.multipart(Self.file("same"))
        #expect(
            Self.kinds(try await check.findings(in: message, at: Self.now)) == [.unscanned(.unavailable("away"))])
        #expect(Self.kinds(try await check.findings(in: message, at: Self.now)) == [.infected("Late")])
    }

    @Test("remembers for a minute what a scanner says that does not tell its version")
    func cacheWithoutVersion() async throws {
        let scanner = ScriptedScanner { _ in .clean }
        scanner.signatureVersion = nil
        let check = AntivirusCheck(scanner)
        let message = Self.multipart(Self.file("same"))
        var asked: [Int] = []
        for seconds in [0, 59, 61, 100, 122] {
            _ = try await check.findings(in: message, at: Self.now.advanced(by: .seconds(seconds)))
            asked.append(scanner.samples.count { $0.kind == .part })
        }
        #expect(asked == [1, 1, 2, 2, 3])
    }

    @Test("forgets the oldest when there are too many, and remembers nothing if told so", arguments: [0, 10])
    func cacheBound(_ capacity: Int) async throws {
        let scanner = ScriptedScanner { _ in .clean }
        let check = AntivirusCheck(scanner, rememberedVerdicts: capacity)
        func scans(_ text: String) async throws -> Int {
            let before = scanner.samples.count
            _ = try await check.findings(in: Self.multipart(Self.file(text)), at: Self.now)
            return scanner.samples.count - before - 1
        }
        for number in 0..<25 { #expect(try await scans("\(number)") == 1) }
        #expect(try await scans("24") == (capacity == 0 ? 1 : 0))
        #expect(try await scans("15") == (capacity == 0 ? 1 : 0))
        #expect(try await scans("14") == 1)
    }

    // MARK: What was not scanned

    struct Reason: Sendable {
        var reason: UnscannedReason
        var violation: ViolationDefinition
        var isFailure: Bool
    }

    @Test(
        "has a violation for each reason",
        arguments: [
            Reason(reason: .tooLarge, violation: AntivirusCheck.tooLarge, isFailure: false),
            Reason(
                reason: .encrypted("Heuristics.Encrypted.Zip"), violation: AntivirusCheck.encrypted, isFailure: false),
            Reason(reason: .limitExceeded(nil), violation: AntivirusCheck.limitExceeded, isFailure: false),
            Reason(reason: .deadline, violation: AntivirusCheck.timedOut, isFailure: true),
            Reason(
                reason: .unavailable("no\r\nanswer"), violation: AntivirusCheck.scannerUnavailable, isFailure: true),
        ])
    func reasons(_ item: Reason) async throws {
        let scanner = ScriptedScanner { $0.kind == .message ? .unscanned(item.reason) : .clean }
        let message = Self.multipart(Self.file("x"))
        let findings = try await AntivirusCheck(scanner).findings(in: message, at: Self.now)
        #expect(Self.kinds(findings) == [.unscanned(item.reason)])
        #expect(findings.first?.violation == item.violation)
        let verdict = await AntivirusCheck(scanner).verdict(on: message, at: Self.now)
        switch verdict {
        case .violations(let violations):
            #expect(!item.isFailure && violations.map(\.definition) == [item.violation])
        case .incomplete(let violations, let failure):
            #expect(item.isFailure && violations.map(\.definition) == [item.violation])
            #expect(failure.description.hasPrefix("scripted: ") && !failure.description.contains("\r"))
        case .pass, .unavailable: Issue.record("\(verdict)")
        }
    }

    @Test("asks a scanner that is away once, not for every part")
    func awayOnce() async throws {
        let scanner = ScriptedScanner { _ in .unscanned(.unavailable("away")) }
        let message = Self.multipart(Self.file("1"), Self.file("2"), Self.file("3"))
        _ = try await AntivirusCheck(scanner).findings(in: message, at: Self.now)
        #expect(scanner.samples.count == 1)
    }

    @Test("does not wait for a scanner that hangs")
    func hung() async throws {
        var check = AntivirusCheck(ScriptedScanner.hung)
        check.clock = ImpatientClock()
        let findings = try await check.findings(in: Self.multipart(Self.file("x")), at: Self.now)
        #expect(Self.kinds(findings) == [.unscanned(.deadline)])
    }

    @Test("says what it had found when the time was up")
    func foundBefore() async throws {
        let time = Alarm()
        let scanner = ScriptedScanner { sample in
            if sample.octets == Array("locked".utf8) { return .unscanned(.encrypted(nil)) }
            time.ring()
            while !Task.isCancelled { await Task.yield() }
            return .unscanned(.deadline)
        }
        var check = AntivirusCheck(scanner)
        check.clock = time
        let findings = try await check.findings(
            in: Self.multipart(Self.file("locked"), Self.file("slow")), at: Self.now)
        #expect(Self.kinds(findings) == [.unscanned(.encrypted(nil)), .unscanned(.deadline)])
    }

    @Test("leaves it to a scanner that watches the time itself", arguments: [Duration.milliseconds(1), .seconds(25)])
    func timed(_ time: Duration) async throws {
        let answer = TimedScriptedScanner { sample, _ in
            TestVirus.isFound(in: sample.octets) ? .infected("Test") : .clean
        }
        var check = AntivirusCheck(answer)
        check.clock = PatientClock()
        #expect(try await check.findings(in: Self.multipart(Self.file("x")), at: Self.now).isEmpty)
        check = AntivirusCheck(TimedScriptedScanner.hung, concurrentMessages: 1)
        check.scanTime = time
        check.clock = ImpatientClock()
        // The place of the one before is free again.
        for _ in 0..<3 {
            let findings = try await check.findings(in: Self.multipart(Self.file("x")), at: Self.now)
            #expect(Self.kinds(findings) == [.unscanned(.deadline)])
        }
    }

    @Test("says what a scanner that watches the time itself had found when it was up")
    func timedFoundBefore() async throws {
        let alarm = Alarm()
        let scanner = TimedScriptedScanner { sample, time in
            if sample.octets == Array("locked".utf8) { return .unscanned(.encrypted(nil)) }
            alarm.ring()
            while !time.isUp { await Task.yield() }
            return .unscanned(.deadline)
        }
        var check = AntivirusCheck(scanner)
        check.clock = alarm
        let findings = try await check.findings(
            in: Self.multipart(Self.file("locked"), Self.file("slow")), at: Self.now)
        #expect(Self.kinds(findings) == [.unscanned(.encrypted(nil)), .unscanned(.deadline)])
    }

    @Test("runs on the threads of a scanner that has some")
    func executor() async throws {
        let thread = CountingExecutor()
        let scanner = TimedScriptedScanner(executor: thread) { _, _ in .clean }
        #expect(AntivirusCheck(scanner).executor === thread)
        #expect(AntivirusCheck(ScriptedScanner.literal).executor == nil)
        let harness = try await ProxyHarness(CheckPipeline { AntivirusCheck(scanner) })
        await harness.begin()
        await harness.send("EHLO client.example\r\nMAIL FROM:<a@client.example>\r\nRCPT TO:<b@sink.example>\r\n")
        await harness.send("DATA\r\n")
        #expect(thread.count == 0)
        await harness.send("Subject: x\r\n\r\nhello\r\n.\r\n")
        #expect(harness.upstream.messages.count == 1)
        #expect(thread.count > 0)
    }

    @Test("waits within the time for a place, whoever has it")
    func timedPlace() async throws {
        let alarm = Alarm()
        var check = AntivirusCheck(TimedScriptedScanner.hung, concurrentMessages: 1)
        check.clock = alarm
        let message = Self.multipart(Self.file("x"))
        let all = try await withThrowingTaskGroup(of: [ScanFinding].self) { [check] group in
            for _ in 0..<4 { group.addTask { try await check.findings(in: message, at: Self.now) } }
            alarm.ring()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(all.allSatisfy { Self.kinds($0) == [.unscanned(.deadline)] } && all.count == 4)
    }

    @Test("scans the parts of a message that is too large as a whole, and says so")
    func largeMessage() async throws {
        let scanner = ScriptedScanner.literal
        var check = AntivirusCheck(scanner)
        check.limits.message = 100
        let clean = try await check.findings(in: Self.multipart(Self.file("clean")), at: Self.now)
        #expect(Self.kinds(clean) == [.unscanned(.tooLarge)])
        #expect(scanner.samples.allSatisfy { $0.kind == .part })
        let text = String(decoding: TestVirus.octets, as: UTF8.self)
        let infected = try await check.findings(in: Self.multipart(Self.file(text)), at: Self.now)
        #expect(Self.kinds(infected) == [.unscanned(.tooLarge), .infected("Test")])
    }

    @Test("says so of a part that is too large")
    func largePart() async throws {
        let scanner = ScriptedScanner { _ in .clean }
        var check = AntivirusCheck(scanner)
        check.limits.part = 10
        let message = Self.multipart(Self.file("0123456789"), Self.file("01234567890", named: "large"))
        let findings = try await check.findings(in: message, at: Self.now)
        #expect(Self.kinds(findings) == [.unscanned(.tooLarge)])
        #expect(findings.first?.part == PartPath([2]) && findings.first?.fileName == "large")
    }

    @Test("scans so many parts, and says that there are more")
    func manyParts() async throws {
        let scanner = ScriptedScanner { _ in .clean }
        let check = AntivirusCheck(scanner)
        let parts = (0..<5_000).map { "--b\r\n\r\n\($0)\r\n" }.joined()
        let message = Self.message(
            "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\(parts)--b--\r\n")
        let kinds = Self.kinds(try await check.findings(in: message, at: Self.now))
        #expect(kinds == [.unscanned(.limitExceeded("more than 1000 parts"))])
        #expect(scanner.samples.count { $0.kind == .part } == 1_000)
        // The message as a whole is scanned all the same.
        #expect(scanner.samples.last?.kind == .message)
    }

    @Test("fails if the message cannot be read, or not to its end")
    func unreadable() async throws {
        struct DiskFailure: Error {}
        let broken = MessageContent(count: 100) { _, _ in throw DiskFailure() }
        let short = MessageContent(count: 100) { offset, _ in offset == 0 ? [65] : [] }
        for message in [broken, short] {
            await #expect(throws: CheckFailure.self) {
                try await AntivirusCheck(ScriptedScanner.literal).findings(in: message, at: Self.now)
            }
            guard case .unavailable = await AntivirusCheck(ScriptedScanner.literal).verdict(on: message, at: Self.now)
            else {
                Issue.record("it was scanned")
                return
            }
        }
    }

    @Test("takes a message of nothing")
    func empty() async throws {
        let findings = try await AntivirusCheck(ScriptedScanner.literal).findings(
            in: MessageContent([]), at: Self.now)
        #expect(findings.isEmpty)
    }

    // MARK: In a session

    @Test("refuses malware with a Support ID, and nothing of it arrives")
    func session() async throws {
        let harness = try await ProxyHarness(CheckPipeline { AntivirusCheck(ScriptedScanner.literal) })
        await harness.begin()
        await harness.send("EHLO client.example\r\n")
        await harness.send("MAIL FROM:<a@client.example>\r\n")
        await harness.send("RCPT TO:<b@sink.example>\r\n")
        await harness.send("DATA\r\n")
        await harness.send(
            "Subject: x\r\n\r\n" + String(decoding: TestVirus.octets, as: UTF8.self) + "\r\n.\r\n")
        #expect(harness.clientSaw.contains("550 5.7.1 The message contains malware"))
        #expect(harness.records.map(\.definition) == [AntivirusCheck.infected])
        #expect(harness.upstream.messages.isEmpty)
        await harness.send("MAIL FROM:<a@client.example>\r\n")
        await harness.send("RCPT TO:<b@sink.example>\r\n")
        await harness.send("DATA\r\n")
        await harness.send("Subject: x\r\n\r\nhello\r\n.\r\n")
        #expect(harness.upstream.messages.count == 1)
    }

    struct Mode: Sendable {
        var mode: FailureMode
        var reply: String
        var arrives: Bool
    }

    @Test(
        "goes by its failure mode when the scanner is away",
        arguments: [
            Mode(mode: .open, reply: "250 ", arrives: true),
            Mode(mode: .closed, reply: "554 ", arrives: false),
            Mode(mode: .temporaryFailure, reply: "451 ", arrives: false),
        ])
    func failureMode(_ item: Mode) async throws {
        var check = AntivirusCheck(ScriptedScanner { _ in .unscanned(.unavailable("away")) })
        check.failureMode = item.mode
        let harness = try await ProxyHarness(CheckPipeline { check })
        await harness.begin()
        await harness.send("EHLO client.example\r\n")
        await harness.send("MAIL FROM:<a@client.example>\r\n")
        await harness.send("RCPT TO:<b@sink.example>\r\n")
        await harness.send("DATA\r\n")
        await harness.send("Subject: x\r\n\r\nhello\r\n.\r\n")
        let last = harness.clientSaw.split(separator: "\r\n").last ?? ""
        #expect(last.hasPrefix(item.reply))
        #expect(harness.upstream.messages.count == (item.arrives ? 1 : 0))
        #expect(harness.records.contains { $0.definition == AntivirusCheck.scannerUnavailable })
    }
}

/// A clock whose sleepers wake when it is told.
private final class Alarm: Clock {
    typealias Instant = ImpatientClock.Instant

    private let hasRung = Atomic(false)

    func ring() { hasRung.store(true, ordering: .relaxed) }

    var now: Instant { ImpatientClock().now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        while !hasRung.load(ordering: .relaxed) {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
