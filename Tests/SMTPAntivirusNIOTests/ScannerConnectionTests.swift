import NIOCore
import NIOPosix
import SMTPAntivirus
import Synchronization
import Testing

@testable import SMTPAntivirusNIO

/// Scanners and their connections, against a server that does what the tests say.
struct ScannerConnectionTests {
    static let sample = ScanSample(Array("hello".utf8))

    static func scanner(
        _ server: ScriptedServer, _ configure: (inout ClamdConfiguration) -> Void = { _ in }
    ) -> ClamdScanner {
        var configuration = ClamdConfiguration()
        configure(&configuration)
        return ClamdScanner(server.address, configuration: configuration)
    }

    static func pool(_ server: ScriptedServer, limit: Int) -> ScannerConnectionPool {
        ScannerConnectionPool(
            server.address, limit: limit, connectTimeout: .seconds(2), idleTime: .seconds(20),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
    }

    @Test("A scan that is cancelled returns although the server hangs")
    func cancellation() async throws {
        let server = try await ScriptedServer { _, _ in .wait }
        let scanner = Self.scanner(server)
        let task = Task { await scanner.scan(Self.sample) }
        try await eventually("the server has the sample") { server.received(1).suffix(4) == [0, 0, 0, 0] }
        task.cancel()
        #expect(await task.value == .unscanned(.deadline))
        try await eventually("the connection is closed") { server.open == 0 }
        try await server.stop()
    }

    @Test("A scan that is cancelled before it begins asks nobody")
    func cancelledBefore() async throws {
        let server = try await ScriptedServer { _, _ in .wait }
        let scanner = Self.scanner(server)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await scanner.scan(Self.sample)
        }
        task.cancel()
        #expect(await task.value == .unscanned(.deadline))
        #expect(server.connections == 0)
        try await server.stop()
    }

    @Test("A server that closes a new connection is away", arguments: [0, 1, 30])
    func closedMidway(_ count: Int) async throws {
        let server = try await ScriptedServer { _, received in received.count >= count ? .close : .wait }
        let verdict = await Self.scanner(server).scan(Self.sample)
        guard case .unscanned(.unavailable(let text)) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(!text.isEmpty)
        #expect(server.connections == 1)
        try await server.stop()
    }

    @Test("Nobody listens")
    func nobody() async throws {
        let server = try await ScriptedServer { _, _ in .wait }
        let address = server.address
        try await server.stop()
        for address in [address, .unix("/nonexistent/clamd.ctl")] {
            let scanner = ClamdScanner(address)
            let verdict = await scanner.scan(Self.sample)
            guard case .unscanned(.unavailable(let text)) = verdict else {
                Issue.record("\(verdict)")
                continue
            }
            #expect(text.hasPrefix("no connection to \(address): "))
            await #expect(throws: ScannerError.self) { try await scanner.version() }
        }
    }

    @Test("A connection that is not made in time, and one that nobody waits for any more")
    func connecting() async throws {
        let server = try await SaturatedServer()
        var configuration = ClamdConfiguration()
        configuration.connectTimeout = .milliseconds(50)
        let impatient = ClamdScanner(server.address, configuration: configuration)
        let verdict = await impatient.scan(Self.sample)
        #expect(verdict.reason == "unavailable")
        let patient = ScannerConnectionPool(
            server.address, limit: 1, connectTimeout: .seconds(5), idleTime: .seconds(20),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        let begun = Recorder()
        let start = ContinuousClock.now
        let task = Task {
            await patient.run { number in
                begun.add(number)
                return ClamdExchange(Self.sample, number: number)
            }
        }
        try await eventually("it connects") { begun.numbers == [1] }
        task.cancel()
        #expect(await task.value == .failure(.deadline))
        #expect(start.duration(to: .now) < .seconds(4))
        try await server.stop()
        await impatient.shutdown()
        await patient.shutdown()
    }

    @Test("A connection is used again, unless that is not wanted", arguments: [true, false])
    func reuse(_ reusesConnections: Bool) async throws {
        let clamd = ScriptedClamd()
        let server = try await ScriptedServer { connection, received in
            if reusesConnections { return clamd.answer(connection, received) }
            return received.suffix(4) == [0, 0, 0, 0] ? .sendAndClose("stream: OK\0") : .wait
        }
        let scanner = Self.scanner(server) { $0.reusesConnections = reusesConnections }
        for _ in 0..<3 { #expect(await scanner.scan(Self.sample) == .clean) }
        #expect(server.connections == (reusesConnections ? 1 : 3))
        let command = "zINSTREAM\0\0\0\0\u{5}hello\0\0\0\0"
        #expect(
            String(decoding: server.received(1), as: UTF8.self)
                == (reusesConnections ? "zIDSESSION\0\(command)\(command)\(command)" : command))
        await scanner.shutdown()
        try await eventually("all is closed") { server.open == 0 }
        try await server.stop()
    }

    @Test("A connection that nobody needs is closed after a time")
    func idleTime() async throws {
        let clamd = ScriptedClamd()
        let server = try await ScriptedServer { clamd.answer($0, $1) }
        let scanner = Self.scanner(server) { $0.idleTime = .milliseconds(5) }
        #expect(await scanner.scan(Self.sample) == .clean)
        try await eventually("the connection is closed") { server.connections == 1 && server.open == 0 }
        #expect(await scanner.scan(Self.sample) == .clean)
        #expect(clamd.counts == [1: 1, 2: 1])
        try await server.stop()
    }

    @Test("A connection on which something comes that nobody asked for is dropped", arguments: [true, false])
    func idleDropped(_ isClosed: Bool) async throws {
        let clamd = ScriptedClamd()
        let server = try await ScriptedServer { clamd.answer($0, $1) }
        let pool = Self.pool(server, limit: 4)
        let first = await pool.run { ClamdExchange(Self.sample, number: $0) }
        #expect(first?.scanVerdict == .clean)
        #expect(pool.idleCount == 1)
        if isClosed { try await server.close(1) } else { try await server.send("2: stream: OK\0", on: 1) }
        try await eventually("the connection is dropped") { pool.connectionCount == 0 && pool.idleCount == 0 }
        let second = await pool.run { ClamdExchange(Self.sample, number: $0) }
        #expect(second?.scanVerdict == .clean)
        #expect(clamd.counts == [1: 1, 2: 1])
        await pool.shutdown()
        try await server.stop()
    }

    @Test("A sample is sent again if a connection was closed that had been used before")
    func stale() async throws {
        let clamd = ScriptedClamd()
        let server = try await ScriptedServer { connection, received in
            // The first connection takes one sample only.
            if connection == 1, clamd.counts[1] == 1, !received.isEmpty { return .close }
            return clamd.answer(connection, received)
        }
        let scanner = Self.scanner(server)
        for _ in 0..<3 { #expect(await scanner.scan(Self.sample) == .clean) }
        #expect(clamd.counts == [1: 1, 2: 2])
        await scanner.shutdown()
        try await server.stop()
    }

    @Test("A sample is not sent a third time, nor after a part of an answer", arguments: [true, false])
    func staleAgain(_ isPartial: Bool) async throws {
        let clamd = ScriptedClamd()
        let server = try await ScriptedServer { connection, received in
            // Whoever closes before he has read everything may take back what he sent.
            let isWhole = received.suffix(4) == [0, 0, 0, 0]
            if clamd.counts[1] == 1, isPartial ? isWhole : !received.isEmpty {
                return isPartial ? .sendAndClose("2: stre") : .close
            }
            return clamd.answer(connection, received)
        }
        let scanner = Self.scanner(server)
        #expect(await scanner.scan(Self.sample) == .clean)
        guard case .unscanned(.unavailable) = await scanner.scan(Self.sample) else {
            Issue.record("there was a verdict")
            return
        }
        #expect(server.connections == (isPartial ? 1 : 2))
        try await server.stop()
    }

    @Test("There are not more connections than wanted; others wait, and can give up")
    func limit() async throws {
        let mayAnswer = Mutex(false)
        let clamd = ScriptedClamd()
        let server = try await ScriptedServer { connection, received in
            mayAnswer.withLock { $0 } ? clamd.answer(connection, received) : .wait
        }
        let pool = Self.pool(server, limit: 2)
        let tasks = (0..<10).map { _ in
            Task { await pool.run { ClamdExchange(Self.sample, number: $0) }?.scanVerdict }
        }
        try await eventually("two scan") {
            pool.waitingCount == 8 && [1, 2].allSatisfy { server.received($0).suffix(4) == [0, 0, 0, 0] }
        }
        #expect(pool.connectionCount == 2)
        let late = Task { await pool.run { ClamdExchange(Self.sample, number: $0) }?.scanVerdict }
        try await eventually("it waits") { pool.waitingCount == 9 }
        late.cancel()
        #expect(await late.value == .unscanned(.deadline))
        #expect(pool.waitingCount == 8)
        mayAnswer.withLock { $0 = true }
        // Those who have sent their samples already: they get their answers now.
        for connection in [1, 2] {
            guard case .send(let text) = clamd.answer(connection, [0, 0, 0, 0]) else { continue }
            try await server.send(text, on: connection)
        }
        var clean = 0
        for task in tasks where await task.value == .clean { clean += 1 }
        #expect(clean == 10)
        #expect(server.mostOpen == 2)
        await pool.shutdown()
        try await server.stop()
    }

    @Test("Who waits gets a turn in order")
    func order() async throws {
        let clamd = ScriptedClamd()
        let mayAnswer = Mutex(false)
        let server = try await ScriptedServer { connection, received in
            mayAnswer.withLock { $0 } ? clamd.answer(connection, received) : .wait
        }
        let pool = Self.pool(server, limit: 1)
        let order = Recorder()
        var tasks: [Task<ScannerReply?, Never>] = []
        for index in 0..<6 {
            tasks.append(
                Task {
                    await pool.run { number in
                        order.add(index)
                        return ClamdExchange(Self.sample, number: number)
                    }
                })
            try await eventually("it waits") { index == 0 ? server.received(1).count > 20 : pool.waitingCount == index }
        }
        tasks[3].cancel()
        #expect(await tasks[3].value?.failure == .deadline)
        mayAnswer.withLock { $0 = true }
        _ = clamd.answer(1, [0, 0, 0, 0])
        try await server.send("1: stream: OK\0", on: 1)
        for (index, task) in tasks.enumerated() where index != 3 { #expect(await task.value?.scanVerdict == .clean) }
        #expect(order.numbers == [0, 1, 2, 4, 5])
        #expect(server.connections == 1)
        await pool.shutdown()
        try await server.stop()
    }

    @Test("A server that answers early gets no more, and one that does not read holds up nobody")
    func earlyAnswer() async throws {
        let server = try await ScriptedServer { _, received in
            received.count < 1_000 ? .wait : .sendAndReadNoMore("1: INSTREAM size limit exceeded. ERROR\0")
        }
        // More than the buffers of the system take.
        let large = ScanSample([UInt8](repeating: 1, count: 50_000_000))
        let scanner = Self.scanner(server)
        #expect(await scanner.scan(large) == .unscanned(.tooLarge))
        #expect(server.received(1).count < 10_000_000)
        await scanner.shutdown()
        try await server.stop()
    }

    @Test("A server that reads nothing takes no more than its buffers, and the scan can be cancelled")
    func backPressure() async throws {
        let server = try await ScriptedServer(reads: false) { _, _ in .wait }
        let pool = Self.pool(server, limit: 1)
        let counter = CountingExchange.Counter()
        let task = Task {
            await pool.run { _ in CountingExchange(rest: 100_000, counter: counter) }
        }
        var last = -1
        // It stops somewhere: what is written stays the same over many turns.
        try await eventually("it stops") {
            defer { last = counter.pieces }
            return counter.pieces > 0 && last == counter.pieces
        }
        task.cancel()
        #expect(await task.value?.failure == .deadline)
        #expect(counter.pieces < 1_000)
        await pool.shutdown()
        try await server.stop()
    }

    @Test("A large sample arrives as it is")
    func large() async throws {
        let clamd = ScriptedClamd()
        let server = try await ScriptedServer { connection, received in
            received.count > 3_000_000 ? clamd.answer(connection, received) : .wait
        }
        let octets = TestSamples.octets(3_000_000)
        let scanner = Self.scanner(server)
        #expect(await scanner.scan(ScanSample(octets)) == .clean)
        var rest = ByteBuffer(bytes: server.received(1).dropFirst(21))
        var received: [UInt8] = []
        while let length = rest.readInteger(as: UInt32.self), length > 0 {
            received += rest.readBytes(length: Int(length)) ?? []
        }
        #expect(received == octets)
        await scanner.shutdown()
        try await server.stop()
    }

    @Test("Nothing goes on after the end")
    func shutdown() async throws {
        let server = try await ScriptedServer { _, _ in .wait }
        let pool = Self.pool(server, limit: 1)
        let tasks = (0..<3).map { _ in Task { await pool.run { ClamdExchange(Self.sample, number: $0) } } }
        try await eventually("one scans") { pool.waitingCount == 2 && server.received(1).count > 20 }
        await pool.shutdown()
        for task in tasks { #expect(await task.value == .failure(.unavailable("the scanner was shut down"))) }
        let after = await pool.run { ClamdExchange(Self.sample, number: $0) }
        #expect(after == .failure(.unavailable("the scanner was shut down")))
        #expect(pool.connectionCount == 0)
        await pool.shutdown()
        try await server.stop()
    }

    @Test("clamd is asked what it is on a connection of its own")
    func version() async throws {
        let clamd = ScriptedClamd()
        let server = try await ScriptedServer { connection, received in
            received == Array("zVERSION\0".utf8)
                ? .sendAndClose("ClamAV 1.4.6/27000/Mon Jul 29 08:32:37 2024\0") : clamd.answer(connection, received)
        }
        let scanner = Self.scanner(server)
        #expect(await scanner.scan(Self.sample) == .clean)
        #expect(try await scanner.version().database == 27_000)
        #expect(await scanner.scan(Self.sample) == .clean)
        #expect(clamd.counts == [1: 2])
        #expect(server.connections == 2)
        await scanner.shutdown()
        try await server.stop()
    }

    // MARK: ICAP

    @Test("A service is asked once what it can do, or each time if it wants that", arguments: [60, 0])
    func options(_ lifetime: Int) async throws {
        let asked = Atomic<Int>(0)
        let server = try await ScriptedServer { _, received in
            let text = String(decoding: received, as: UTF8.self)
            if text.hasPrefix("OPTIONS "), text.hasSuffix("\r\n\r\n") {
                asked.add(1, ordering: .relaxed)
                return .send(
                    "ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nISTag: \"A\"\r\nAllow: 204\r\nMax-Connections: 1\r\n"
                        + "Options-TTL: \(lifetime)\r\n\r\n")
            }
            return text.hasSuffix("\r\n0\r\n\r\n") ? .send("ICAP/1.0 204 OK\r\nISTag: \"B\"\r\n\r\n") : .wait
        }
        let scanner = ICAPScanner(try ICAPURL(parsing: "icap://127.0.0.1:\(server.port)/scan"))
        #expect(scanner.signatureVersion == nil)
        #expect(await scanner.scan(Self.sample) == .clean)
        #expect(scanner.signatureVersion == "B")
        let clean = await withTaskGroup(of: ScanVerdict.self) { group in
            for _ in 0..<5 { group.addTask { await scanner.scan(Self.sample) } }
            return await group.reduce(into: 0) { $0 += $1 == .clean ? 1 : 0 }
        }
        #expect(clean == 5)
        #expect(await scanner.scan(ScanSample([])) == .clean)
        #expect(asked.load(ordering: .relaxed) == (lifetime == 0 ? 6 : 1))
        #expect(server.mostOpen == 1)
        await scanner.shutdown()
        try await server.stop()
    }

    @Test("A service that cannot do what is wanted is of no use")
    func wrongService() async throws {
        let server = try await ScriptedServer { _, received in
            received.isEmpty ? .wait : .send("ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nISTag: \"A\"\r\n\r\n")
        }
        var configuration = ICAPConfiguration()
        configuration.method = .requestModification
        let scanner = ICAPScanner(
            try ICAPURL(parsing: "icap://127.0.0.1:\(server.port)/scan"), configuration: configuration)
        #expect(
            await scanner.scan(Self.sample)
                == .unscanned(.unavailable("the service does not offer REQMOD")))
        await scanner.shutdown()
        try await server.stop()
    }
}
