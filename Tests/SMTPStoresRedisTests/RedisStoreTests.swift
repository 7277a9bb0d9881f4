#if Redis

import SMTPSecurity
import SMTPStoresRedis
import SMTPStoresTesting
import Testing

/// What the store decides, and what it leaves in the server.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: RedisServer.isInstalled, "redis-server and redis-cli have to be installed"))
struct RedisStoreTests {
    @Test func `It decides as the reference does`() async throws {
        let server = try await RedisServer()
        let store = try server.store()
        let report = try await StoreConformance().run(store)
        #expect(report.differences == [])
        #expect(report.sequences == 10_000)
        print("compared with the reference: \(report.decisions.sorted { $0.key < $1.key })")
        try expectTraceless(server)
        await store.shutdown()
    }

    /// Every key has the prefix and an expiry. (PTTL says -1 where there is none, and -2 of a key that expires meanwhile.)
    private func expectTraceless(_ server: RedisServer, prefix: String = "smtp-security:") throws {
        let wrong = try server.command(
            "EVAL",
            """
            local wrong, cursor = {}, '0'
            repeat
              local page = redis.call('SCAN', cursor, 'COUNT', 1000)
              cursor = page[1]
              for _, key in ipairs(page[2]) do
                local left = redis.call('PTTL', key)
                if string.sub(key, 1, #ARGV[1]) ~= ARGV[1] or left == -1 then wrong[#wrong + 1] = key end
              end
            until cursor == '0'
            return #wrong .. ' of ' .. redis.call('DBSIZE')
            """, "0", prefix)
        #expect(wrong.hasPrefix("0 of "))
        #expect(!wrong.hasPrefix("0 of 0"))
    }

    @Test func `Keys carry a prefix, a kind, and an expiry of the time they mean something and a minute`() async throws
    {
        let server = try await RedisServer()
        let store = try server.store { $0.keyPrefix = "mine:" }
        let hour = Duration.seconds(3_600)
        let rule = FirstSeenRule(delay: .seconds(60), retryWindow: hour, lifetime: .seconds(86_400), trustedAfter: 1)
        let request = FirstSeenRequest([key("g")], trustee: key("t"), rule: rule)
        _ = try await store.note(request, by: client, at: start).value()
        #expect(try remaining(server, "mine:seen:g|ip=0.0.0.0", 3_660))
        #expect(
            try await store.note(request, by: client, at: Timestamp(seconds: 1_800_000_061)).value()
                == .passed(waited: .seconds(61)))
        #expect(try remaining(server, "mine:seen:g|ip=0.0.0.0", 86_460))
        #expect(try remaining(server, "mine:trust:t|ip=0.0.0.0", 86_460))
        let charge = RateCharge(key("r"), RateAllowance(10, per: hour), cost: 5)
        _ = try await store.charge([charge], by: client, at: start).value()
        #expect(try remaining(server, "mine:rate:r|ip=0.0.0.0", 1_860))
        let tally = TallyRule(window: .seconds(60), limit: 2, shareMinimum: 9, sharePercent: 101, penalty: hour)
        for seconds in [180, 1_200] {
            _ = try await store.record(isFailure: true, of: [key("f")], rule: tally, by: client, at: start).value()
            #expect(try remaining(server, "mine:tally:f|ip=0.0.0.0", seconds == 180 ? 180 : 3_660))
        }
        try expectTraceless(server, prefix: "mine:")
        #expect(try server.keys().count == 4)
        // A question leaves nothing.
        _ = try await store.penalty(of: [key("nobody")], at: start).value()
        _ = try await store.charge([RateCharge(key("nobody"), charge.allowance, cost: 0)], by: client, at: start)
            .value()
        #expect(try server.keys().count == 4)
        await store.shutdown()
    }

    private func remaining(_ server: RedisServer, _ key: String, _ wanted: Int) throws -> Bool {
        let text = try server.command("TTL", key)
        guard let seconds = Int(text.filter(\.isNumber)) else { return false }
        return (wanted - 30...wanted) ~= seconds
    }

    @Test func `All numbers are exact at the ends of their ranges`() async throws {
        let server = try await RedisServer()
        let store = try server.store()
        var reference = ReferenceStore()
        // The product of a full day's window, its counts and a percentage exceeds 2⁵³.
        let rule = TallyRule(
            window: .seconds(86_400), limit: 1_000_000, shareMinimum: 1_000_000, sharePercent: 50, penalty: .seconds(1))
        let number = start.milliseconds / 86_400_000
        let moment = Timestamp(seconds: number * 86_400)
        for (failures, isMuch) in [(499_998, false), (499_999, true)] {
            // As after so many outcomes; one more of each comes.
            try server.command(
                "SET", "smtp-security:tally:f|ip=0.0.0.0", "\(number) \(failures) 999999 \(failures + 1) 1000000 -",
                "PX",
                "600000")
            let decision = try await store.record(isFailure: true, of: [key("f")], rule: rule, by: client, at: moment)
                .value()
            #expect(decision == (isMuch ? .exceeded(key: 0) : .tolerated))
        }
        let charges = [
            RateCharge(key("a"), RateAllowance(1, per: .seconds(366 * 86_400), burst: 1_000_000_000_000), cost: 7),
            RateCharge(key("b"), RateAllowance(1_000_000_000_000, per: .milliseconds(1), burst: 1), cost: .max),
        ]
        let exact = Timestamp(nanoseconds: 7_999_999_999_123_456_789)
        for _ in 0..<12 {
            let decision = try await store.charge(charges, by: client, at: exact).value()
            #expect(decision == reference.charge(charges, at: exact))
        }
        let longest = FirstSeenRule(
            delay: .seconds(86_400 * 3_660), retryWindow: .seconds(1 << 60), lifetime: .seconds(1 << 60),
            trustedAfter: 0)
        let request = FirstSeenRequest([key("g")], rule: longest)
        #expect(try await store.note(request, by: client, at: exact).value() == .unseen(wait: longest.delay))
        #expect(
            try await store.note(request, by: client, at: exact.advanced(by: .microseconds(3))).value()
                == .early(wait: longest.delay - .microseconds(3)))
        await store.shutdown()
    }

    @Test func `Without keys there is nothing to ask`() async throws {
        let server = try await RedisServer()
        let store = try server.store()
        let rule = TallyRule(window: .seconds(1), limit: 1, shareMinimum: 1, sharePercent: 1, penalty: .seconds(1))
        #expect(try await store.charge([], by: client, at: start).value() == .allowed)
        #expect(
            try await store.record(isFailure: true, of: [], rule: rule, by: client, at: start).value() == .tolerated)
        #expect(try await store.penalty(of: [], at: start).value() == nil)
        await store.shutdown()
    }

    @Test func `The server's clock decides for machines whose clocks differ`() async throws {
        let server = try await RedisServer()
        let store = try server.store { $0.timeSource = .server }
        let charge = RateCharge(key("r"), RateAllowance(1, per: .seconds(3_600)))
        #expect(try await store.charge([charge], by: client, at: start).value() == .allowed)
        let ahead = start.advanced(by: .seconds(86_400))
        guard case .exceeded(0, let wait) = try await store.charge([charge], by: client, at: ahead).value() else {
            Issue.record("a clock that is ahead was believed")
            return
        }
        #expect(wait > .seconds(3_500) && wait <= .seconds(3_600))
        let tally = TallyRule(
            window: .seconds(60), limit: 1, shareMinimum: 9, sharePercent: 101, penalty: .seconds(3_600))
        let request = FirstSeenRequest(
            [key("g")],
            rule: FirstSeenRule(
                delay: .seconds(600), retryWindow: .seconds(6_000), lifetime: .seconds(6_000), trustedAfter: 0))
        #expect(try await store.note(request, by: client, at: start).value() == .unseen(wait: .seconds(600)))
        guard case .early(let left) = try await store.note(request, by: client, at: ahead).value() else {
            Issue.record("a clock that is ahead was believed")
            return
        }
        #expect(left > .seconds(500) && left <= .seconds(600))
        #expect(
            try await store.record(isFailure: true, of: [key("f")], rule: tally, by: client, at: start).value()
                == .exceeded(key: 0))
        let penalty = try await store.penalty(of: [key("f")], at: ahead).value()
        #expect(penalty.map { $0 > .seconds(3_500) && $0 <= .seconds(3_600) } == true)
        await store.shutdown()
    }

    @Test func `A script that the server forgot is sent again`() async throws {
        let server = try await RedisServer()
        let log = StateLog()
        let store = try server.store(log)
        let charge = RateCharge(key("r"), RateAllowance(2, per: .seconds(3_600)))
        #expect(try await store.charge([charge], by: client, at: start).value() == .allowed)
        try server.command("SCRIPT", "FLUSH")
        #expect(try await store.charge([charge], by: client, at: start).value() == .allowed)
        try server.command("SCRIPT", "FLUSH")
        let decisions = try await withThrowingTaskGroup(of: RateDecision.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let other = RateCharge(key("r", number + 1), charge.allowance)
                    return try await store.charge([other], by: client, at: start).value()
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(decisions == Array(repeating: .allowed, count: 64))
        #expect(try await store.charge([charge], by: client, at: start).value() != .allowed)
        #expect(log.all == [.connected])
        await store.shutdown()
    }

    @Test func `Two machines with 64 callers allow exactly as many as one`() async throws {
        let server = try await RedisServer()
        let stores = [try server.store(), try server.store()]
        // Numbers that divide the period: otherwise rounding makes the allowance stricter.
        for limit in [1, 8, 500] {
            let charge = RateCharge(key("shared", limit), RateAllowance(Int64(limit), per: .seconds(86_400)))
            let allowed = try await withThrowingTaskGroup(of: Int.self) { group in
                for caller in 0..<64 {
                    group.addTask {
                        var allowed = 0
                        for _ in 0..<20 {
                            let answer = stores[caller % 2].charge([charge], by: client, at: start)
                            if try await answer.value() == .allowed { allowed += 1 }
                        }
                        return allowed
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(allowed == limit)
        }
        for store in stores { await store.shutdown() }
    }
}

#endif
