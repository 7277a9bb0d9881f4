import SMTPRateLimit
import SMTPSecurity
import SMTPSecurityTesting
import SMTPStores
import Testing

@Suite("The rate limit")
struct RateLimitTests {
    typealias Harness = ProxyHarness<SingleCheck<RateLimit>>

    private let store = MemoryStore()
    private let hour = Duration.seconds(3_600)

    /// A limit with these rules only.
    private func limit(_ rules: RateRule..., manner: Manner = .now) -> RateLimit {
        var limit = RateLimit(store: manner.of(store))
        limit.rules = rules
        limit.concurrentConnections = nil
        return limit
    }

    /// A session whose client has connected, some time after the first possible moment.
    private func connect(
        _ check: RateLimit, from client: String = "192.0.2.7", after time: Duration = .zero,
        mode: SecurityProfile.Mode = .blocking
    ) async throws -> Harness {
        let profile = SecurityProfile("test") {
            $0.session.hostname = "mx.example"
            $0.session.budgets.softErrors = 1_000_000
            $0.session.budgets.hardErrors = 1_000_000
            $0.session.budgets.junkCommands = 1_000_000
            $0.session.limits.recipients = 1_000
            $0.session.timeouts.session = .seconds(1_000_000)
            $0.session.timeouts.idle = .seconds(1_000_000)
            $0.mode = mode
        }
        let harness = try await Harness(
            CheckPipeline(profile: profile, supportIDs: SupportIDGenerator(node: 1)) { check }, client: client)
        await harness.advance(by: time)
        await harness.begin()
        return harness
    }

    /// A session that has greeted.
    private func greet(
        _ check: RateLimit, from client: String = "192.0.2.7", after time: Duration = .zero,
        mode: SecurityProfile.Mode = .blocking
    ) async throws -> Harness {
        let harness = try await connect(check, from: client, after: time, mode: mode)
        await harness.send("EHLO client.example\r\n")
        return harness
    }

    // MARK: Connections

    @Test("allows five connections a second of a client, and says when there will be another")
    func connections() async throws {
        let check = limit(.connectionsPerClient)
        for _ in 0..<5 { #expect(try await connect(check).clientSaw == "220 mx.example ESMTP\r\n") }
        let sixth = try await connect(check)
        #expect(
            sixth.clientSaw.withoutSupportIDs
                == "421 4.7.0 Too many connections, try again in 1 second (support ID #)\r\n")
        #expect(sixth.isClosed)
        #expect(sixth.records.map(\.definition) == [RateLimit.connections])
        #expect(sixth.upstream.connectionCount == 0)
        #expect(try await connect(check, from: "192.0.2.8").clientSaw.hasPrefix("220 "))
        #expect(try await connect(check, after: .milliseconds(199)).clientSaw.hasPrefix("421 "))
        #expect(try await connect(check, after: .milliseconds(200)).clientSaw.hasPrefix("220 "))
        #expect(try await connect(check, after: .milliseconds(200)).clientSaw.hasPrefix("421 "))
    }

    @Test(
        "takes a client's address and network for what they are",
        arguments: [
            (RateRule.Part.client, "192.0.2.7", "::ffff:192.0.2.7", true), (.client, "192.0.2.7", "192.0.2.8", false),
            (.network, "192.0.2.7", "192.0.2.200", true), (.network, "192.0.2.7", "::ffff:192.0.2.9", true),
            (.network, "192.0.2.7", "192.0.3.7", false), (.network, "2001:db8::1", "2001:db8::ffff:1", true),
            (.network, "2001:db8::1", "2001:db8:0:1::1", false), (.client, "2001:db8::1", "2001:db8::2", false),
        ])
    func clients(_ part: RateRule.Part, _ first: String, _ second: String, _ areOne: Bool) async throws {
        let rule = try RateRule("test", .connections, by: [part], RateAllowance(1, per: hour))
        let check = limit(rule)
        #expect(try await connect(check, from: first).clientSaw.hasPrefix("220 "))
        #expect(try await connect(check, from: second).clientSaw.hasPrefix(areOne ? "421 " : "220 "))
    }

    @Test("allows a network so many connections at a time, and one more when one has gone")
    func concurrency() async throws {
        var check = limit()
        check.concurrentConnections = 3
        var open: [Harness] = []
        for host in 1...3 { open.append(try await connect(check, from: "192.0.2.\(host)")) }
        let refused = try await connect(check, from: "192.0.2.4")
        #expect(
            refused.clientSaw.withoutSupportIDs
                == "421 4.7.0 Too many connections at a time, try again later (support ID #)\r\n")
        #expect(refused.records.map(\.definition) == [RateLimit.concurrentConnections])
        #expect(try await connect(check, from: "192.0.3.1").clientSaw.hasPrefix("220 "))
        open[0].disconnect()
        #expect(try await connect(check, from: "192.0.2.5").clientSaw.hasPrefix("220 "))
        // The one that was refused had no place to give back.
        refused.disconnect()
        #expect(try await connect(check, from: "192.0.2.6").clientSaw.hasPrefix("421 "))
    }

    @Test("gives a place back that it took before something else refused the session")
    func concurrencyAfterRefusal() async throws {
        var check = limit(try RateRule("test", .connections, by: [.client], RateAllowance(1, per: hour)))
        check.concurrentConnections = 2
        let first = try await connect(check)
        let second = try await connect(check)
        #expect(second.records.map(\.definition) == [RateLimit.connections])
        first.disconnect()
        #expect(try await connect(check, from: "192.0.2.8").clientSaw.hasPrefix("220 "))
        #expect(try await connect(check, from: "192.0.2.9").clientSaw.hasPrefix("220 "))
        #expect(try await connect(check, from: "192.0.2.10").clientSaw.hasPrefix("421 "))
    }

    @Test("counts places rightly where the profile only reports")
    func concurrencyInTransparentMode() async throws {
        var check = limit()
        check.concurrentConnections = 1
        let first = try await connect(check, mode: .transparent)
        let second = try await connect(check, mode: .transparent)
        #expect(second.clientSaw.hasPrefix("220 "))
        #expect(second.records.map(\.action) == [.passed])
        second.disconnect()
        #expect(try await connect(check, mode: .transparent).records.count == 1)
        first.disconnect()
        #expect(try await connect(check, mode: .transparent).records.isEmpty)
    }

    // MARK: Messages and recipients

    @Test("allows a hundred messages a minute of a client")
    func messages() async throws {
        let check = limit(.messagesPerClient)
        let harness = try await greet(check)
        for _ in 0..<100 {
            #expect(await harness.send("MAIL FROM:<a@sender.example>\r\n") == "250 2.1.0 Sender OK\r\n")
            await harness.send("RSET\r\n")
        }
        #expect(
            await harness.send("MAIL FROM:<b@other.example>\r\n").withoutSupportIDs
                == "451 4.7.1 Too many messages, try again in 1 second (support ID #)\r\n")
        #expect(harness.records.map(\.definition) == [RateLimit.messages])
        #expect(harness.upstream.commands.filter { $0.hasPrefix("MAIL") }.count == 100)
        await harness.advance(by: .milliseconds(600))
        #expect(await harness.send("MAIL FROM:<b@other.example>\r\n") == "250 2.1.0 Sender OK\r\n")
    }

    @Test("allows 25 messages an hour from a sender's domain to a recipient, whoever sends them")
    func correspondence() async throws {
        let check = limit(.messagesPerCorrespondence)
        func recipient(_ sender: String, _ recipient: String, from client: Int) async throws -> String {
            let harness = try await greet(check, from: "192.0.2.\(client)")
            await harness.send("MAIL FROM:<\(sender)>\r\n")
            return await harness.send("RCPT TO:<\(recipient)>\r\n").withoutSupportIDs
        }
        for number in 1...25 {
            #expect(
                try await recipient("user\(number)@Sender.example", "bob@our.example", from: number).hasPrefix("250"))
        }
        #expect(
            try await recipient("z@sender.EXAMPLE", "\"bob\"@Our.example", from: 99)
                == "451 4.7.1 Too many messages, try again in 144 seconds (support ID #)\r\n")
        #expect(try await recipient("z@sender.example", "eve@our.example", from: 99).hasPrefix("250"))
        #expect(try await recipient("z@other.example", "bob@our.example", from: 99).hasPrefix("250"))
        #expect(try await recipient("", "bob@our.example", from: 99).hasPrefix("250"))
    }

    @Test("counts the null sender as one of its own")
    func nullSender() async throws {
        let check = limit(try RateRule("test", .messages, by: [.senderDomain], RateAllowance(1, per: hour)))
        let harness = try await greet(check)
        for (sender, code) in [("", "250"), ("", "451"), ("a@b.example", "250"), ("c@b.example", "451")] {
            #expect(await harness.send("MAIL FROM:<\(sender)>\r\n").hasPrefix(code))
            await harness.send("RSET\r\n")
        }
    }

    @Test(
        "counts by every part, and by nothing else",
        arguments: [
            ([.sender], "a@b.example", "x@y.example", true), ([.sender], "A@B.example", "x@other.example", true),
            ([.sender], "c@b.example", "x@y.example", false), ([.senderDomain], "c@b.example", "x@other.example", true),
            ([.recipient], "other@sender.example", "X@Y.example", true),
            ([.recipient], "a@b.example", "z@y.example", false),
            ([.recipientDomain], "other@sender.example", "z@y.example", true),
            ([.recipientDomain], "a@b.example", "x@z.example", false),
            ([.sender, .recipientDomain], "a@b.example", "z@y.example", true),
            ([.sender, .recipientDomain], "c@b.example", "z@y.example", false),
        ] as [([RateRule.Part], String, String, Bool)])
    func parts(_ parts: [RateRule.Part], _ sender: String, _ recipient: String, _ areOne: Bool) async throws {
        let check = limit(try RateRule("test", .recipients, by: Set(parts), RateAllowance(1, per: hour)))
        let first = try await greet(check)
        await first.send("MAIL FROM:<a@b.example>\r\n")
        #expect(await first.send("RCPT TO:<x@y.example>\r\n").hasPrefix("250"))
        let second = try await greet(check, from: "198.51.100.1")
        await second.send("MAIL FROM:<\(sender)>\r\n")
        let answer = await second.send("RCPT TO:<\(recipient)>\r\n").withoutSupportIDs
        #expect(
            answer
                == (areOne
                    ? "451 4.7.1 Too many recipients, try again in 3600 seconds (support ID #)\r\n"
                    : "250 2.1.5 Recipient OK\r\n"))
    }

    @Test("counts by the authenticated user, and only where there is one")
    func users() async throws {
        var check = limit(try RateRule("test", .recipients, by: [.user], RateAllowance(1, per: hour)))
        check.exemptsAuthenticatedClients = true
        func recipient(_ user: String?, _ client: String) async throws -> String {
            let harness = try await greet(check, from: client)
            if let user { #expect(await harness.send("AUTH PLAIN \(user)\r\n").hasPrefix("235")) }
            await harness.send("MAIL FROM:<a@b.example>\r\n")
            return String(await harness.send("RCPT TO:<x@y.example>\r\n").prefix(3))
        }
        // "\0alice\0x", "\0ALICE\0x" and "\0bob\0x".
        #expect(try await recipient("AGFsaWNlAHg=", "192.0.2.1") == "250")
        #expect(try await recipient("AEFMSUNFAHg=", "198.51.100.1") == "451")
        #expect(try await recipient("AGJvYgB4", "192.0.2.1") == "250")
        #expect(try await recipient(nil, "192.0.2.1") == "250")
        #expect(try await recipient(nil, "192.0.2.1") == "250")
    }

    // MARK: Octets

    @Test(
        "refuses an announced size at once, and takes what arrives without announcement as it arrives",
        arguments: Manner.allCases)
    func octets(_ manner: Manner) async throws {
        let rule = try RateRule("test", .octets, by: [.client], RateAllowance(1_000, per: hour))
        let check = limit(rule, manner: manner)
        let harness = try await greet(check)
        func envelope(_ size: String) async -> String {
            await harness.send("MAIL FROM:<a@b.example>\(size)\r\nRCPT TO:<x@y.example>\r\n")
            return await harness.send("DATA\r\n").withoutSupportIDs
        }
        #expect(await envelope(" SIZE=600").hasPrefix("354"))
        #expect(await harness.send(String(repeating: "x", count: 98) + "\r\n.\r\n").hasPrefix("250"))
        #expect(
            await envelope(" SIZE=600")
                == "451 4.7.1 Too much mail, try again in 720 seconds (support ID #)\r\n")
        await harness.send("RSET\r\n")
        #expect(await envelope("").hasPrefix("354"))
        let line = String(repeating: "x", count: 498) + "\r\n"
        #expect(
            await harness.send(line + ".\r\n").withoutSupportIDs
                == "451 4.7.1 Too much mail, try again in 360 seconds (support ID #)\r\n")
        #expect(harness.records.map(\.definition) == [RateLimit.octets, RateLimit.octets])
        #expect(harness.upstream.messages.count == 1)
    }

    @Test("refuses DATA as often as the client tries it in one transaction", arguments: Manner.allCases)
    func octetsAgain(_ manner: Manner) async throws {
        let check = limit(try RateRule("test", .octets, by: [.client], RateAllowance(100, per: hour)), manner: manner)
        let harness = try await greet(check)
        await harness.send("MAIL FROM:<a@b.example> SIZE=60\r\nRCPT TO:<x@y.example>\r\n")
        #expect(await harness.send("DATA\r\n").hasPrefix("354"))
        #expect(await harness.send("x\r\n.\r\n").hasPrefix("250"))
        await harness.send("MAIL FROM:<a@b.example> SIZE=60\r\nRCPT TO:<x@y.example>\r\n")
        for _ in 0..<3 { #expect(await harness.send("DATA\r\n").hasPrefix("451")) }
        await harness.advance(by: hour)
        #expect(await harness.send("DATA\r\n").hasPrefix("354"))
        #expect(harness.upstream.commands.filter { $0 == "DATA" }.count == 2)
    }

    @Test("charges the octets of chunks once", arguments: Manner.allCases)
    func chunks(_ manner: Manner) async throws {
        let check = limit(try RateRule("test", .octets, by: [.client], RateAllowance(100, per: hour)), manner: manner)
        let harness = try await greet(check)
        await harness.send("MAIL FROM:<a@b.example> SIZE=60\r\nRCPT TO:<x@y.example>\r\n")
        for _ in 0..<2 {
            #expect(await harness.send("BDAT 30\r\n" + String(repeating: "x", count: 28) + "\r\n").hasPrefix("250"))
        }
        #expect(await harness.send("BDAT 0 LAST\r\n").hasPrefix("250"))
        await harness.send("MAIL FROM:<a@b.example>\r\nRCPT TO:<x@y.example>\r\n")
        #expect(await harness.send("BDAT 50 LAST\r\n" + String(repeating: "x", count: 48) + "\r\n").hasPrefix("451"))
        #expect(harness.upstream.messages.count == 1)
    }

    @Test("charges what SIZE announced once, also when a later chunk is refused", arguments: Manner.allCases)
    func refusedChunk(_ manner: Manner) async throws {
        let check = limit(try RateRule("test", .octets, by: [.client], RateAllowance(100, per: hour)), manner: manner)
        let harness = try await greet(check)
        func chunk(_ count: Int) -> String { "BDAT \(count)\r\n" + String(repeating: "x", count: count) }
        await harness.send("MAIL FROM:<a@b.example> SIZE=60\r\nRCPT TO:<x@y.example>\r\n")
        #expect(await harness.send(chunk(60)).hasPrefix("250"))
        // 60 of the 110 octets have been charged: 40 are left, and 50 more are too many.
        #expect(
            await harness.send(chunk(50)).withoutSupportIDs
                == "451 4.7.1 Too much mail, try again in 360 seconds (support ID #)\r\n")
        #expect(!(await harness.send(chunk(0))).hasPrefix("250"))
        await harness.send("RSET\r\n")
        // What the refused chunk would have taken is still there.
        await harness.send("MAIL FROM:<a@b.example> SIZE=40\r\nRCPT TO:<x@y.example>\r\n")
        #expect(await harness.send("BDAT 40 LAST\r\n" + String(repeating: "x", count: 40)).hasPrefix("250"))
        #expect(harness.upstream.messages.count == 1)
    }

    @Test("goes on after a refused message", arguments: Manner.allCases)
    func afterRefusedContent(_ manner: Manner) async throws {
        let check = limit(try RateRule("test", .octets, by: [.client], RateAllowance(100, per: hour)), manner: manner)
        let harness = try await greet(check)
        let line = String(repeating: "x", count: 198) + "\r\n"
        for text in ["x\r\n", line, "y\r\n"] {
            await harness.send("MAIL FROM:<a@b.example>\r\nRCPT TO:<x@y.example>\r\n")
            #expect(await harness.send("DATA\r\n").hasPrefix("354"))
            #expect(await harness.send(text + ".\r\n").hasPrefix(text == line ? "451" : "250"))
        }
        #expect(harness.upstream.messages.count == 2)
    }

    @Test("counts by client, network and user together", arguments: Manner.allCases)
    func combination(_ manner: Manner) async throws {
        let rule = try RateRule("test", .messages, by: [.client, .network, .user], RateAllowance(1, per: hour))
        let check = limit(rule, manner: manner)
        // The user names are alice and bob.
        for (client, user, code) in [
            ("192.0.2.7", "AGFsaWNlAHg=", "250"), ("192.0.2.7", "AGFsaWNlAHg=", "451"),
            ("192.0.2.8", "AGFsaWNlAHg=", "250"), ("192.0.2.7", "AGJvYgB4", "250"),
        ] {
            let harness = try await greet(check, from: client)
            await harness.send("AUTH PLAIN \(user)\r\n")
            #expect(await harness.send("MAIL FROM:<a@b.example>\r\n").hasPrefix(code))
            if code == "451" {
                #expect(
                    harness.records.last?.evidence.description.hasPrefix(
                        "rate/test|ip=192.0.2.7|net=192.0.2.0/24|user=alice:") == true)
            }
        }
    }

    @Test("allows a network 50 connections at a time by default, and the 51st is told to try again later")
    func fifty() async throws {
        let check = RateLimit(store: store)
        var sessions: [Harness] = []
        for number in 0..<51 {
            // Not too fast, and from all over the network.
            let harness = try await connect(check, from: "192.0.2.\(number)", after: .seconds(number))
            #expect(harness.clientSaw.hasPrefix(number < 50 ? "220" : "421 4.7.0 Too many connections at a time"))
            sessions.append(harness)
        }
        #expect(try await connect(check, from: "192.0.3.1", after: .seconds(60)).clientSaw.hasPrefix("220"))
    }

    @Test("charges octets to the domains of accepted recipients only", arguments: Manner.allCases)
    func octetsByRecipient(_ manner: Manner) async throws {
        let check = limit(
            try RateRule("test", .octets, by: [.recipientDomain], RateAllowance(100, per: hour)), manner: manner)
        let first = try await greet(check)
        await first.send("MAIL FROM:<a@b.example> SIZE=90\r\n")
        first.upstream.behaviours["RCPT"] = .send("550 5.1.1 Nobody\r\n")
        await first.send("RCPT TO:<x@refused.example>\r\n")
        first.upstream.behaviours["RCPT"] = nil
        await first.send("RCPT TO:<x@accepted.example>\r\nRCPT TO:<y@accepted.example>\r\n")
        #expect(await first.send("DATA\r\n").hasPrefix("354"))
        for (domain, code) in [("refused.example", "354"), ("accepted.example", "451")] {
            let harness = try await greet(check)
            await harness.send("MAIL FROM:<a@b.example> SIZE=90\r\nRCPT TO:<x@\(domain)>\r\n")
            #expect(await harness.send("DATA\r\n").hasPrefix(code))
        }
    }

    // MARK: Several rules, exemptions, failures

    @Test("charges an event that one rule refuses to none of them", arguments: Manner.allCases)
    func allOrNothing(_ manner: Manner) async throws {
        let loose = try RateRule("loose", .messages, by: [.client], RateAllowance(2, per: hour))
        let tight = try RateRule("tight", .messages, by: [.senderDomain], RateAllowance(1, per: hour))
        let harness = try await greet(limit(loose, tight, manner: manner))
        for (sender, code) in [
            ("a@b.example", "250"), ("a@b.example", "451"), ("a@b.example", "451"), ("a@c.example", "250"),
        ] {
            #expect(await harness.send("MAIL FROM:<\(sender)>\r\n").hasPrefix(code))
            await harness.send("RSET\r\n")
        }
        #expect(harness.records.map { $0.evidence.description.hasPrefix("rate/tight|") } == [true, true])
    }

    @Test("lets exempt networks and, if told so, authenticated clients go")
    func exemptions() async throws {
        var check = limit(try RateRule("test", .messages, by: [.senderDomain], RateAllowance(1, per: hour)))
        check.exemptNetworks = [try IPNetwork("192.0.2.0/24")]
        check.exemptsAuthenticatedClients = true
        let exempt = try await greet(check, from: "::ffff:192.0.2.9")
        let known = try await greet(check, from: "198.51.100.1")
        await known.send("AUTH PLAIN AGFsaWNlAHg=\r\n")
        let stranger = try await greet(check, from: "198.51.100.1")
        for code in ["250", "451"] {
            #expect(await stranger.send("MAIL FROM:<a@b.example>\r\n").hasPrefix(code))
            await stranger.send("RSET\r\n")
            for harness in [exempt, known] {
                #expect(await harness.send("MAIL FROM:<a@b.example>\r\n").hasPrefix("250"))
                await harness.send("RSET\r\n")
            }
        }
    }

    @Test("reports and lets pass where the profile only reports")
    func transparent() async throws {
        let check = limit(try RateRule("test", .messages, by: [.client], RateAllowance(1, per: hour)))
        let harness = try await greet(check, mode: .transparent)
        for _ in 0..<2 {
            #expect(await harness.send("MAIL FROM:<a@b.example>\r\n").hasPrefix("250"))
            await harness.send("RSET\r\n")
        }
        #expect(harness.records.map(\.action) == [.passed])
    }

    /// A store that cannot be asked.
    private struct Absent: RateStore {
        func charge(_ charges: [RateCharge], by client: IPAddress, at now: Timestamp) -> StoreAnswer<RateDecision> {
            .later { () async throws(CheckFailure) -> RateDecision in throw CheckFailure("away") }
        }
    }

    @Test(
        "does what its failure mode says while the store is away",
        arguments: [(FailureMode.open, "250"), (.closed, "554"), (.temporaryFailure, "451")])
    func absence(_ mode: FailureMode, _ code: String) async throws {
        var check = RateLimit(store: Absent())
        check.rules = [.messagesPerClient]
        check.failureMode = mode
        let harness = try await greet(check)
        #expect(await harness.send("MAIL FROM:<a@b.example>\r\n").hasPrefix(code))
        #expect(harness.records.map(\.definition.identifier) == ["rate-limit.unavailable"])
        #expect(harness.statistics.unavailable == 1)
    }

    @Test("is open by default")
    func defaults() {
        let check = RateLimit(store: store)
        #expect(check.failureMode == .open)
        #expect(check.rules == [.connectionsPerClient, .messagesPerClient, .messagesPerCorrespondence])
        #expect(check.rules[0].allowance == RateAllowance(5, per: .seconds(1)))
        #expect(check.rules[1].allowance == RateAllowance(100, per: .seconds(60)))
        #expect(check.rules[2].allowance == RateAllowance(25, per: .seconds(3_600)))
    }

    @Test("wants only the stages that its rules need")
    func stages() throws {
        #expect(limit().stages == [])
        #expect(limit(.connectionsPerClient).stages == .connection)
        #expect(limit(.messagesPerClient).stages == .sender)
        #expect(limit(.messagesPerCorrespondence).stages == .recipient)
        let octets = try RateRule("test", .octets, by: [.recipient], RateAllowance(1, per: hour))
        #expect(limit(octets).stages == [.sender, .recipient, .reply, .data, .content])
        #expect(RateLimit(store: store).stages == [.connection, .disconnection, .sender, .recipient])
    }

    @Test(
        "says what is wrong with a rule",
        arguments: [
            ("", RateRule.Quantity.messages, [RateRule.Part.client], "a rate rule needs a name"),
            (
                "x", .messages, [],
                "rate rule \"x\" counts by nothing; give one or more of client, network, sender, sender-domain, recipient, "
                    + "recipient-domain, user"
            ),
            (
                "x\n", .connections, [.sender],
                "rate rule \"x\\n\" counts connections by sender, which is not known when a client connects; connections are "
                    + "counted by client, network, or both"
            ),
        ] as [(String, RateRule.Quantity, [RateRule.Part], String)])
    func invalid(_ name: String, _ quantity: RateRule.Quantity, _ parts: [RateRule.Part], _ text: String) {
        #expect {
            _ = try RateRule(name, quantity, by: Set(parts), RateAllowance(1, per: .seconds(1)))
        } throws: {
            "\($0)" == text
        }
    }

    @Test("never lets one more through, however many sessions come together")
    func together() async throws {
        let rule = try RateRule("test", .messages, by: [.senderDomain], RateAllowance(50, per: hour))
        let check = limit(rule)
        let accepted = try await withThrowingTaskGroup(of: Int.self) { group in
            for client in 0..<16 {
                group.addTask {
                    let profile = SecurityProfile("test") {
                        $0.session.budgets.softErrors = 1_000
                        $0.session.budgets.hardErrors = 1_000
                        $0.session.budgets.junkCommands = 1_000
                    }
                    let harness = try await Harness(
                        CheckPipeline(profile: profile, supportIDs: SupportIDGenerator(node: 1)) { check },
                        client: "192.0.2.\(client)")
                    await harness.begin()
                    await harness.send("EHLO client.example\r\n")
                    var accepted = 0
                    for _ in 0..<10 {
                        if await harness.send("MAIL FROM:<a@b.example>\r\n").hasPrefix("250") { accepted += 1 }
                        await harness.send("RSET\r\n")
                    }
                    return accepted
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(accepted == 50)
    }
}
