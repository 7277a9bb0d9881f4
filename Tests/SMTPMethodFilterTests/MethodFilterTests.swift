import SMTPMethodFilter
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("The method filter")
struct MethodFilterTests {
    private func start(
        _ filter: MethodFilter = MethodFilter(), _ change: (inout SecurityProfile) -> Void = { _ in }
    ) async throws -> ProxyHarness<SingleCheck<MethodFilter>> {
        let profile = SecurityProfile("test") {
            $0.session.hostname = "mx.example"
            change(&$0)
        }
        let harness = try await ProxyHarness(
            CheckPipeline(profile: profile, supportIDs: SupportIDGenerator(node: 1)) { filter }
        ) {
            $0.extensions += ["EXPN", "VRFY", "ETRN", "HELP", "TURN", "XCLIENT NAME ADDR"]
        }
        await harness.begin()
        await harness.send("EHLO client.example\r\n")
        return harness
    }

    @Test(
        "refuses these by default, and the server behind hears nothing of them",
        arguments: [
            "EXPN staff", "ETRN example.org", "TURN", "ATRN example.org", "SEND FROM:<a@b.example>",
            "SOML FROM:<a@b.example>",
            "SAML FROM:<a@b.example>", "expn staff",
        ])
    func disallowed(_ command: String) async throws {
        let harness = try await start()
        #expect(
            await harness.send(command + "\r\n").withoutSupportIDs
                == "502 5.5.1 Command not implemented (support ID #)\r\n")
        #expect(harness.records.map(\.definition) == [MethodFilter.disallowedMethod])
        #expect(harness.upstream.commands == ["EHLO client.example"])
    }

    @Test("answers VRFY without saying anything, and reports it")
    func vrfy() async throws {
        let harness = try await start()
        #expect(
            await harness.send("VRFY root\r\n").withoutSupportIDs
                == "252 2.5.2 Cannot VRFY user, but will accept message and attempt delivery (support ID #)\r\n")
        #expect(harness.records.map(\.definition) == [MethodFilter.mailboxProbe])
        #expect(harness.upstream.commands == ["EHLO client.example"])
        #expect(harness.statistics.refused == 0)
    }

    @Test("refuses verbs that nobody knows", arguments: ["FOO", "XYZZY plugh", "mail_from"])
    func unknown(_ command: String) async throws {
        let harness = try await start()
        #expect(
            await harness.send(command + "\r\n").withoutSupportIDs
                == "500 5.5.1 Command not recognised (support ID #)\r\n")
        #expect(harness.records.map(\.definition) == [MethodFilter.unknownMethod])
        #expect(harness.upstream.commands == ["EHLO client.example"])
    }

    @Test("takes blocked verbs out of the EHLO reply")
    func withdrawn() async throws {
        let harness = try await start()
        for keyword in ["EXPN", "VRFY", "ETRN", "TURN", "XCLIENT"] { #expect(!harness.clientSaw.contains(keyword)) }
        #expect(harness.clientSaw.contains("HELP"))
    }

    @Test("lets allowed verbs through")
    func allowed() async throws {
        var filter = MethodFilter()
        filter[.expn] = .allow
        filter[.vrfy] = .allow
        let harness = try await start(filter)
        #expect(harness.clientSaw.contains("250-EXPN\r\n"))
        #expect(await harness.send("EXPN staff\r\n") == "252 2.5.2 Perhaps\r\n")
        #expect(await harness.send("VRFY root\r\n") == "252 2.5.2 Perhaps\r\n")
        #expect(harness.upstream.commands.suffix(2) == ["EXPN staff", "VRFY root"])
    }

    @Test("can disallow any verb, at any point of a session")
    func anyVerb() async throws {
        for verb in Verb.allCases where verb != .unknown && verb != .lhlo {
            var filter = MethodFilter()
            filter.disallowed = [verb]
            #expect(filter.disallowed == [verb])
            let harness = try await start(filter)
            let path = [Verb.mail, .send, .soml, .saml].contains(verb) ? " FROM:<a@b.example>" : ""
            let argument: String =
                switch verb {
                case .rcpt: " TO:<a@b.example>"
                case .helo, .ehlo, .vrfy, .expn, .etrn, .burl, .xclient, .xforward: " x.example"
                case .bdat: " 0"
                case .auth: " PLAIN"
                default: path
                }
            let seen = await harness.send("\(verb.keyword.map { "\($0)" } ?? "")\(argument)\r\n")
            #expect(seen.hasPrefix("502 5.5.1 "), "\(verb): \(seen)")
            #expect(harness.records.last?.definition == MethodFilter.disallowedMethod, "\(verb)")
        }
    }

    @Test("can allow a few verbs and nothing else")
    func allowingOnly() async throws {
        let harness = try await start(MethodFilter(allowingOnly: [.ehlo, .mail, .rcpt, .data, .quit]))
        #expect(await harness.send("NOOP\r\n").hasPrefix("502 "))
        #expect(await harness.send("BDAT 0\r\n").hasPrefix("502 "))
        #expect(!harness.clientSaw.contains("CHUNKING"))
        #expect(await harness.send("MAIL FROM:<a@b.example>\r\n").hasPrefix("250 "))
    }

    @Test("hands verbs without a grammar on where settings and filter allow them")
    func additional() async throws {
        let harness = try await start { $0.session.additionalVerbs = ["XSTATUS"] }
        #expect(await harness.send("xstatus now\r\n") == "502 5.5.1 What?\r\n")
        #expect(harness.upstream.commands.last == "xstatus now")
        #expect(await harness.send("XOTHER\r\n").hasPrefix("500 5.5.1 "))
    }

    @Test("only reports in transparent mode")
    func transparent() async throws {
        let harness = try await start { $0.mode = .transparent }
        #expect(await harness.send("EXPN staff\r\n") == "252 2.5.2 Perhaps\r\n")
        #expect(harness.records.map(\.definition) == [MethodFilter.disallowedMethod])
        #expect(harness.records.map(\.action) == [.passed])
    }
}

extension MethodFilterTests {
    private func start(
        _ change: (inout SecurityProfile) -> Void
    ) async throws -> ProxyHarness<SingleCheck<MethodFilter>> {
        try await start(MethodFilter(), change)
    }
}
