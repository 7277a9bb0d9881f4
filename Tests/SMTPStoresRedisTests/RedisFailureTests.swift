#if Redis

import Foundation
import SMTPStoresTesting
import SMTPSecurity
import SMTPStoresRedis
import Testing

/// What happens when the server is not as it should be.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: RedisServer.isInstalled, "redis-server and redis-cli have to be installed"))
struct RedisFailureTests {
    // MARK: Gone

    @Test func `Without a server the first calls wait in vain, and further ones fail at once`() async throws {
        let log = StateLog()
        var configuration = try RedisStoreConfiguration(url: "unix:///nonexistent/redis.sock")
        configuration.callTimeout = .seconds(20)
        let store = try RedisStore(configuration) { log.append($0) }
        try await store.waitsUntilLost()
        let spent = await time {
            let complaint = await store.complaint()
            #expect(complaint?.contains("No such file") == true)
        }
        #expect(spent < .seconds(10))
        await store.shutdown()
        #expect(log.all.count == 1)
    }

    @Test func `While a first connection is built, calls wait for it, but not longer than they may`() async throws {
        // This server accepts and never speaks.
        let port = try RedisServer.freePort()
        let listener = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeBytes(of: &address) { bytes in
            bytes.baseAddress.map { bind(listener, $0.assumingMemoryBound(to: sockaddr.self), size) }
        }
        try #require(bound == 0 && listen(listener, 8) == 0)
        var configuration = try RedisStoreConfiguration(url: "redis://127.0.0.1:\(port)")
        configuration.connectTimeout = .seconds(2)
        configuration.callTimeout = .milliseconds(200)
        let store = try RedisStore(configuration)
        #expect(store.state == .connecting)
        let spent = await time { #expect(await store.complaint() == "no connection to Redis yet") }
        #expect(spent >= .milliseconds(200))
        try await store.waitsUntilLost()
        #expect(await store.complaint() == "no connection to Redis: the server did not answer in time")
        await store.shutdown()
    }

    @Test func `A server that stops is missed at once, and found again when it is back, empty`() async throws {
        let server = try await RedisServer()
        let log = StateLog()
        let store = try server.store(log)
        let charge = RateCharge(key("r"), RateAllowance(1, per: .seconds(3_600)))
        #expect(try await store.charge([charge], by: client, at: start).value() == .allowed)
        #expect(try await store.charge([charge], by: client, at: start).value() != .allowed)
        try server.stop()
        try await store.waitsUntilLost()
        let spent = await time {
            for _ in 0..<100 { #expect(await store.complaint() != nil) }
        }
        #expect(spent < .seconds(10))
        try await server.start()
        try await store.waits(for: .connected)
        #expect(try await store.charge([charge], by: client, at: start).value() == .allowed)
        #expect(log.all.count == 3)
        #expect(log.all.first == .connected && log.all.last == .connected)
        if case .disconnected(let reason) = log.all[1] { #expect(!reason.isEmpty) } else { Issue.record("not told") }
        await store.shutdown()
        #expect(log.all.count == 3)
    }

    @Test func `Calls in flight fail when the server is killed`() async throws {
        let server = try await RedisServer()
        let store = try server.store()
        try await store.waits(for: .connected)
        server.kill(SIGSTOP)
        async let complaint = store.complaint()
        // Whether the call is in flight by then or comes later: it fails.
        server.kill(SIGKILL)
        #expect(await complaint != nil)
        await store.shutdown()
    }

    // MARK: Slow

    @Test func `A server that hangs fails calls in time, and serves again when it goes on`() async throws {
        let server = try await RedisServer()
        let store = try server.store { $0.callTimeout = .milliseconds(250) }
        try await store.waits(for: .connected)
        server.kill(SIGSTOP)
        // One for each connection.
        for _ in 0..<2 {
            let spent = await time {
                #expect(await store.complaint()?.contains("no answer within 0.25 seconds") == true)
            }
            #expect(spent >= .milliseconds(240) && spent < .seconds(5))
        }
        try await store.waitsUntilLost()
        let spent = await time { #expect(await store.complaint() != nil) }
        #expect(spent < .milliseconds(200))
        server.kill(SIGCONT)
        try await store.waits(for: .connected)
        try await eventually("an answer") { await store.complaint() == nil }
        await store.shutdown()
    }

    @Test func `BUSY fails just the call`() async throws {
        let server = try await RedisServer(["--busy-reply-threshold", "1"])
        let log = StateLog()
        let store = try server.store(log)
        #expect(await store.complaint() == nil)
        let busy = Task.detached { try server.command("EVAL", "while true do end", "0") }
        var complaint: String?
        try await eventually("a failure") {
            complaint = await store.complaint()
            return complaint != nil
        }
        #expect(complaint?.contains("BUSY") == true)
        try server.command("SCRIPT", "KILL")
        _ = try await busy.value
        try await eventually("an answer") { await store.complaint() == nil }
        #expect(log.all == [.connected])
        await store.shutdown()
    }

    // MARK: Refusing

    @Test func `A full server refuses by name, and nothing is forgotten or half done`() async throws {
        let server = try await RedisServer(["--maxmemory", "3mb", "--maxmemory-policy", "noeviction"])
        let log = StateLog()
        let store = try server.store(log)
        let old = RateCharge(key("old"), RateAllowance(1, per: .seconds(3_600)))
        #expect(try await store.charge([old], by: client, at: start).value() == .allowed)
        // In pieces: a script that has begun to write may go on when the memory is used up.
        for piece in 0..<12 {
            try server.command(
                "EVAL", "for i = 1, 300 do redis.call('SET', KEYS[1] .. i, string.rep('x', 1000)) end", "1",
                "filler:\(piece):")
        }
        let complaint = await store.complaint()
        #expect(complaint?.contains("OOM command not allowed") == true)
        let rule = FirstSeenRule(
            delay: .seconds(1), retryWindow: .seconds(60), lifetime: .seconds(60), trustedAfter: 1)
        let request = FirstSeenRequest([key("a"), key("b")], trustee: key("t"), rule: rule)
        await #expect(throws: CheckFailure.self) { try await store.note(request, by: client, at: start).value() }
        #expect(try server.command("EXISTS", "smtp-security:seen:a|ip=0.0.0.0").first == "0")
        // Questions need no memory.
        #expect(try await store.charge([old], by: client, at: start).value() != .allowed)
        try server.command("CONFIG", "SET", "maxmemory", "0")
        #expect(await store.complaint() == nil)
        #expect(log.all == [.connected])
        await store.shutdown()
    }

    @Test func `A replica that may not write says so`() async throws {
        let server = try await RedisServer()
        let store = try server.store()
        #expect(await store.complaint() == nil)
        try server.command("REPLICAOF", "127.0.0.1", "1")
        #expect(await store.complaint()?.contains("READONLY") == true)
        try server.command("REPLICAOF", "NO", "ONE")
        #expect(await store.complaint() == nil)
        await store.shutdown()
    }

    @Test func `What others wrote under a key fails the call, escaped`() async throws {
        let server = try await RedisServer()
        let store = try server.store()
        try server.command("LPUSH", "smtp-security:rate:any|ip=0.0.0.0", "x")
        #expect(await store.complaint()?.contains("WRONGTYPE") == true)
        try server.command("SET", "smtp-security:rate:any|ip=0.0.0.1", "no number")
        #expect(await store.complaint(1)?.contains("the Redis server refused") == true)
        #expect(await store.complaint(2) == nil)
        await store.shutdown()
    }

    @Test func `Calls beyond the bound fail at once, and there is room again afterwards`() async throws {
        let server = try await RedisServer()
        let store = try server.store {
            $0.mostCalls = 4
            $0.connections = 1
        }
        #expect(await store.complaint() == nil)
        server.kill(SIGSTOP)
        let outcomes = await withTaskGroup(of: String?.self) { group in
            for number in 0..<10 { group.addTask { await store.complaint(number) } }
            var outcomes: [String?] = []
            for await outcome in group {
                outcomes.append(outcome)
                // Six cannot wait; the server goes on once all of them know.
                if outcomes.count == 6 { server.kill(SIGCONT) }
            }
            return outcomes
        }
        #expect(outcomes.prefix(6) == Array(repeating: "4 calls to Redis wait for an answer already", count: 6)[...])
        #expect(outcomes.suffix(4) == [nil, nil, nil, nil])
        for number in 0..<100 { #expect(await store.complaint(number) == nil) }
        await store.shutdown()
    }

    // MARK: Ends

    @Test func `A store that is shut down answers what it took and refuses the rest`() async throws {
        let server = try await RedisServer()
        let store = try server.store()
        try await store.waits(for: .connected)
        server.kill(SIGSTOP)
        let calls = Task {
            await withTaskGroup(of: String?.self) { group in
                for number in 0..<8 { group.addTask { await store.complaint(number) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }
        let shutdown = Task { await store.shutdown() }
        try await eventually("shut down") { store.state == .shutDown }
        #expect(await store.complaint() == "the Redis store is shut down")
        server.kill(SIGCONT)
        await shutdown.value
        for outcome in await calls.value { #expect(outcome == nil || outcome == "the Redis store is shut down") }
        await store.shutdown()
    }

    @Test func `A store that is released closes its connections`() async throws {
        let server = try await RedisServer()
        func others() throws -> Int {
            try server.command("CLIENT", "LIST").split(separator: "\n").filter { !$0.contains("cmd=client") }.count
        }
        for _ in 0..<5 {
            let store = try server.store()
            #expect(await store.complaint() == nil)
            try await eventually("connected") { try others() >= 2 }
        }
        try await eventually("closed") { try others() == 0 }
    }

    @Test func `A caller that is cancelled gets its answer all the same`() async throws {
        let server = try await RedisServer()
        let store = try server.store { $0.callTimeout = .milliseconds(500) }
        try await store.waits(for: .connected)
        server.kill(SIGSTOP)
        let call = Task { await store.complaint() }
        call.cancel()
        #expect(await call.value != nil)
        server.kill(SIGCONT)
        await store.shutdown()
    }
}

#endif
