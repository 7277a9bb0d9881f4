import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("Sessions")
struct SessionTests {
    private func start(
        _ change: (inout SecurityProfile) -> Void = { _ in }, configure: (inout FakeUpstream) -> Void = { _ in }
    ) async throws -> ProxyHarness<EmptyCheckSequence> {
        let profile = SecurityProfile("test") {
            $0.session.hostname = "mx.example"
            change(&$0)
        }
        let harness = try await ProxyHarness(
            CheckPipeline(profile: profile) { EmptyCheckSequence() }, configure: configure)
        await harness.begin()
        return harness
    }

    @Test("A whole session gives the same answers and the same mail however it is split")
    func splits() async throws {
        let lines = [
            "EHLO client.example\r\n", "MAIL FROM:<a@client.example> SIZE=20 BODY=8BITMIME\r\n",
            "RCPT TO:<b@upstream.example> NOTIFY=NEVER\r\n", "DATA\r\n", "Subject: x\r\n\r\n..dots\r\n.\r\n",
            "MAIL FROM:<>\r\n", "RCPT TO:<Postmaster>\r\n", "BDAT 6\r\nhello\r", "BDAT 7 LAST\r\n\nworld\n", "QUIT\r\n",
        ]
        let reference = try await start()
        for line in lines { await reference.send(line) }
        #expect(reference.upstream.messages.count == 2)
        for size in [1, 2, 3, 5, 7] {
            let harness = try await start()
            for line in lines {
                var rest = Array(line.utf8)[...]
                while !rest.isEmpty {
                    await harness.send(Array(rest.prefix(size)))
                    rest = rest.dropFirst(size)
                }
            }
            #expect(harness.clientSaw == reference.clientSaw)
            #expect(harness.upstream.received == reference.upstream.received)
        }
    }

    @Test("Commands that may be pipelined are answered in order")
    func pipelining() async throws {
        let harness = try await start { _ in
        } configure: {
            $0.behaviours["RCPT"] = .send("550 5.1.1 Nobody\r\n")
        }
        await harness.send("EHLO client.example\r\n")
        let seen = await harness.send(
            "MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nRCPT TO:<e@d.example>\r\nDATA\r\n")
        #expect(
            seen == "250 2.1.0 Sender OK\r\n550 5.1.1 Nobody\r\n550 5.1.1 Nobody\r\n554 5.5.1 No valid recipients\r\n")
        #expect(!harness.upstream.commands.contains("DATA"))
    }

    /// Refuses recipients in one domain.
    private struct ClosedDomain: SecurityCheck {
        static let name = "closed-domain"
        static let stages: StageSet = .recipient
        static let closed = ViolationDefinition(
            check: name, name: "recipient", summary: "Closed.", reply: Reply(550, .init(5, 7, 1), "Closed"))
        static let violations = [closed]

        func evaluate(
            _ event: SessionEvent, in session: SessionContext, state: inout NoState
        ) -> Evaluation<NoState> {
            guard case .command(let command) = event, command.path.domainEquals("closed.example") else { return .pass }
            return .violation(Self.closed, evidence: Evidence(command.path.domain))
        }
    }

    @Test("A recipient that a check refuses counts as one that the server behind refuses")
    func refusedByCheck() async throws {
        let profile = SecurityProfile("p") { $0.session.limits.recipients = 3 }
        let harness = try await ProxyHarness(CheckPipeline(profile: profile) { ClosedDomain() })
        await harness.begin()
        await harness.send("EHLO client.example\r\nMAIL FROM:<a@b.example>\r\n")
        #expect(await harness.send("DATA\r\n").hasPrefix("503 5.5.1 "))
        for _ in 0..<2 { #expect(await harness.send("RCPT TO:<x@closed.example>\r\n").hasPrefix("550 5.7.1 Closed")) }
        #expect(await harness.send("DATA\r\n").hasPrefix("554 5.5.1 No valid recipients"))
        #expect(await harness.send("RCPT TO:<x@open.example>\r\n").hasPrefix("250 "))
        #expect(await harness.send("RCPT TO:<y@open.example>\r\n").hasPrefix("452 4.5.3 "))
        #expect(await harness.send("DATA\r\n").hasPrefix("354 "))
        await harness.send("Subject: x\r\n\r\nhello\r\n.\r\n")
        #expect(harness.upstream.messages.count == 1)
        // The next transaction begins anew.
        await harness.send("MAIL FROM:<a@b.example>\r\n")
        #expect(await harness.send("DATA\r\n").hasPrefix("503 5.5.1 "))
    }

    @Test("The EHLO reply offers what both sides and the profile allow")
    func extensionFirewall() async throws {
        let harness = try await start {
            $0.session.extensions.remove(.dsn)
        } configure: {
            $0.extensions = [
                "PIPELINING", "SIZE 1000", "8BITMIME", "DSN", "STARTTLS", "XCLIENT NAME ADDR", "XFORWARD NAME", "BURL",
                "BINARYMIME",
                "X-UNKNOWN foo", "AUTH PLAIN GSSAPI EXTERNAL DIGEST-MD5", "ETRN", "REQUIRETLS", "SMTPUTF8",
                "AUTH=PLAIN",
            ]
        }
        #expect(
            await harness.send("EHLO client.example\r\n")
                == "250-mx.example\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250-AUTH PLAIN\r\n250-ETRN\r\n250-SMTPUTF8\r\n"
                + "250-PIPELINING\r\n250-CHUNKING\r\n250 LIMITS RCPTMAX=100\r\n")
        #expect(await harness.send("MAIL FROM:<a@b.example> RET=FULL\r\n").hasPrefix("555 5.5.4 "))
        #expect(await harness.send("XCLIENT ADDR=192.0.2.1\r\n").hasPrefix("502 5.5.1 "))
        #expect(await harness.send("STARTTLS\r\n").hasPrefix("502 5.5.1 "))
    }

    @Test("HELO offers nothing")
    func helo() async throws {
        let harness = try await start()
        #expect(await harness.send("HELO client.example\r\n") == "250 mx.example\r\n")
        #expect(await harness.send("BDAT 0 LAST\r\n").hasPrefix("503 "))
        #expect(await harness.send("MAIL FROM:<a@b.example> SIZE=1\r\n").hasPrefix("555 "))
    }

    @Test("AUTH goes through with its responses, and its secrets go nowhere else")
    func authentication() async throws {
        let harness = try await start { _ in
        } configure: {
            $0.behaviours["AUTH"] = .send("334 VXNlcm5hbWU6\r\n")
        }
        await harness.send("EHLO client.example\r\n")
        #expect(await harness.send("AUTH LOGIN\r\n") == "334 VXNlcm5hbWU6\r\n")
        harness.upstream.behaviours["DXNLCG=="] = .send("235 2.7.0 Welcome\r\n")
        #expect(await harness.send("dXNlcg==\r\n") == "235 2.7.0 Welcome\r\n")
        #expect(harness.upstream.commands == ["EHLO client.example", "AUTH LOGIN", "dXNlcg=="])
        #expect(await harness.send("AUTH LOGIN\r\n").hasPrefix("503 5.5.1 Already authenticated"))
    }

    @Test("STARTTLS forgets what was said before it")
    func startTLS() async throws {
        let harness = try await start { $0.session.tls = .required }
        #expect(await harness.send("EHLO client.example\r\n").contains("250 STARTTLS\r\n"))
        #expect(
            await harness.send("MAIL FROM:<a@b.example>\r\n") == "530 5.7.0 Must issue a STARTTLS command first\r\n")
        #expect(await harness.send("STARTTLS\r\n") == "220 2.0.0 Ready to start TLS\r\n")
        #expect(await harness.send("MAIL FROM:<a@b.example>\r\n").hasPrefix("503 5.5.1 Send HELO or EHLO first"))
        #expect(!(await harness.send("EHLO client.example\r\n").contains("STARTTLS")))
        #expect(await harness.send("MAIL FROM:<a@b.example>\r\n").hasPrefix("250 "))
        #expect(await harness.send("STARTTLS\r\n").hasPrefix("503 "))
    }

    @Test("Chunks are counted, put together and ended, with a zero-length last one too")
    func chunks() async throws {
        let harness = try await start()
        for line in UpstreamMisbehaviourTests.lines.prefix(3) { await harness.send(line) }
        #expect(await harness.send("BDAT 4\r\n.ab\r") == "250 2.0.0 4 octets received\r\n")
        #expect(await harness.send("BDAT 6\r\n\n.\r\nMA") == "250 2.0.0 6 octets received\r\n")
        #expect(await harness.send("BDAT 0 LAST\r\n") == "250 2.0.0 Queued\r\n")
        #expect(harness.upstream.messages == [Array(".ab\r\n.\r\nMA\r\n".utf8)])
        #expect(harness.upstream.commands.suffix(1) == ["DATA"])
    }

    @Test("A refused chunk's octets are dropped, not read as commands")
    func refusedChunk() async throws {
        let harness = try await start()
        await harness.send("EHLO client.example\r\n")
        let payload = "MAIL FROM:<e@forged.example>\r\n"
        #expect(
            await harness.send("BDAT \(payload.utf8.count) LAST\r\n\(payload)NOOP\r\n")
                == "503 5.5.1 Need MAIL first\r\n250 2.0.0 OK\r\n")
        #expect(harness.upstream.commands == ["EHLO client.example"])
    }

    @Test("Chunks of more than the limit are refused before they are read, and absurd ones end the session")
    func largeChunks() async throws {
        let harness = try await start { $0.session.limits.message = 100 }
        let refusal = "552 5.3.4 Message size exceeds the limit of 100 octets\r\n"
        for line in UpstreamMisbehaviourTests.lines.prefix(3) { await harness.send(line) }
        #expect(
            await harness.send("BDAT 90\r\n\(String(repeating: "x", count: 90))") == "250 2.0.0 90 octets received\r\n")
        #expect(await harness.send("BDAT 11 LAST\r\n01234567890") == refusal)
        #expect(harness.upstream.messages.isEmpty)
        for line in UpstreamMisbehaviourTests.lines[1...2] { await harness.send(line) }
        #expect(await harness.send("BDAT 9000000000 LAST\r\n") == refusal)
        #expect(harness.isClosed)
        #expect(harness.upstream.messages.isEmpty)
    }

    @Test("RSET between chunks takes the message back")
    func resetBetweenChunks() async throws {
        let harness = try await start()
        for line in UpstreamMisbehaviourTests.lines.prefix(3) { await harness.send(line) }
        await harness.send("BDAT 3\r\nabc")
        #expect(await harness.send("RSET\r\n") == "250 2.0.0 OK\r\n")
        for line in UpstreamMisbehaviourTests.lines.dropFirst() { await harness.send(line) }
        #expect(harness.upstream.messages == [Array("Subject: x\r\n\r\nbody\r\n".utf8)])
        #expect(harness.upstream.connectionCount == 2)
    }

    @Test("Stopping waits for the transaction in progress, and no longer")
    func shutDown() async throws {
        let idle = try await start()
        await idle.shutDown()
        #expect(idle.clientSaw.hasSuffix("421 4.3.2 mx.example Service shutting down, try again later\r\n"))
        #expect(idle.isClosed)
        let busy = try await start()
        for line in UpstreamMisbehaviourTests.lines.prefix(3) { await busy.send(line) }
        await busy.shutDown()
        #expect(!busy.isClosed)
        for line in UpstreamMisbehaviourTests.lines.dropFirst(3) { await busy.send(line) }
        #expect(busy.upstream.messages.count == 1)
        #expect(
            busy.clientSaw.hasSuffix(
                "250 2.0.0 Queued\r\n421 4.3.2 mx.example Service shutting down, try again later\r\n"))
        #expect(busy.isClosed)
    }

    @Test("Traffic is counted")
    func statistics() async throws {
        let harness = try await start()
        for line in UpstreamMisbehaviourTests.lines { await harness.send(line) }
        await harness.send("DATA\r\n")
        let counted = harness.statistics
        #expect(counted.sessions == 1)
        #expect(counted.transactions == 1)
        #expect(counted.recipients == 1)
        #expect(counted.messages == 1)
        #expect(counted.octets == 20)
        #expect(counted.refused == 1)
    }
}
