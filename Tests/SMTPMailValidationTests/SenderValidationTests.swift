import SMTPDNS
import SMTPMailValidation
import SMTPSecurity
import SMTPSecurityTesting
import SMTPSenderPolicy
import Synchronization
import Testing

@Suite("Senders and clients")
struct SenderValidationTests {
    /// Counts what is asked of a zone.
    private final class Counter: DNSResolver {
        private let zone: ZoneResolver
        private let questions = Mutex<[DNSQuestion]>([])

        init(_ zone: ZoneResolver) { self.zone = zone }

        var asked: [String] { questions.withLock { $0.map { "\($0)" } } }

        func answer(_ question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer {
            questions.withLock { $0.append(question) }
            return try zone.lookUp(question)
        }
    }

    private static let records = """
        $ORIGIN example.
        mx            MX 10 mail.mx
        mail.mx       A 192.0.2.7
                      A 192.0.2.8
        address       A 192.0.2.1
        address6      AAAA 2001:db8::1
        nothing       TXT x
        null          MX 0 .
        several       MX 0 .
                      MX 1 mail.mx
        other         A 192.0.2.99
        exchange      MX 1 mail.mx
        alias         CNAME mail.mx
        unconfirmed   A 192.0.2.99
        $ORIGIN 2.0.192.in-addr.arpa.
        7             PTR mail.mx.example.
        8             PTR unconfirmed.example.
                      PTR absent.example.
        10            PTR absent.example.
                      PTR broken.example.
        20            PTR x.dynamic.example.
        """

    private static func zone() throws -> ZoneResolver {
        var zone = try ZoneResolver(masterFile: records)
        for type in DNSRecordType.allCases { zone.fail(DNSQuestion(try DNSName("broken.example"), type), .timeout) }
        zone.fail(DNSQuestion(DNSName(reverseOf: try IPAddress("192.0.2.9")), .ptr), .serverFailure)
        return zone
    }

    private func harness(
        from client: String = "192.0.2.7", _ change: (inout SenderValidation<ZoneResolver>) -> Void = { _ in }
    ) async throws -> ProxyHarness<SingleCheck<SenderValidation<ZoneResolver>>> {
        var check = SenderValidation(try Self.zone())
        change(&check)
        let pipeline = CheckPipeline { check }
        let harness = try await ProxyHarness(pipeline, client: client)
        await harness.begin()
        return harness
    }

    /// What comes of one sender: the reply, and the names of what was found.
    private func outcome(
        _ sender: String, helo: String = "mail.mx.example", from client: String = "192.0.2.7",
        _ change: (inout SenderValidation<ZoneResolver>) -> Void = { _ in }
    ) async throws -> (reply: String, found: [String]) {
        let harness = try await harness(from: client, change)
        await harness.send("EHLO \(helo)\r\n")
        let reply = await harness.send("MAIL FROM:<\(sender)>\r\n")
        return (reply, harness.records.map { $0.definition.name })
    }

    @Test(
        "have a domain that can receive mail",
        arguments: [
            ("a@mx.example", "250", []), ("a@address.example", "250", []), ("a@address6.example", "250", []),
            ("a@alias.example", "250", []),
            ("a@several.example", "250", []), ("", "250", []), ("a@[192.0.2.1]", "250", []),
            ("a@nothing.example", "550 5.1.8", ["domain-unresolvable"]),
            ("a@absent.example", "550 5.1.8", ["domain-unresolvable"]),
            ("a@null.example", "550 5.7.27", ["domain-null-mx"]),
            ("a@NULL.Example", "550 5.7.27", ["domain-null-mx"]), ("a@broken.example", "250", ["unavailable"]),
        ])
    func domains(_ sender: String, _ reply: String, _ found: [String]) async throws {
        let outcome = try await outcome(sender)
        #expect(outcome.reply.hasPrefix(reply))
        #expect(outcome.found == found)
    }

    @Test(
        "of a domain that cannot be looked up follow the failure mode",
        arguments: [
            (FailureMode.open, "250"), (.temporaryFailure, "451 4.7.1"), (.closed, "554 5.7.1"),
        ])
    func failures(_ mode: FailureMode, _ reply: String) async throws {
        let outcome = try await outcome("a@broken.example") { $0.failureMode = mode }
        #expect(outcome.reply.hasPrefix(reply))
        // What else is wrong does not hide it.
        let both = try await self.outcome("a@broken.example", helo: "localhost") { $0.failureMode = mode }
        #expect(both.reply.hasPrefix(reply))
        #expect(both.found == ["helo-unqualified", "unavailable"])
    }

    @Test(
        "greet with a name that is theirs",
        arguments: [
            ("mail.mx.example", []), ("MAIL.MX.EXAMPLE", []), ("alias.example", []), ("[192.0.2.7]", []),
            ("[IPv6:::ffff:192.0.2.7]", []),
            ("localhost", ["helo-unqualified"]), ("[192.0.2.8]", ["helo-mismatch"]),
            ("absent.example", ["helo-unresolvable"]),
            ("nothing.example", ["helo-unresolvable"]), ("other.example", ["helo-mismatch"]),
            ("exchange.example", ["helo-mismatch"]),
            ("address6.example", ["helo-mismatch"]), ("broken.example", ["unavailable"]),
        ])
    func greetings(_ helo: String, _ found: [String]) async throws {
        let outcome = try await outcome("a@mx.example", helo: helo)
        #expect(outcome.reply.hasPrefix("250"))
        #expect(outcome.found == found)
        #expect(try await self.outcome("a@mx.example", helo: helo) { $0.checksGreetingName = false }.found.isEmpty)
    }

    @Test(
        "have a reverse name that leads back",
        arguments: [
            ("192.0.2.7", []), ("::ffff:192.0.2.7", []), ("192.0.2.8", ["reverse-unconfirmed"]),
            ("192.0.2.11", ["reverse-missing"]),
            ("2001:db8::5", ["reverse-missing"]), ("192.0.2.9", ["unavailable"]), ("192.0.2.10", ["unavailable"]),
        ])
    func reverse(_ client: String, _ found: [String]) async throws {
        let outcome = try await outcome("a@mx.example", from: client) { $0.checksGreetingName = false }
        #expect(outcome.found == found)
        let off = try await self.outcome("a@mx.example", from: client) {
            $0.checksGreetingName = false
            $0.checksReverseName = false
        }
        #expect(off.found.isEmpty)
    }

    @Test(
        "are refused when they are in the list, by address, domain, name or network",
        arguments: [
            ("sender a@mx.example", true), ("sender A@MX.example", true), ("sender b@mx.example", false),
            ("sender mx.example", true),
            ("sender .mx.example", false), ("sender .example", true), ("sender example", false),
            ("client 192.0.2.7", true),
            ("client 192.0.2.0/24", true), ("client 192.0.3.0/24", false), ("client mail.mx.example", true),
            ("client .mx.example", true),
            ("client mx.example", false), ("client .other.example", false),
        ])
    func disallowed(_ entry: String, _ isListed: Bool) async throws {
        let list = try SenderList(parsing: entry)
        let outcome = try await outcome("a@mx.example") { $0.disallowed = list }
        #expect(outcome.reply.hasPrefix(isListed ? "550 5.7.1" : "250"))
        #expect(outcome.found == (isListed ? ["disallowed"] : []))
        // Who is in both lists may.
        let both = try await self.outcome("a@mx.example") {
            $0.allowed = list
            $0.disallowed = list
        }
        #expect(both.found.isEmpty && both.reply.hasPrefix("250"))
    }

    @Test("are allowed by a name only where it is confirmed")
    func allowed() async throws {
        let list = try SenderList(parsing: "client unconfirmed.example\nclient mail.mx.example")
        let forged = try await outcome("a@null.example", from: "192.0.2.8") { $0.allowed = list }
        #expect(forged.reply.hasPrefix("550"))
        let real = try await outcome("a@null.example", from: "192.0.2.7") { $0.allowed = list }
        #expect(real.reply.hasPrefix("250"))
        #expect(real.found.isEmpty)
    }

    @Test("cost one look-up of each name in a session, whichever check wants it")
    func oneLookUp() async throws {
        var zone = try Self.zone()
        zone.add(try DNSName("mx.example"), .txt([Array("v=spf1 mx ptr:other.example a:mail.mx.example -all".utf8)]))
        zone.add(try DNSName("mail.mx.example"), .txt([Array("v=spf1 a -all".utf8)]))
        let counter = Counter(zone)
        let resolver = CachingResolver(counter)
        let profile = SecurityProfile("test") {
            $0.session.authenticationService = "mx.our.example"
            $0.install(SPFCheck(NativeSPFEvaluator(resolver), receiver: "mx.our.example"))
            $0.install(SenderValidation(resolver))
        }
        let harness = try await ProxyHarness(AnyCheckPipeline(profile: profile), client: "192.0.2.8")
        await harness.begin()
        await harness.send("EHLO mail.mx.example\r\n")
        for sender in ["a@mx.example", "b@mx.example", "c@mail.mx.example"] {
            await harness.send("MAIL FROM:<\(sender)>\r\nRCPT TO:<alice@our.example>\r\nDATA\r\n")
            await harness.send("Subject: x\r\n\r\n.\r\n")
        }
        #expect(harness.upstream.messages.count == 3)
        #expect(Set(counter.asked).count == counter.asked.count, "\(counter.asked)")
        #expect(counter.asked.count == 8, "\(counter.asked)")
        let text = String(decoding: harness.upstream.messages[0], as: UTF8.self)
        #expect(
            text.hasPrefix(
                """
                Authentication-Results: mx.our.example; spf=pass smtp.mailfrom=a@mx.example;\r
                 spf=pass smtp.helo=mail.mx.example; iprev=fail policy.iprev=192.0.2.8\r
                Received-SPF: pass (mx.our.example: a@mx.example authorises 192.0.2.8)\r
                 receiver=mx.our.example; client-ip=192.0.2.8; envelope-from="a@mx.example";\r
                 helo=mail.mx.example; identity=mailfrom; mechanism=mx\r
                Received-SPF: pass (mx.our.example: mail.mx.example authorises 192.0.2.8)\r
                 receiver=mx.our.example; client-ip=192.0.2.8; envelope-from="a@mx.example";\r
                 helo=mail.mx.example; identity=helo; mechanism=a\r

                """), "\(text)")
    }

    @Test("that authenticate are not judged, unless they are to be")
    func authenticated() async throws {
        for exempts in [true, false] {
            let harness = try await harness { $0.exemptsAuthenticatedClients = exempts }
            await harness.send("EHLO mail.mx.example\r\n")
            await harness.send("AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n")
            #expect(await harness.send("MAIL FROM:<a@null.example>\r\n").hasPrefix(exempts ? "250" : "550"))
        }
    }
}
