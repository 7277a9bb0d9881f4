import SMTPGreylist
import SMTPSecurity
import SMTPSecurityTesting
import SMTPStores
import Testing

@Suite("Greylisting")
struct GreylistTests {
    /// Says what other checks would have found out.
    struct Facts: SecurityCheck {
        static let name = "facts"
        static let stages: StageSet = .sender
        static let violations: [ViolationDefinition] = []
        var spf: SPFResultFact.Value?
        var host: String?

        func evaluate(
            _ event: SessionEvent, in session: SessionContext, state: inout NoState
        ) -> Evaluation<NoState> {
            .later { context in
                context.facts[SPFResultFact.self] = spf
                context.facts[ConfirmedHostNameFact.self] = host
                return .pass
            }
        }
    }

    private let store = MemoryStore()
    private let day = Duration.seconds(86_400)

    private func greylisted(_ seconds: Int) -> String {
        "451 4.7.1 Greylisted, try again in \(seconds) second\(seconds == 1 ? "" : "s") (support ID #)\r\n"
    }
    private let welcome = "250 2.1.5 Recipient OK\r\n"

    /// What a client gets to hear of a recipient, some time after the first possible moment.
    private func attempt(
        _ check: Greylist? = nil, from client: String = "192.0.2.7", sender: String = "alice@example.net",
        to recipient: String = "bob@our.example", after time: Duration = .zero, facts: Facts = Facts(),
        isAuthenticated: Bool = false, mode: SecurityProfile.Mode = .blocking, manner: Manner = .now,
        violation: ViolationDefinition? = nil
    ) async throws -> String {
        let check = check ?? Greylist(store: manner.of(store))
        let profile = SecurityProfile("test") {
            $0.session.timeouts.session = .seconds(1_000_000_000)
            $0.mode = mode
        }
        let pipeline = CheckPipeline(profile: profile, supportIDs: SupportIDGenerator(node: 1)) {
            facts
            check
        }
        let harness = try await ProxyHarness(pipeline, client: client)
        await harness.advance(by: time)
        await harness.begin()
        await harness.send("EHLO client.example\r\n")
        if isAuthenticated { await harness.send("AUTH PLAIN AGFsaWNlAHg=\r\n") }
        await harness.send("MAIL FROM:<\(sender)>\r\n")
        let answer = await harness.send("RCPT TO:<\(recipient)>\r\n").withoutSupportIDs
        // The server behind never hears of somebody who is refused here.
        #expect(harness.upstream.commands.contains { $0.hasPrefix("RCPT") } == answer.hasPrefix("250"))
        if let violation { #expect(harness.records.map(\.definition) == [violation]) }
        return answer
    }

    // MARK: Times

    @Test("asks an unknown sender to come back in 300 s, and keeps to it", arguments: Manner.allCases)
    func delay(_ manner: Manner) async throws {
        #expect(try await attempt(manner: manner) == greylisted(300))
        #expect(try await attempt(after: .seconds(10), manner: manner) == greylisted(290))
        #expect(try await attempt(after: .milliseconds(299_001), manner: manner) == greylisted(1))
        #expect(try await attempt(after: .microseconds(299_999_999), manner: manner) == greylisted(1))
        #expect(try await attempt(after: .seconds(300), manner: manner) == welcome)
        #expect(try await attempt(after: .seconds(300), manner: manner) == welcome)
    }

    @Test("forgets who does not come back for 48 h", arguments: Manner.allCases)
    func window(_ manner: Manner) async throws {
        #expect(try await attempt(manner: manner) == greylisted(300))
        #expect(try await attempt(to: "eve@our.example", manner: manner) == greylisted(300))
        #expect(try await attempt(after: .microseconds(172_799_999_999), manner: manner) == welcome)
        #expect(try await attempt(to: "eve@our.example", after: .seconds(172_800), manner: manner) == greylisted(300))
    }

    @Test("forgets who does not write for 35 days; writing starts them anew", arguments: Manner.allCases)
    func lifetime(_ manner: Manner) async throws {
        #expect(try await attempt(manner: manner) == greylisted(300))
        #expect(try await attempt(after: .seconds(300), manner: manner) == welcome)
        #expect(try await attempt(after: day * 35, manner: manner) == welcome)
        #expect(try await attempt(after: day * 69, manner: manner) == welcome)
        #expect(try await attempt(after: day * 104, manner: manner) == greylisted(300))
    }

    @Test("says 451 with two violations that block and do not alarm")
    func definitions() async throws {
        #expect(Greylist.violations.map(\.identifier) == ["greylist.unknown-sender", "greylist.early-retry"])
        #expect(Greylist.violations.allSatisfy { $0.enforcement == .blockOnly && $0.reply.code == 451 })
        let rule = Greylist(store: store).rule
        #expect(
            rule
                == FirstSeenRule(
                    delay: .seconds(300), retryWindow: .seconds(172_800), lifetime: .seconds(3_024_000), trustedAfter: 5
                ))
    }

    // MARK: Who is the same

    @Test(
        "knows a sender by network, sender and recipient",
        arguments: [
            ("192.0.2.200", "alice@example.net", "bob@our.example", true),
            ("::ffff:192.0.2.9", "alice@example.net", "bob@our.example", true),
            ("192.0.2.7", "\"alice\"@Example.NET", "BOB@our.example", true),
            ("192.0.3.7", "alice@example.net", "bob@our.example", false),
            ("192.0.2.7", "eve@example.net", "bob@our.example", false),
            ("192.0.2.7", "alice@example.net", "eve@our.example", false),
            ("192.0.2.7", "", "bob@our.example", false),
        ])
    func keys(_ client: String, _ sender: String, _ recipient: String, _ isSame: Bool) async throws {
        _ = try await attempt()
        #expect(
            try await attempt(from: client, sender: sender, to: recipient, after: .seconds(300))
                == (isSame ? welcome : greylisted(300)))
    }

    @Test("takes a /64 for one client")
    func ipv6() async throws {
        _ = try await attempt(from: "2001:db8::1")
        #expect(try await attempt(from: "2001:db8::2:3:4:5", after: .seconds(300)) == welcome)
        #expect(try await attempt(from: "2001:db8:0:1::1", after: .seconds(300)) == greylisted(300))
    }

    @Test("lets the null sender come back too")
    func nullSender() async throws {
        #expect(try await attempt(sender: "") == greylisted(300))
        #expect(try await attempt(sender: "", after: .seconds(300)) == welcome)
    }

    @Test(
        "recognises a sender at another address that the same domain's SPF policy authorises",
        arguments: Manner.allCases)
    func provider(_ manner: Manner) async throws {
        let pass = Facts(spf: .init(isPass: true, domain: "example.net"))
        _ = try await attempt(facts: pass, manner: manner)
        #expect(try await attempt(from: "198.51.100.1", after: .seconds(300), facts: pass, manner: manner) == welcome)
        // And from then on by that network alone.
        #expect(try await attempt(from: "198.51.100.2", after: .seconds(300), manner: manner) == welcome)
    }

    @Test(
        "does not recognise it without SPF, with another domain, or if told not to",
        arguments: [
            (nil, true), (SPFResultFact.Value(isPass: false, domain: "example.net"), true),
            (SPFResultFact.Value(isPass: true, domain: "other.example"), true),
            (SPFResultFact.Value(isPass: true, domain: "example.net"), false),
        ])
    func noProvider(_ spf: SPFResultFact.Value?, _ recognizes: Bool) async throws {
        var check = Greylist(store: store)
        check.recognizesProviders = recognizes
        _ = try await attempt(check, facts: Facts(spf: .init(isPass: true, domain: "example.net")))
        #expect(
            try await attempt(check, from: "198.51.100.1", after: .seconds(300), facts: Facts(spf: spf))
                == greylisted(300))
    }

    @Test(
        "recognises a sender by the domain of its forward-confirmed host name",
        arguments: [
            ("mail2.out.example.net", true), ("mail2.other.example.net", false), ("out.example.net", false),
        ])
    func host(_ name: String, _ isSame: Bool) async throws {
        _ = try await attempt(facts: Facts(host: "mail1.out.example.net"))
        #expect(
            try await attempt(from: "198.51.100.1", after: .seconds(300), facts: Facts(host: name))
                == (isSame ? welcome : greylisted(300)))
    }

    @Test("trusts a network after five of its senders came back, not after one came five times")
    func trust() async throws {
        for time in [0, 300, 301, 302, 303, 304, 305] {
            _ = try await attempt(sender: "same@example.net", after: .seconds(time))
        }
        for number in 1...4 {
            let sender = "user\(number)@example.net"
            #expect(try await attempt(sender: sender, after: .seconds(400)) == greylisted(300))
            #expect(try await attempt(sender: sender, after: .seconds(700)) == welcome)
        }
        #expect(try await attempt(from: "192.0.2.99", sender: "new@example.org", after: .seconds(700)) == welcome)
        #expect(
            try await attempt(from: "192.0.3.99", sender: "new@example.org", after: .seconds(700)) == greylisted(300))
    }

    @Test("trusts a /64")
    func trustOfIPv6() async throws {
        var check = Greylist(store: store)
        check.rule.trustedAfter = 1
        _ = try await attempt(check, from: "2001:db8::1")
        #expect(try await attempt(check, from: "2001:db8::1", after: .seconds(300)) == welcome)
        let other = "other@example.org"
        #expect(try await attempt(check, from: "2001:db8::2:3:4:5", sender: other, after: .seconds(301)) == welcome)
        #expect(
            try await attempt(check, from: "2001:db8:0:1::1", sender: other, after: .seconds(301)) == greylisted(300))
    }

    @Test("says which of the two it was")
    func records() async throws {
        _ = try await attempt(violation: Greylist.unknownSender)
        _ = try await attempt(after: .seconds(299), violation: Greylist.earlyRetry)
    }

    @Test("recognises a sender that SPF authorises only when it comes back, at the same network")
    func providerOnRetry() async throws {
        _ = try await attempt()
        let pass = Facts(spf: .init(isPass: true, domain: "example.net"))
        #expect(try await attempt(after: .seconds(300), facts: pass) == welcome)
        // And from then on at any address that the policy authorises.
        #expect(try await attempt(from: "198.51.100.1", after: .seconds(301), facts: pass) == welcome)
    }

    @Test("does not look at host names if told not to")
    func noHost() async throws {
        var check = Greylist(store: store)
        check.recognizesHostDomains = false
        _ = try await attempt(check, facts: Facts(host: "mail1.out.example.net"))
        #expect(
            try await attempt(
                check, from: "198.51.100.1", after: .seconds(300), facts: Facts(host: "mail2.out.example.net"))
                == greylisted(300))
    }

    // MARK: Exemptions

    @Test("exempts whom it is told to")
    func exemptions() async throws {
        var check = Greylist(store: store)
        check.exemptNetworks = [try IPNetwork("203.0.113.0/24")]
        check.exemptHostDomains = ["trusted.example"]
        check.exemptProviders = ["Provider.example"]
        check.exemptSenderDomains = ["friend.example"]
        check.exemptRecipientDomains = ["eager.example"]
        func isExempt(
            from client: String = "192.0.2.7", sender: String = "a@b.example", to recipient: String = "x@our.example",
            spf: SPFResultFact.Value? = nil, host: String? = nil, isAuthenticated: Bool = false
        ) async throws -> Bool {
            try await attempt(
                check, from: client, sender: sender, to: recipient, facts: Facts(spf: spf, host: host),
                isAuthenticated: isAuthenticated) == welcome
        }
        #expect(try await !isExempt())
        #expect(try await isExempt(from: "203.0.113.5"))
        #expect(try await isExempt(from: "::ffff:203.0.113.5"))
        #expect(try await isExempt(isAuthenticated: true))
        #expect(try await isExempt(host: "mx.trusted.example"))
        #expect(try await !isExempt(host: "mx.nottrusted.example"))
        #expect(try await isExempt(spf: .init(isPass: true, domain: "mail.provider.example")))
        #expect(try await !isExempt(spf: .init(isPass: false, domain: "provider.example")))
        #expect(try await !isExempt(spf: .init(isPass: true, domain: "notprovider.example")))
        #expect(try await isExempt(sender: "a@Sub.Friend.example"))
        #expect(try await !isExempt(sender: "a@notfriend.example"))
        #expect(try await !isExempt(sender: "friend.example@b.example"))
        #expect(try await isExempt(to: "x@eager.example"))
        #expect(try await !isExempt(to: "x@eager.example.org"))
        #expect(try await !isExempt(to: "x@noteager.example"))
        check.exemptsAuthenticatedClients = false
        #expect(try await !isExempt(isAuthenticated: true))
    }

    // MARK: Everything else

    @Test("judges each recipient of a transaction by itself")
    func recipients() async throws {
        _ = try await attempt()
        let check = Greylist(store: store)
        let harness = try await ProxyHarness(
            CheckPipeline(profile: SecurityProfile("test"), supportIDs: SupportIDGenerator(node: 1)) { check })
        await harness.advance(by: .seconds(300))
        await harness.begin()
        await harness.send("EHLO client.example\r\nMAIL FROM:<alice@example.net>\r\n")
        #expect(await harness.send("RCPT TO:<bob@our.example>\r\n") == welcome)
        #expect(await harness.send("RCPT TO:<eve@our.example>\r\n").withoutSupportIDs == greylisted(300))
        #expect(await harness.send("DATA\r\n").hasPrefix("354"))
        #expect(harness.records.map(\.definition) == [Greylist.unknownSender])
    }

    @Test("lets pass where the profile only reports")
    func transparent() async throws {
        #expect(try await attempt(mode: .transparent) == welcome)
    }

    /// A store that cannot be asked.
    private struct Absent: FirstSeenStore {
        func note(
            _ request: FirstSeenRequest, by client: IPAddress, at now: Timestamp
        ) -> StoreAnswer<FirstSeenDecision> {
            .later { () async throws(CheckFailure) -> FirstSeenDecision in throw CheckFailure("away") }
        }
    }

    @Test(
        "does what its failure mode says while the store is away",
        arguments: [(FailureMode.open, "250"), (.closed, "554"), (.temporaryFailure, "451")])
    func absence(_ mode: FailureMode, _ code: String) async throws {
        var check = Greylist(store: Absent())
        #expect(check.failureMode == .open)
        check.failureMode = mode
        #expect(try await attempt(check).hasPrefix(code))
    }
}
