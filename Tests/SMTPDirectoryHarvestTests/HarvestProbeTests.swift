import SMTPDirectoryHarvest
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("VRFY and EXPN as harvesting")
struct HarvestProbeTests {
    typealias Manner = TestTallyStore.Manner

    @Test(
        "VRFY and EXPN count, whatever the answer, and get the uniform one during a penalty", arguments: Manner.allCases
    )
    func probes(_ manner: Manner) async throws {
        let check = strict(TestTallyStore(manner))
        let harness = try await session { check }
        for command in ["VRFY root", "EXPN staff", "vrfy bob", "VRFY alice"] {
            #expect(await harness.send(command + "\r\n") == "252 2.5.2 Perhaps\r\n")
        }
        #expect(await harness.send("EXPN all\r\n").withoutSupportIDs == uniform)
        #expect(await harness.send("VRFY root\r\n").withoutSupportIDs == uniform)
        await harness.send("MAIL FROM:<a@sender.example>\r\n")
        #expect(await harness.accepted() == [uniform])
        #expect(harness.violationNames == ["harvest", "penalized", "penalized"])
        #expect(harness.upstream.commands.count { $0.hasPrefix("VRFY") || $0.hasPrefix("EXPN") } == 4)
        // Nothing else is held up.
        #expect(await harness.send("NOOP\r\n") == "250 2.0.0 OK\r\n")
        #expect(await harness.send("RSET\r\n") == "250 2.0.0 Reset\r\n")
    }

    @Test("They count as faults too", arguments: Manner.allCases)
    func faults(_ manner: Manner) async throws {
        let check = strict(TestTallyStore(manner))
        let harness = try await session {
            $0.session.tls = .required
        } _: {
            check
        }
        let needsTLS = "530 5.7.0 Must issue a STARTTLS command first\r\n"
        for command in ["VRFY root", "EXPN staff", "VRFY bob", "VRFY alice"] {
            #expect(await harness.send(command + "\r\n") == needsTLS)
        }
        #expect(await harness.send("MAIL FROM:<a@sender.example>\r\n") == needsTLS)
        #expect(await harness.send("EXPN all\r\n").withoutSupportIDs == uniform)
        #expect(await harness.send("VRFY root\r\n").withoutSupportIDs == uniform)
        #expect(harness.violationNames == ["harvest", "penalized"])
        await harness.send("STARTTLS\r\n")
        await harness.send("EHLO client.example\r\n")
        await harness.send("MAIL FROM:<a@sender.example>\r\n")
        #expect(await harness.accepted() == [uniform])
    }
}
