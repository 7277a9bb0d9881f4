import SMTPDirectoryHarvest
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("Whose refused recipients count")
struct HarvestScopeTests {
    typealias Manner = TestTallyStore.Manner

    @Test("Other networks go on", arguments: Manner.allCases)
    func otherNetworks(_ manner: Manner) async throws {
        let check = strict(TestTallyStore(manner))
        try await penalize(check)
        for client in ["192.0.3.7", "198.51.100.1", "2001:db8::1"] {
            #expect(await (try transaction(check, from: client)).accepted() == [welcome])
        }
    }

    @Test(
        "The network counts, and is as large as it is set",
        arguments: [
            ("192.0.2.7", "192.0.2.250", 24, 64, true), ("192.0.2.7", "192.0.2.250", 32, 64, false),
            ("192.0.2.7", "192.0.77.1", 16, 64, true), ("2001:db8::1", "2001:db8::ffff:0:0:1", 24, 64, true),
            ("2001:db8::1", "2001:db8:0:1::1", 24, 64, false), ("2001:db8::1", "2001:db8:0:1::1", 24, 48, true),
            ("::ffff:192.0.2.7", "192.0.2.9", 24, 64, true), ("192.0.2.7", "::ffff:192.0.2.9", 24, 64, true),
            ("::ffff:192.0.2.7", "::ffff:192.0.3.7", 24, 64, false),
        ])
    func networks(_ first: String, _ second: String, _ v4: Int, _ v6: Int, _ isPenalized: Bool) async throws {
        var check = strict(TestTallyStore(.now))
        check.ipv4PrefixLength = v4
        check.ipv6PrefixLength = v6
        try await penalize(check, from: first)
        let harness = try await transaction(check, from: second)
        #expect(await harness.accepted() == [isPenalized ? uniform : welcome])
    }

    @Test("Scopes can be left out", arguments: Manner.allCases)
    func scopes(_ manner: Manner) async throws {
        let store = TestTallyStore(manner)
        var check = strict(store)
        check.scopes = [.client]
        try await penalize(check)
        #expect(await (try transaction(check, from: "192.0.2.8")).accepted() == [welcome])
        #expect(await (try transaction(check)).accepted() == [uniform])
        #expect(store.keys == ["harvest|ip=192.0.2.7", "harvest|ip=192.0.2.8"])
        check.scopes = []
        #expect(await (try transaction(check)).refused(30) == Array(repeating: nobody, count: 30))
    }

    /// A session with a transaction of this sender, where SPF passes for some domains.
    private func verified(
        _ check: DirectoryHarvest, from client: String, sender: String, passing: Set<String>
    ) async throws -> ProxyHarness<CheckPair<SingleCheck<SPFStub>, SingleCheck<DirectoryHarvest>>> {
        let harness = try await session(from: client) {
            SPFStub(passing: passing)
            check
        }
        await harness.send("MAIL FROM:<\(sender)>\r\n")
        return harness
    }

    @Test("Nobody can have a stranger's domain locked out by using it", arguments: Manner.allCases)
    func poisoning(_ manner: Manner) async throws {
        let store = TestTallyStore(manner)
        let check = strict(store)
        let attacker = try await verified(check, from: "198.51.100.9", sender: "x@victim.example", passing: [])
        #expect(await attacker.refused(30).last == uniform)
        let victim = try await verified(
            check, from: "192.0.2.7", sender: "ceo@victim.example", passing: ["victim.example"])
        #expect(await victim.accepted() == [welcome])
        // SPF passes, but for another domain than the one in MAIL: as above.
        let other = try await session(from: "203.0.113.9") {
            SPFStub(passing: [], helloDomain: "own.example")
            check
        }
        await other.send("MAIL FROM:<x@victim.example>\r\n")
        #expect(await other.refused(30).last == uniform)
        let again = try await verified(
            check, from: "192.0.2.7", sender: "ceo@victim.example", passing: ["victim.example"])
        #expect(await again.accepted() == [welcome])
        #expect(store.keys.filter { $0.contains("domain") } == ["harvest|from-domain=victim.example"])
    }

    @Test("A domain that SPF authorises counts wherever it sends from", arguments: Manner.allCases)
    func verifiedDomain(_ manner: Manner) async throws {
        let check = strict(TestTallyStore(manner))
        let passing: Set = ["sender.example", "other.example"]
        for (client, count) in [("192.0.2.7", 2), ("198.51.100.9", 2)] {
            let harness = try await verified(check, from: client, sender: "a@sender.example", passing: passing)
            #expect(await harness.refused(count).last == nobody)
        }
        let last = try await verified(check, from: "203.0.113.9", sender: "b@Sender.Example", passing: passing)
        #expect(await last.refused() == [uniform])
        #expect(last.records.first?.evidence.description == "harvest|from-domain=sender.example")

        let elsewhere = try await verified(check, from: "2001:db8::1", sender: "c@sender.example", passing: passing)
        #expect(await elsewhere.accepted() == [uniform])
        // The penalty is the domain's, and is not held against another one in the same session.
        await elsewhere.send("RSET\r\n")
        await elsewhere.send("MAIL FROM:<c@other.example>\r\n")
        #expect(await elsewhere.accepted() == [welcome])
        await elsewhere.send("RSET\r\n")
        await elsewhere.send("MAIL FROM:<>\r\n")
        #expect(await elsewhere.accepted() == [welcome])
        await elsewhere.send("RSET\r\n")
        await elsewhere.send("MAIL FROM:<d@sender.example>\r\n")
        #expect(await elsewhere.accepted() == [uniform])
        let unverified = try await verified(check, from: "2001:db8::2", sender: "c@sender.example", passing: [])
        #expect(await unverified.accepted() == [welcome])
    }

    @Test("Unverified domains count where that is wanted; the null sender has none", arguments: Manner.allCases)
    func unverifiedDomain(_ manner: Manner) async throws {
        let store = TestTallyStore(manner)
        var check = strict(store)
        check.countsUnverifiedSenderDomains = true
        check.scopes = [.senderDomain]
        let null = try await transaction(check)
        await null.send("RSET\r\n")
        await null.send("MAIL FROM:<>\r\n")
        #expect(await null.refused(30).last == nobody)
        #expect(store.keys.isEmpty)
        try await penalize(check)
        #expect(await (try transaction(check, from: "203.0.113.9")).accepted() == [uniform])
    }

    @Test("Authenticated clients count, unless they are exempt", arguments: Manner.allCases)
    func authenticated(_ manner: Manner) async throws {
        for isExempt in [false, true] {
            var check = strict(TestTallyStore(manner))
            check.exemptsAuthenticatedClients = isExempt
            let harness = try await session { check }
            await harness.send("AUTH PLAIN AGJvYgBzZWNyZXQ=\r\n")
            await harness.send("MAIL FROM:<a@sender.example>\r\n")
            #expect(await harness.refused(6).last == (isExempt ? nobody : uniform))
        }
    }

    @Test("Networks can be exempt; the list holds for them too", arguments: Manner.allCases)
    func exemptNetworks(_ manner: Manner) async throws {
        let store = TestTallyStore(manner)
        var check = strict(store)
        check.exemptNetworks = [try IPNetwork("192.0.2.0/28"), try IPNetwork("2001:db8::/32")]
        check.recipients = try RecipientList(parsing: "alice@listed.example")
        let harness = try await transaction(check)
        #expect(await harness.refused(30).last == nobody)
        await harness.send("VRFY root\r\n")
        #expect(store.calls == 0)
        #expect(await harness.send("RCPT TO:<bob@listed.example>\r\n").hasPrefix("550 5.1.1 No such recipient here"))
        try await penalize(check, from: "192.0.2.16")
        #expect(await harness.accepted() == [welcome])
    }
}
