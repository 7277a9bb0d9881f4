#if SPF2
import Foundation
import SMTPDNS
import SMTPSecurity
import SMTPSenderPolicy
import SMTPSenderPolicySPF2
import SPFTestSuite
import Synchronization
import Testing

@Suite("The engine of libspf2")
struct SPF2EvaluatorTests {
    /// Counts what is asked of a zone, and lets others run before it answers.
    private final class Counter: DNSResolver {
        private let zone: ZoneResolver
        private let questions = Mutex<[DNSQuestion]>([])

        init(_ zone: ZoneResolver) { self.zone = zone }

        var asked: [DNSQuestion] { questions.withLock { $0 } }

        func answer(_ question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer {
            questions.withLock { $0.append(question) }
            await Task.yield()
            if Task.isCancelled { throw .cancelled }
            return try zone.lookUp(question)
        }
    }

    private static func zone() throws -> ZoneResolver {
        var zone = try ZoneResolver(
            masterFile: """
                $ORIGIN example.
                pass TXT "v=spf1 ip4:192.0.2.0/24 -all"
                fail TXT "v=spf1 ip4:198.51.100.1 -all exp=why.%{d}"
                why.fail TXT "%{i} is not one of %{d}'s"
                softfail TXT "v=spf1 a ~all"
                softfail A 198.51.100.2
                neutral TXT "v=spf1 ?all"
                none TXT "something else"
                include TXT "v=spf1 include:pass.example -all"
                redirect TXT "v=spf1 redirect=pass.example"
                mx TXT "v=spf1 mx -all"
                mx MX 10 mail
                mx MX 20 mail2
                mail A 198.51.100.3
                mail2 A 192.0.2.3
                six TXT "v=spf1 ip6:2001:db8::/32 -all"
                ptr TXT "v=spf1 ptr:mail2.example -all"
                exists TXT "v=spf1 exists:%{ir}.list.example -all"
                3.2.0.192.list A 127.0.0.2
                broken TXT "v=spf1 ip4:300.1.1.1 -all"
                double TXT "v=spf1 -all"
                double TXT "v=spf1 +all"
                late TXT "v=spf1 include:timeout.example -all"
                quiet TXT "v=spf1 -all"
                3.2.0.192.in-addr.arpa. PTR mail2
                """)
        zone.fail(DNSQuestion(try DNSName("timeout.example"), .txt), .timeout)
        return zone
    }

    private func request(_ domain: String, from client: String = "192.0.2.3", sender: String = "anna") throws
        -> SPFRequest
    {
        SPFRequest(
            .mailFrom, client: try IPAddress(client), helo: Array("mail.client.example".utf8),
            sender: Array("\(sender)@\(domain)".utf8),
            receiver: "mx.our.example")
    }

    @Test(
        "gives the results that there are",
        arguments: [
            ("pass.example", SPFResult.pass), ("fail.example", .fail), ("softfail.example", .softfail),
            ("neutral.example", .neutral),
            ("none.example", .none), ("absent.example", .none), ("include.example", .pass), ("redirect.example", .pass),
            ("mx.example", .pass),
            ("six.example", .fail), ("ptr.example", .pass), ("exists.example", .pass), ("broken.example", .permerror),
            ("double.example", .permerror),
            ("late.example", .temperror),
        ])
    func results(_ domain: String, _ result: SPFResult) async throws {
        let counter = Counter(try Self.zone())
        let outcome = await SPF2Evaluator(counter).evaluate(try request(domain))
        #expect(outcome.result == result)
        #expect((outcome.problem != nil) == (result == .permerror || result == .temperror))
        // As often as it is run: each question once.
        #expect(Set(counter.asked).count == counter.asked.count)
        let native = await NativeSPFEvaluator(try Self.zone()).evaluate(try request(domain))
        #expect(native.result == result)
        if ["pass.example", "include.example", "mx.example"].contains(domain) {
            #expect(native.lookups == outcome.lookups)
        }
    }

    @Test("knows IPv6, the client's name, and the null sender")
    func others() async throws {
        let evaluator = SPF2Evaluator(try Self.zone())
        #expect(await evaluator.evaluate(try request("six.example", from: "2001:db8::9")).result == .pass)
        let helo = SPFRequest(.helo, client: try IPAddress("192.0.2.3"), helo: Array("pass.example".utf8))
        #expect(await evaluator.evaluate(helo).result == .pass)
        let null = SPFRequest(.mailFrom, client: try IPAddress("198.51.100.9"), helo: Array("pass.example".utf8))
        #expect(await evaluator.evaluate(null).result == .fail)
    }

    @Test("gives the explanation of the domain, and none where it has none")
    func explanation() async throws {
        let evaluator = SPF2Evaluator(try Self.zone())
        #expect(
            await evaluator.evaluate(try request("fail.example")).explanation
                == "192.0.2.3 is not one of fail.example's")
        #expect(await evaluator.evaluate(try request("quiet.example")).explanation == nil)
    }

    @Test("judges a thousand clients at once")
    func concurrency() async throws {
        let counter = Counter(try Self.zone())
        let evaluator = SPF2Evaluator(counter)
        let names: [(String, SPFResult)] = [
            ("pass", .pass), ("fail", .fail), ("mx", .pass), ("softfail", .softfail), ("late", .temperror),
        ]
        await withTaskGroup { group in
            for number in 0..<1_000 {
                let (name, result) = names[number % names.count]
                group.addTask {
                    guard let request = try? request("\(name).example") else { return false }
                    return await evaluator.evaluate(request).result == result
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test("ends when it is cancelled")
    func cancellation() async throws {
        let evaluator = SPF2Evaluator(Counter(try Self.zone()))
        let request = try request("mx.example")
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await evaluator.evaluate(request)
        }
        task.cancel()
        #expect(await task.value.result == .temperror)
    }

    @Test(
        "is not given what could harm it",
        arguments: [
            "v=spf1 exists:%{", "v=spf1 exists:%{x}.example", "v=spf1 exists:%{d300!}.example", "v=spf1 a:%",
            "v=spf1 a:\u{1}.example",
            "v=spf1 a:é.example", "v=spf1 exp=%{d999999999999999999999", "v=spf1 ip4:1.2.3.4/99999999999",
            "v=spf1 a:" + String(repeating: "x", count: 300) + ".example",
            "v=spf1 " + String(repeating: "a ", count: 2_000),
        ])
    func hostileRecords(_ text: String) async throws {
        var zone = ZoneResolver()
        zone.add(try DNSName("hostile.example"), .txt([Array(text.utf8)]))
        let outcome = await SPF2Evaluator(zone).evaluate(try request("hostile.example"))
        #expect(outcome.result == .permerror)
        #expect(outcome.problem != nil)
    }

    @Test(
        "is not given senders and explanations that could harm it",
        arguments: ["ä", "a\u{0}b", String(repeating: "x", count: 400), "a b"])
    func hostileSenders(_ text: String) async throws {
        var zone = ZoneResolver()
        zone.add(try DNSName("hostile.example"), .txt([Array("v=spf1 exists:%{S}.example -all exp=e.example".utf8)]))
        zone.add(try DNSName("e.example"), .txt([Array("%{S} \(text) %{q}".utf8)]))
        #expect(await SPF2Evaluator(zone).evaluate(try request("hostile.example", sender: text)).result == .permerror)
        let outcome = await SPF2Evaluator(zone).evaluate(try request("hostile.example"))
        #expect(outcome.result == .fail)
        #expect(outcome.explanation == nil)
    }

    private static let suite = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent(".build-suites/pyspf-2.0.14/test/rfc7208-tests.yml")

    /// In the rest it has ideas of its own: the article on SPF lists them.
    @Test(
        "passes 173 of the suite's 203 tests",
        .enabled(
            if: FileManager.default.fileExists(atPath: suite.path), "the suites were not fetched: see Scripts/suites"))
    func conformance() async throws {
        let suite = try SPFTestSuite(yaml: String(contentsOf: Self.suite, encoding: .utf8))
        let failures = await suite.failures { SPF2Evaluator($0) }
        #expect(suite.count == 203)
        #expect(failures.count <= 30, "\(failures.map(\.description).joined(separator: "\n"))")
    }
}
#endif
