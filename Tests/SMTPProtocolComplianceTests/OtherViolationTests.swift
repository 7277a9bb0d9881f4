import SMTPProtocolCompliance
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("Violations that take time, or that pass by default")
struct OtherViolationTests {
    private func start(
        _ lines: [String] = [], _ change: (inout SecurityProfile) -> Void = { _ in }
    ) async throws -> ProxyHarness<SingleCheck<ProtocolCompliance>> {
        let harness = try await ViolationTests.harness(ViolationTests.pipeline(change))
        await harness.begin()
        for line in lines { await harness.send(line) }
        return harness
    }

    private let transaction = [
        "EHLO client.example\r\n", "MAIL FROM:<a@client.example>\r\n", "RCPT TO:<b@upstream.example>\r\n", "DATA\r\n",
    ]

    @Test(
        "Octets that are not UTF-8 are refused", arguments: [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82]])
    func invalidUTF8(_ octets: [UInt8]) async throws {
        let harness = try await start(["EHLO client.example\r\n"])
        let seen = await harness.send(Array("MAIL FROM:<".utf8) + octets + Array("@b.example> SMTPUTF8\r\n".utf8))
        #expect(seen.withoutSupportIDs == "500 5.5.2 Invalid UTF-8 in command (support ID #)\r\n")
        #expect(harness.records.last?.definition == ProtocolCompliance.invalidUTF8)
    }

    @Test("Speaking before the greeting is refused")
    func earlyTalker() async throws {
        let harness = try await start([]) { $0.session.greetingDelay = .seconds(6) }
        let seen = await harness.send("EHLO client.example\r\n")
        #expect(seen.withoutSupportIDs == "554 5.5.0 Spoke before the greeting (support ID #)\r\n")
        #expect(harness.isClosed)
        #expect(harness.upstream.received.isEmpty)
    }

    @Test("Speaking before the greeting is only reported where the profile says so, and then works")
    func earlyTalkerAlarm() async throws {
        let harness = try await start([]) {
            $0.session.greetingDelay = .seconds(6)
            $0[ProtocolCompliance.earlyTalker] = .alarmOnly
        }
        #expect(await harness.send("EHLO client.example\r\n") == "")
        let seen = await harness.advance(by: .seconds(6))
        #expect(seen.hasPrefix("220 mx.example ESMTP\r\n250-mx.example\r\n"))
        #expect(harness.records.map(\.definition) == [ProtocolCompliance.earlyTalker])
    }

    @Test("The greeting waits as long as it should, and no longer")
    func greetingDelay() async throws {
        let harness = try await start([]) { $0.session.greetingDelay = .seconds(6) }
        #expect(await harness.advance(by: .milliseconds(5_999)) == "")
        #expect(await harness.advance(by: .milliseconds(1)) == "220 mx.example ESMTP\r\n")
    }

    @Test("8-bit data without 8BITMIME is reported, and refused where the profile says so")
    func eightBitData() async throws {
        let tolerant = try await start(transaction)
        #expect(await tolerant.send("grüße\r\n.\r\n") == "250 2.0.0 Queued\r\n")
        #expect(tolerant.records.map(\.definition) == [ProtocolCompliance.eightBitData])
        let strict = try await start(transaction) { $0[ProtocolCompliance.eightBitData] = .alarmAndBlock }
        #expect(
            await strict.send("grüße\r\n.\r\n").withoutSupportIDs
                == "550 5.6.1 8-bit data without BODY=8BITMIME (support ID #)\r\n")
        #expect(strict.upstream.messages.isEmpty)
        var declared = transaction
        declared[1] = "MAIL FROM:<a@client.example> BODY=8BITMIME\r\n"
        let proper = try await start(declared) { $0[ProtocolCompliance.eightBitData] = .alarmAndBlock }
        #expect(await proper.send("grüße\r\n.\r\n") == "250 2.0.0 Queued\r\n")
        #expect(proper.records.isEmpty)
    }

    @Test(
        "Harmless deviations go on in canonical form",
        arguments: [
            ("MAIL FROM: <a@b.example>\r\n", "MAIL FROM:<a@b.example>", "lenient-syntax"),
            ("mail from:<a@b.example>  \r\n", "MAIL FROM:<a@b.example>", "lenient-syntax"),
            ("MAIL   FROM:<a@b.example>\r\n", "MAIL FROM:<a@b.example>", "lenient-syntax"),
            ("MAIL FROM:<@relay.example,@hop.example:a@b.example>\r\n", "MAIL FROM:<a@b.example>", "source-route"),
        ])
    func lenient(_ sent: String, _ forwarded: String, _ violation: String) async throws {
        let harness = try await start(["EHLO client.example\r\n"])
        #expect(await harness.send(sent) == "250 2.1.0 Sender OK\r\n")
        #expect(harness.upstream.commands.last == forwarded)
        #expect(harness.records.map(\.definition.name) == [violation])
    }

    @Test("A greeting name that is none is reported")
    func greetingName() async throws {
        let harness = try await start(["EHLO my_host\r\n"])
        #expect(harness.records.map(\.definition) == [ProtocolCompliance.improperGreetingName])
        #expect(harness.upstream.commands == ["EHLO my_host"])
    }

    @Test("Each reply past the soft limit of errors waits; past the hard limit the session ends")
    func errors() async throws {
        let harness = try await start(["EHLO client.example\r\n"])
        for _ in 1...10 { #expect(await harness.send("DATA\r\n").hasPrefix("503 ")) }
        for _ in 11...20 {
            #expect(await harness.send("DATA\r\n") == "")
            #expect(await harness.advance(by: .milliseconds(999)) == "")
            #expect(await harness.advance(by: .milliseconds(1)).hasPrefix("503 "))
        }
        #expect(
            await harness.send("NOOP\r\n").withoutSupportIDs
                == "421 4.7.0 mx.example Too many errors (support ID #)\r\n")
        #expect(harness.isClosed)
        #expect(harness.records.last?.definition == ProtocolCompliance.tooManyErrors)
    }

    @Test("Too many errors are reported once where the profile only reports them")
    func errorsAlarm() async throws {
        let harness = try await start(["EHLO client.example\r\n"]) {
            $0[ProtocolCompliance.tooManyErrors] = .alarmOnly
            $0.session.budgets.softErrorDelay = .zero
        }
        for _ in 1...30 { #expect(await harness.send("DATA\r\n").hasPrefix("503 ")) }
        #expect(harness.records.filter { $0.definition == ProtocolCompliance.tooManyErrors }.count == 1)
    }

    @Test("An accepted message renews the budgets")
    func budgetsAreRenewed() async throws {
        let harness = try await start(["EHLO client.example\r\n"])
        for _ in 1...9 { await harness.send("DATA\r\n") }
        for line in transaction.dropFirst() + ["x\r\n.\r\n"] { await harness.send(line) }
        #expect(harness.upstream.messages.count == 1)
        for _ in 1...10 { #expect(await harness.send("DATA\r\n").hasPrefix("503 ")) }
    }

    @Test("Too many commands that achieve nothing end the session")
    func junk() async throws {
        let harness = try await start(["EHLO client.example\r\n"])
        for _ in 1...100 { #expect(await harness.send("NOOP\r\n") == "250 2.0.0 OK\r\n") }
        #expect(
            await harness.send("NOOP\r\n").withoutSupportIDs
                == "421 4.7.0 mx.example Too many idle commands (support ID #)\r\n")
        #expect(harness.isClosed)
    }

    @Test("Under stress one error is enough, and ten seconds of silence")
    func stress() async throws {
        let harness = try await start(["EHLO client.example\r\n", "DATA\r\n"]) { $0.session.isUnderStress = true }
        #expect(await harness.send("NOOP\r\n").hasPrefix("421 4.7.0 "))
        let silent = try await start([]) { $0.session.isUnderStress = true }
        #expect(await silent.advance(by: .seconds(10)).hasPrefix("421 4.4.2 mx.example Idle for too long"))
    }

    @Test("Silence ends the session, between commands and inside a message", arguments: [true, false])
    func idle(_ isInMessage: Bool) async throws {
        let harness = try await start(isInMessage ? transaction : []) { $0.session.timeouts.minimumDataRate = 0 }
        #expect(await harness.advance(by: .milliseconds(299_999)) == "")
        #expect(
            await harness.advance(by: .milliseconds(1)).withoutSupportIDs
                == "421 4.4.2 mx.example Idle for too long (support ID #)\r\n")
        #expect(harness.isClosed)
        #expect(harness.upstream.messages.isEmpty)
        #expect(harness.records.last?.definition == ProtocolCompliance.idleTimeout)
    }

    @Test("A command that trickles in octet by octet ends the session")
    func command() async throws {
        let harness = try await start()
        for _ in 1...29 {
            await harness.send("x")
            #expect(await harness.advance(by: .seconds(10)) == "")
        }
        await harness.send("x")
        #expect(await harness.advance(by: .seconds(10)).hasPrefix("421 4.4.2 mx.example Command took too long"))
    }

    @Test("Message data that trickles in ends the session; a slow server behind does not count")
    func slowData() async throws {
        let harness = try await start(transaction)
        var seen = ""
        for _ in 1...20 where seen.isEmpty {
            await harness.send("x\r\n")
            seen = await harness.advance(by: .seconds(1))
        }
        #expect(seen.withoutSupportIDs == "421 4.4.2 mx.example Data arrives too slowly (support ID #)\r\n")
        #expect(harness.upstream.messages.isEmpty)
        let steady = try await start(transaction)
        for _ in 1...60 {
            await steady.send(String(repeating: "0123456789\r\n", count: 50))
            #expect(await steady.advance(by: .seconds(1)) == "")
        }
        #expect(await steady.send(".\r\n") == "250 2.0.0 Queued\r\n")
    }

    @Test("A session that takes too long ends")
    func session() async throws {
        let harness = try await start(["EHLO client.example\r\n"])
        for _ in 1...29 {
            await harness.advance(by: .seconds(60))
            #expect(await harness.send("NOOP\r\n") == "250 2.0.0 OK\r\n")
        }
        #expect(await harness.advance(by: .seconds(60)).hasPrefix("421 4.4.2 mx.example Session too long"))
    }

    @Test("Plain text after STARTTLS is refused before the handshake")
    func plaintextAfterSTARTTLS() async throws {
        let harness = try await start(["EHLO client.example\r\n"]) { $0.session.tls = .offered }
        let seen = await harness.send("STARTTLS\r\nEHLO forged.example\r\n")
        #expect(seen.withoutSupportIDs == "554 5.5.0 Input after STARTTLS (support ID #)\r\n")
        #expect(harness.isClosed)
    }

    @Test(
        "Line ends are repaired in silence, or repaired and noted, or refused, as the mode says",
        arguments: [LineEndMode.reject, .normalize, .note])
    func lineEndModes(_ mode: LineEndMode) async throws {
        var check = ProtocolCompliance()
        check.lineEnds.bareLineFeed = mode
        check.lineEnds.bareCarriageReturn = mode
        check.lineEnds.nul = mode
        let compliance = check
        let pipeline = CheckPipeline(supportIDs: SupportIDGenerator(node: 1)) { compliance }
        let harness = try await ProxyHarness(pipeline)
        await harness.begin()
        for line in transaction { await harness.send(line) }
        let seen = await harness.send("a\nb\rc\0d\r\n.\n.\r\r\n.\r\n")
        switch mode {
        case .reject:
            #expect(seen.hasPrefix("550 5.5.2 "))
            #expect(harness.upstream.messages.isEmpty)
        case .normalize, .note:
            #expect(seen == "250 2.0.0 Queued\r\n")
            #expect(harness.upstream.messages == [Array("a\r\nb\r\nc d\r\n\r\n.\r\n\r\n".utf8)])
        }
        let names = Set(harness.records.map(\.definition.name))
        #expect(names == (mode == .normalize ? [] : ["bare-cr-in-data", "bare-lf-in-data", "nul-in-data"]))
        #expect(harness.records.allSatisfy { $0.action == (mode == .note ? .repaired : .refused) })
    }

    @Test("Excluded networks get repaired line ends", arguments: [("10.1.2.3", true), ("10.2.2.3", false)])
    func exclusions(_ client: String, _ isExcluded: Bool) async throws {
        var check = ProtocolCompliance()
        check.lineEnds.exclusions = [try IPNetwork("10.1.0.0/16")]
        let compliance = check
        let harness = try await ProxyHarness(CheckPipeline { compliance }, client: client)
        await harness.begin()
        for line in transaction { await harness.send(line) }
        #expect(await harness.send("a\nb\r\n.\r\n").hasPrefix(isExcluded ? "250 " : "550 "))
    }
}
