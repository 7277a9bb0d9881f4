import SMTPDirectoryHarvest
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("Detection of directory harvesting")
struct DetectionTests {
    typealias Manner = TestTallyStore.Manner

    @Test(
        "By default, the 20th refused recipient is one too many; then nobody learns anything for 10 minutes",
        arguments: Manner.allCases)
    func defaults(_ manner: Manner) async throws {
        let check = DirectoryHarvest(store: TestTallyStore(manner))
        let harness = try await transaction(check)
        // Three refused to one accepted stays below the share.
        for _ in 0..<6 {
            #expect(await harness.accepted() == [welcome])
            #expect(await harness.refused(3) == [nobody, nobody, nobody])
        }
        #expect(await harness.accepted() == [welcome])
        #expect(await harness.refused() == [nobody])
        #expect(harness.records.isEmpty)
        #expect(await harness.refused() == [uniform])
        #expect(harness.records.map(\.definition) == [DirectoryHarvest.harvest])
        #expect(harness.records.first?.evidence.description == "harvest|ip=192.0.2.7")
        #expect(harness.records.first?.enforcement == .alarmAndBlock)

        let before = harness.recipientsUpstream
        #expect(await harness.refused() == [uniform])
        #expect(await harness.accepted(2) == [uniform, uniform])
        #expect(harness.recipientsUpstream == before)
        #expect(harness.violationNames == ["harvest", "penalized", "penalized", "penalized"])

        let neighbour = try await transaction(check, from: "192.0.2.200", after: .milliseconds(599_999))
        #expect(await neighbour.accepted() == [uniform])
        #expect(neighbour.recipientsUpstream == 0)
        let later = try await transaction(check, after: .seconds(600))
        #expect(await later.accepted() == [welcome])
        #expect(await later.refused() == [nobody])
    }

    @Test("The penalty ends within a session too", arguments: Manner.allCases)
    func sameSession(_ manner: Manner) async throws {
        var check = strict(TestTallyStore(manner))
        check.rule = TallyRule(
            window: .seconds(60), limit: 5, shareMinimum: 10, sharePercent: 101, penalty: .seconds(100))
        let harness = try await transaction(check)
        await harness.refused(5)
        await harness.advance(by: .milliseconds(99_999))
        #expect(await harness.accepted() == [uniform])
        await harness.advance(by: .milliseconds(1))
        #expect(await harness.accepted() == [welcome])
    }

    @Test("Eight refused recipients of ten are too many, fewer are not", arguments: Manner.allCases)
    func share(_ manner: Manner) async throws {
        let harness = try await transaction(DirectoryHarvest(store: TestTallyStore(manner)))
        await harness.accepted(2)
        #expect(await harness.refused(8) == Array(repeating: nobody, count: 7) + [uniform])

        let below = try await transaction(DirectoryHarvest(store: TestTallyStore(manner)))
        await below.accepted(3)
        #expect(await below.refused(8) == Array(repeating: nobody, count: 8))
        #expect(below.records.isEmpty)
        let few = try await transaction(DirectoryHarvest(store: TestTallyStore(manner)))
        #expect(await few.refused(9) == Array(repeating: nobody, count: 9))
    }

    @Test("Refused recipients count over sessions, and no longer than the window", arguments: Manner.allCases)
    func window(_ manner: Manner) async throws {
        let check = strict(TestTallyStore(manner))
        await (try transaction(check)).refused(4)
        let late = try await transaction(check, after: .seconds(120))
        #expect(await late.refused(4).last == nobody)
        let next = try await transaction(check, after: .seconds(125))
        #expect(await next.refused() == [uniform])
    }

    @Test("Temporary refusals do not count", arguments: Manner.allCases)
    func temporary(_ manner: Manner) async throws {
        let harness = try await transaction(strict(TestTallyStore(manner)))
        let busy = "452 4.2.2 Mailbox full\r\n"
        #expect(await harness.recipients(30, busy) == Array(repeating: busy, count: 30))
        #expect(harness.records.isEmpty)
    }

    @Test("A penalty that another session brought about meets the answer on its way", arguments: Manner.allCases)
    func race(_ manner: Manner) async throws {
        let check = strict(TestTallyStore(manner))
        let first = try await transaction(check)
        let second = try await transaction(check)
        for harness in [first, second] {
            harness.upstream.behaviours["RCPT"] = .hang
            #expect(await harness.send("RCPT TO:<bob@example.org>\r\n") == "")
        }
        try await penalize(check)
        await first.upstreamSends(nobody)
        #expect(first.clientSaw.withoutSupportIDs.hasSuffix(uniform))
        #expect(first.violationNames == ["penalized"])
        // What the server behind has accepted stays accepted: the message may be under way.
        await second.upstreamSends(welcome)
        #expect(second.clientSaw.hasSuffix(welcome))
        #expect(await second.accepted() == [uniform])
    }

    @Test("Pipelined recipients are judged one after the other", arguments: Manner.allCases)
    func pipelining(_ manner: Manner) async throws {
        let harness = try await transaction(strict(TestTallyStore(manner)))
        harness.upstream.behaviours["RCPT"] = .send(nobody)
        let commands = (0..<8).map { "RCPT TO:<user\($0)@example.org>\r\n" }.joined()
        let seen = await harness.send(commands + "DATA\r\n").withoutSupportIDs
        #expect(
            seen == String(repeating: nobody, count: 4) + String(repeating: uniform, count: 4)
                + "554 5.5.1 No valid recipients\r\n")
        #expect(harness.recipientsUpstream == 5)
    }

    @Test("While a penalty is known, the store is left alone")
    func quiet() async throws {
        let store = TestTallyStore(.later)
        let harness = try await transaction(strict(store))
        await harness.refused(6)
        let calls = store.calls
        await harness.accepted(50)
        #expect(store.calls == calls)
    }
}
