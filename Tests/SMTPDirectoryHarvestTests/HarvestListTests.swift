import SMTPDirectoryHarvest
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("Harvesting and the list of recipients")
struct HarvestListTests {
    typealias Manner = TestTallyStore.Manner

    @Test("What the list does not have is refused here and counts", arguments: Manner.allCases)
    func list(_ manner: Manner) async throws {
        var check = strict(TestTallyStore(manner))
        check.recipients = try RecipientList(parsing: "alice@listed.example")
        let harness = try await transaction(check)
        let unknown = "550 5.1.1 No such recipient here (support ID #)\r\n"
        for _ in 0..<4 {
            #expect(await harness.send("RCPT TO:<bob@listed.example>\r\n").withoutSupportIDs == unknown)
        }
        #expect(harness.violationNames == Array(repeating: "unknown-recipient", count: 4))
        #expect(harness.records.first?.evidence.description == "RCPT TO:<bob@listed.example>")
        #expect(await harness.send("RCPT TO:<Alice@Listed.Example>\r\n") == welcome)
        #expect(await harness.send("RCPT TO:<Postmaster>\r\n") == welcome)
        #expect(await harness.accepted() == [welcome])
        #expect(harness.recipientsUpstream == 3)
        #expect(await harness.send("RCPT TO:<eve@listed.example>\r\n").withoutSupportIDs == uniform)
        #expect(harness.violationNames.suffix(1) == ["harvest"])
        for recipient in ["alice@listed.example", "bob@listed.example"] {
            #expect(await harness.send("RCPT TO:<\(recipient)>\r\n").withoutSupportIDs == uniform)
        }
        #expect(harness.violationNames.suffix(2) == ["penalized", "penalized"])
        #expect(harness.recipientsUpstream == 3)
    }

    @Test("What list and server behind both refuse counts once", arguments: Manner.allCases)
    func countedOnce(_ manner: Manner) async throws {
        var check = strict(TestTallyStore(manner))
        check.recipients = try RecipientList(parsing: "@example.net\nalice@example.org")
        let harness = try await transaction(check) { $0[DirectoryHarvest.unknownRecipient] = .alarmOnly }
        #expect(await harness.refused(4) == Array(repeating: nobody, count: 4))
        #expect(harness.violationNames == Array(repeating: "unknown-recipient", count: 4))
        #expect(await harness.refused() == [uniform])
    }

    @Test(
        "The list holds under a profile in which penalties only alarm, where that is wanted", arguments: Manner.allCases
    )
    func listBesidePenalty(_ manner: Manner) async throws {
        var check = strict(TestTallyStore(manner))
        check.recipients = try RecipientList(parsing: "alice@example.org")
        check.raisesUnknownRecipientDuringPenalty = true
        let harness = try await transaction(check) {
            $0[DirectoryHarvest.harvest] = .alarmOnly
            $0[DirectoryHarvest.penalized] = .alarmOnly
        }
        let unknown = "550 5.1.1 No such recipient here (support ID #)\r\n"
        #expect(await harness.accepted(7) == Array(repeating: unknown, count: 7))
        #expect(await harness.send("RCPT TO:<alice@example.org>\r\n") == welcome)
        #expect(
            harness.violationNames
                == Array(repeating: "unknown-recipient", count: 4) + [
                    "harvest", "unknown-recipient", "penalized", "unknown-recipient", "penalized", "unknown-recipient",
                    "penalized",
                ])
    }
}
