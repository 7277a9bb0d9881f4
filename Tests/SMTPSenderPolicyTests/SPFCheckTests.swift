import SMTPDNS
import SMTPSecurity
import SMTPSecurityTesting
import SMTPSenderPolicy
import Synchronization
import Testing

@Suite("The SPF check")
struct SPFCheckTests {
    /// Remembers who was to be judged.
    private final class Recorder: Sendable {
        private let requests = Mutex<[SPFRequest]>([])

        func append(_ request: SPFRequest) { requests.withLock { $0.append(request) } }

        var asked: [String] {
            requests.withLock { all in
                all.map { request in
                    let name = request.identity == .helo ? request.helo : request.sender
                    return "\(request.identity.rawValue) \(String(decoding: name, as: UTF8.self))"
                }
            }
        }
    }

    /// Judges by a table of domains.
    private struct Table: SPFEvaluator {
        var outcomes: [String: SPFOutcome] = [:]
        let recorder = Recorder()

        func evaluate(_ request: SPFRequest) async -> SPFOutcome {
            recorder.append(request)
            let name = String(decoding: request.identity == .helo ? request.helo : request.sender, as: UTF8.self)
            let domain = name.split(separator: "@").last.map(String.init) ?? ""
            return outcomes[domain.lowercased()] ?? SPFOutcome(.none)
        }
    }

    /// Says what facts it finds when a recipient comes.
    private struct Spy: SecurityCheck {
        static let name = "spy"
        static let stages: StageSet = .recipient
        static let found = ViolationDefinition(
            check: name, name: "found", summary: "Facts.", enforcement: .alarmOnly, reply: Reply(550, nil, "x"))
        static let violations = [found]

        func evaluate(
            _ event: SessionEvent, in session: SessionContext, state: inout NoState
        ) -> Evaluation<NoState> {
            let fact = session.facts[SPFResultFact.self]
            let outcomes = session.facts[SPFOutcomesFact.self]
            let text =
                fact.map { "\($0.domain) \($0.isPass)" } ?? "nothing"
            let results = outcomes.map { ", \($0.helo?.result.rawValue ?? "-") \($0.mailFrom.result.rawValue)" } ?? ""
            return .violation(Self.found, evidence: Evidence(text + results))
        }
    }

    private func table(_ results: KeyValuePairs<String, SPFResult>) -> Table {
        var table = Table()
        for (domain, result) in results { table.outcomes[domain] = SPFOutcome(result) }
        return table
    }

    private func harness(
        _ table: Table, from client: String = "192.0.2.7", blocks: [ViolationDefinition] = [],
        _ change: (inout SPFCheck<Table>) -> Void = { _ in }
    ) async throws -> ProxyHarness<CheckPair<SingleCheck<SPFCheck<Table>>, SingleCheck<Spy>>> {
        var check = SPFCheck(table, receiver: "mx.our.example")
        change(&check)
        let profile = SecurityProfile("test") {
            for definition in blocks { $0[definition] = .alarmAndBlock }
        }
        let pipeline = CheckPipeline(profile: profile, supportIDs: SupportIDGenerator(node: 1)) {
            check
            Spy()
        }
        let harness = try await ProxyHarness(pipeline, client: client)
        await harness.begin()
        await harness.send("EHLO mail.example.net\r\n")
        return harness
    }

    private func violation(_ name: String) throws -> ViolationDefinition {
        try #require(SPFCheck<Table>.violations.first { $0.name == name })
    }

    // MARK: Results

    @Test(
        "does with each result what is declared",
        arguments: [
            (SPFResult.pass, "250", [], ""), (.none, "250", [], "550 5.7.23"), (.neutral, "250", [], "550 5.7.23"),
            (.softfail, "250", ["spf.softfail"], "550 5.7.23"), (.fail, "550 5.7.23", ["spf.fail"], "550 5.7.23"),
            (.temperror, "250", ["spf.temperror"], "451 4.7.24"), (.permerror, "250", ["spf.permerror"], "550 5.7.24"),
        ])
    func results(_ result: SPFResult, _ code: String, _ records: [String], _ blocked: String) async throws {
        let table = table(["example.org": result])
        let usual = try await harness(table)
        #expect(await usual.send("MAIL FROM:<alice@example.org>\r\n").hasPrefix(code))
        #expect(usual.records.map(\.definition.identifier) == records)
        #expect(usual.upstream.commands.contains { $0.hasPrefix("MAIL") } == (code == "250"))
        guard result != .pass else { return }
        let strict = try await harness(table, blocks: [violation(result.rawValue)])
        #expect(await strict.send("MAIL FROM:<alice@example.org>\r\n").hasPrefix(blocked))
        #expect(!strict.upstream.commands.contains { $0.hasPrefix("MAIL") })
    }

    @Test(
        "judges the client's name too",
        arguments: [
            (SPFResult.fail, "550 5.7.23", ["spf.helo-fail"]), (.softfail, "250", ["spf.helo-softfail"]),
            (.temperror, "250", ["spf.helo-temperror"]), (.permerror, "250", ["spf.helo-permerror"]),
            (.neutral, "250", []), (.none, "250", []), (.pass, "250", []),
        ])
    func greetingName(_ result: SPFResult, _ code: String, _ records: [String]) async throws {
        let table = table(["mail.example.net": result, "example.org": .pass])
        let judged = try await harness(table)
        #expect(await judged.send("MAIL FROM:<alice@example.org>\r\n").hasPrefix(code))
        #expect(judged.records.map(\.definition.identifier) == records)
        let left = try await harness(table) { $0.checksGreetingName = false }
        #expect(await left.send("MAIL FROM:<alice@example.org>\r\n").hasPrefix("250"))
        #expect(left.records.isEmpty)
    }

    @Test("passes the domain's explanation on as a stranger's words, short and harmless")
    func explanation() async throws {
        var table = table(["example.org": .fail])
        table.outcomes["example.org"]?.explanation =
            "See http://example.org/why\r\n250 OK\u{0}é" + String(repeating: "x", count: 5_000)
        table.outcomes["example.org"]?.mechanism = "-all"
        let harness = try await harness(table)
        let reply = await harness.send("MAIL FROM:<alice@example.org>\r\n").withoutSupportIDs
        let lines = reply.split(separator: "\r\n")
        #expect(lines.count == 2)
        #expect(lines[0] == "550-5.7.23 The sender's domain does not authorise this client")
        #expect(lines[1].hasPrefix(#"550 5.7.23 example.org says: See http://example.org/why\r\n250 OK\x00"#))
        #expect(
            lines.allSatisfy { $0.utf8.count < 400 && $0.utf8.allSatisfy { (0x20..<0x7F).contains($0) } })
        #expect(
            harness.records.first?.evidence.description == "example.org says fail of 192.0.2.7 by -all")
    }

    // MARK: Who is asked, and when

    @Test("asks once for a name, once for each sender, and once for the null sender")
    func questions() async throws {
        let table = table([:])
        let harness = try await harness(table)
        for sender in ["a@example.org", "b@example.com", ""] {
            await harness.send("MAIL FROM:<\(sender)>\r\nRSET\r\n")
        }
        #expect(table.recorder.asked == ["helo mail.example.net", "mailfrom a@example.org", "mailfrom b@example.com"])
        await harness.send("EHLO other.example.net\r\nMAIL FROM:<a@example.org>\r\n")
        #expect(table.recorder.asked.suffix(2) == ["helo other.example.net", "mailfrom a@example.org"])
    }

    @Test("asks again for what could not be found out")
    func again() async throws {
        let table = table(["mail.example.net": .temperror])
        let harness = try await harness(table)
        for _ in 0..<2 { await harness.send("MAIL FROM:<a@example.org>\r\nRSET\r\n") }
        #expect(table.recorder.asked.filter { $0.hasPrefix("helo") }.count == 2)
    }

    @Test(
        "judges the null sender by the client's name, even where that is not asked for otherwise",
        arguments: [true, false])
    func nullSender(_ checksName: Bool) async throws {
        let table = table(["mail.example.net": .fail])
        let harness = try await harness(table) { $0.checksGreetingName = checksName }
        #expect(await harness.send("MAIL FROM:<>\r\n").hasPrefix("550 5.7.23"))
        #expect(harness.records.map(\.definition.identifier) == ["spf.fail"])
    }

    @Test("tells other checks what it found, and forgets it with the next sender")
    func facts() async throws {
        let table = table(["example.org": .pass, "example.com": .softfail])
        let harness = try await harness(table)
        for sender in ["a@Example.ORG", "b@example.com", ""] {
            await harness.send("MAIL FROM:<\(sender)>\r\nRCPT TO:<x@our.example>\r\nRSET\r\n")
        }
        let found = harness.records.filter { $0.definition == Spy.found }.map(\.evidence.description)
        #expect(
            found == [
                "example.org true, none pass", "example.com false, none softfail", "mail.example.net false, none none",
            ])
    }

    @Test("leaves exempt and authenticated clients alone, and says nothing of their senders")
    func exemptions() async throws {
        let table = table(["example.org": .pass, "example.com": .fail])
        let exempt = try await harness(table, from: "198.51.100.9") {
            $0.exemptNetworks = [(try? IPNetwork("198.51.100.0/24")) ?? IPNetwork(.v4(0), prefixLength: 32)]
        }
        #expect(await exempt.send("MAIL FROM:<a@example.com>\r\n").hasPrefix("250"))
        #expect(table.recorder.asked.isEmpty)
        let known = try await harness(table)
        await known.send("MAIL FROM:<a@example.org>\r\nRSET\r\nAUTH PLAIN AGFsaWNlAHg=\r\n")
        #expect(await known.send("MAIL FROM:<a@example.com>\r\n").hasPrefix("250"))
        await known.send("RCPT TO:<x@our.example>\r\n")
        #expect(known.records.last?.evidence.description == "nothing")
        let strict = try await harness(table) { $0.exemptsAuthenticatedClients = false }
        await strict.send("AUTH PLAIN AGFsaWNlAHg=\r\n")
        #expect(await strict.send("MAIL FROM:<a@example.com>\r\n").hasPrefix("550"))
    }

    // MARK: No result

    private struct Silent: SPFEvaluator {
        func evaluate(_ request: SPFRequest) async -> SPFOutcome {
            try? await Task.sleep(for: .seconds(30))
            return SPFOutcome(.fail)
        }
    }

    @Test(
        "does what its failure mode says when there is no result in time",
        arguments: [(FailureMode.open, "250"), (.temporaryFailure, "451"), (.closed, "554")])
    func deadline(_ mode: FailureMode, _ code: String) async throws {
        var check = SPFCheck(Silent(), receiver: "mx.our.example")
        #expect(check.failureMode == .open && check.deadline == .seconds(20))
        check.failureMode = mode
        let harness = try await ProxyHarness(
            CheckPipeline(profile: SecurityProfile("test"), supportIDs: SupportIDGenerator(node: 1)) { check })
        harness.evaluationClock = ImpatientClock()
        await harness.begin()
        await harness.send("EHLO mail.example.net\r\n")
        #expect(await harness.send("MAIL FROM:<a@example.org>\r\n").hasPrefix(code))
        #expect(harness.records.map(\.definition.identifier) == ["spf.unavailable"])
    }

    @Test("works with the native engine")
    func native() async throws {
        var zone = ZoneResolver()
        zone.add(try DNSName("example.org"), .txt([Array("v=spf1 ip4:192.0.2.0/24 -all exp=why.example.org".utf8)]))
        zone.add(try DNSName("why.example.org"), .txt([Array("%{i} may not".utf8)]))
        for (client, reply) in [
            ("192.0.2.7", "250 2.1.0 Sender OK\r\n"),
            (
                "198.51.100.1",
                "550-5.7.23 The sender's domain does not authorise this client\r\n"
                    + "550 5.7.23 example.org says: 198.51.100.1 may not (support ID #)\r\n"
            ),
        ] {
            let check = SPFCheck(NativeSPFEvaluator(zone), receiver: "mx.our.example")
            let harness = try await ProxyHarness(
                CheckPipeline(profile: SecurityProfile("test"), supportIDs: SupportIDGenerator(node: 1)) { check },
                client: client)
            await harness.begin()
            await harness.send("EHLO mail.example.net\r\n")
            #expect(await harness.send("MAIL FROM:<a@example.org>\r\n").withoutSupportIDs == reply)
        }
    }

    // MARK: Header fields

    /// The last message that arrived after these commands, with its header unfolded.
    private func header(
        _ commands: [String], _ results: KeyValuePairs<String, SPFResult>,
        _ change: (inout SPFCheck<Table>) -> Void = { _ in }
    ) async throws -> String {
        var check = SPFCheck(table(results), receiver: "mx.our.example")
        change(&check)
        let profile = SecurityProfile("test") {
            $0.session.authenticationService = "mx.our.example"
        }
        let harness = try await ProxyHarness(
            CheckPipeline(profile: profile, supportIDs: SupportIDGenerator(node: 1)) { check })
        await harness.begin()
        await harness.send("EHLO mail.example.net\r\n")
        for command in commands { await harness.send("\(command)\r\n") }
        await harness.send("RCPT TO:<b@our.example>\r\nDATA\r\n")
        await harness.send("Subject: x\r\n\r\n.\r\n")
        let text = String(decoding: try #require(harness.upstream.messages.last), as: UTF8.self)
        return text.split(separator: "\r\n ", omittingEmptySubsequences: false).joined(separator: " ")
    }

    @Test(
        "writes each result at the top of the message",
        arguments: [SPFResult.pass, .none, .neutral, .softfail, .temperror, .permerror])
    func fields(_ result: SPFResult) async throws {
        let text = try await header(["MAIL FROM:<a@example.org>"], ["example.org": result])
        #expect(text.hasPrefix("Authentication-Results: mx.our.example;"))
        #expect(text.contains("spf=\(result.rawValue) smtp.mailfrom=a@example.org;"))
        #expect(text.contains("Received-SPF: \(result.rawValue) (mx.our.example: a@example.org "))
        #expect(text.contains("identity=mailfrom"))
        #expect(text.hasSuffix("\r\nSubject: x\r\n\r\n"))
    }

    @Test("writes the client's name alone for the null sender")
    func nullSenderFields() async throws {
        let text = try await header(["MAIL FROM:<>"], ["mail.example.net": .pass])
        #expect(text.hasPrefix("Authentication-Results: mx.our.example; spf=pass smtp.helo=mail.example.net\r\n"))
        #expect(text.components(of: "Received-SPF:") == 1)
        #expect(text.contains("envelope-from=\"\";") && text.contains("identity=helo"))
        #expect(!text.contains("mailfrom"))
    }

    @Test("writes the sender that the message has, not an earlier one")
    func laterSender() async throws {
        let text = try await header(
            ["MAIL FROM:<a@example.org>", "RSET", "MAIL FROM:<b@example.com>"],
            ["example.org": .pass, "example.com": .softfail])
        #expect(text.contains("spf=softfail smtp.mailfrom=b@example.com"))
        #expect(!text.contains("example.org") && !text.contains("spf=pass"))
    }

    @Test("writes nothing for clients that it leaves alone")
    func exemptFields() async throws {
        let text = try await header(["MAIL FROM:<a@example.org>"], ["example.org": .softfail]) {
            $0.exemptNetworks = [(try? IPNetwork("192.0.2.0/24")) ?? IPNetwork(.v4(0), prefixLength: 32)]
        }
        #expect(text == "Subject: x\r\n\r\n")
    }

    @Test("writes a hostile sender so that it stays in its place")
    func hostileSender() async throws {
        let text = try await header(
            [#"MAIL FROM:<"a; spf=pass (x\" b"@example.org>"#], ["example.org": .none])
        #expect(text.contains(#"smtp.mailfrom="\"a; spf=pass (x\\\" b\"@example.org""#), "\(text)")
        let comment = try #require(text.split(separator: "Received-SPF: none ").dropFirst().first)
        var depth = 0
        var escaped = false
        let end = comment.firstIndex { character in
            defer { escaped = character == "\\" && !escaped }
            guard !escaped else { return false }
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            return depth == 0
        }
        #expect(end.map { comment[$0...].hasPrefix(") receiver=mx.our.example;") } == true, "\(text)")
    }
}

extension String {
    fileprivate func components(of text: String) -> Int {
        split(separator: text, omittingEmptySubsequences: false).count - 1
    }
}
