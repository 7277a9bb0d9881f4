import SMTPDirectoryHarvest
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("The answer while a penalty is in force")
struct HarvestAnswerTests {
    typealias Manner = TestTallyStore.Manner

    @Test("During a penalty all answers are the same, octet for octet", arguments: Manner.allCases)
    func uniformAnswers(_ manner: Manner) async throws {
        var check = strict(TestTallyStore(manner))
        check.recipients = try RecipientList(parsing: "alice@listed.example\n@open.example")
        try await penalize(check)
        let harness = try await transaction(check)
        let recipients = [
            "RCPT TO:<alice@listed.example>", "RCPT TO:<bob@listed.example>", "RCPT TO:<bob@open.example>",
            "RCPT TO:<bob@example.org>", "RCPT TO:<Postmaster>", "RCPT TO:<postmaster@listed.example>",
            "RCPT TO: <alice@listed.example>", "rcpt to:<alice@listed.example>", "RCPT TO:<\"odd one\"@listed.example>",
            "RCPT TO:<@relay.example:bob@listed.example>", "RCPT TO:<alice@[192.0.2.1]>",
            "RCPT TO:<alice@listed.example> NOTIFY=NEVER",
        ]
        var answers: Set<String> = []
        var lengths: Set<Int> = []
        for recipient in recipients {
            let answer = await harness.send(recipient + "\r\n")
            lengths.insert(answer.utf8.count)
            answers.insert(answer.withoutSupportIDs)
        }
        #expect(answers == [uniform])
        #expect(lengths.count == 1)
        // One Support ID each: even their numbers say nothing.
        #expect(harness.violationNames == Array(repeating: "penalized", count: recipients.count))
        #expect(harness.recipientsUpstream == 0)
    }

    @Test("A tarpit holds the answer back, when the penalty begins and while it lasts", arguments: Manner.allCases)
    func tarpit(_ manner: Manner) async throws {
        var check = strict(TestTallyStore(manner))
        check.tarpit = .seconds(5)
        let harness = try await transaction(check)
        #expect(await harness.refused(4).last == nobody)
        for answer in [nobody, welcome] {
            #expect(await harness.recipients(1, answer) == [""])
            #expect(await harness.advance(by: .milliseconds(4_999)) == "")
            #expect(await harness.advance(by: .milliseconds(1)).withoutSupportIDs == uniform)
        }
    }

    @Test("A profile that only alarms reports, and answers as the server behind does", arguments: Manner.allCases)
    func alarmOnly(_ manner: Manner) async throws {
        var check = strict(TestTallyStore(manner))
        check.tarpit = .seconds(5)
        let harness = try await transaction(check) {
            $0[DirectoryHarvest.harvest] = .alarmOnly
            $0[DirectoryHarvest.penalized] = .alarmOnly
        }
        #expect(await harness.refused(6) == Array(repeating: nobody, count: 6))
        #expect(await harness.accepted() == [welcome])
        #expect(harness.violationNames == ["harvest", "penalized", "penalized"])
        #expect(harness.records.map(\.action) == [.passed, .passed, .passed])
    }
}
