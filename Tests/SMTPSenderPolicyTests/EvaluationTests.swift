import SMTPDNS
import SMTPSecurity
import SMTPSecurityTesting
import SMTPSenderPolicy
import Testing

@Suite("Evaluations")
struct EvaluationTests {
    private let client = "192.0.2.3"

    /// Names with their records: `TXT text`, `A address`, `MX name`, `PTR name`, `CNAME name`, or `FAIL type`.
    private func zone(_ lines: String...) throws -> ZoneResolver {
        var zone = ZoneResolver()
        for line in lines {
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            let name = try DNSName(words[0])
            switch words[1] {
            case "TXT": zone.add(name, .txt([Array(words[2].utf8)]))
            case "A", "AAAA": zone.add(name, .address(try IPAddress(words[2])))
            case "MX": zone.add(name, .mx(preference: 10, exchange: try DNSName(words[2])))
            case "PTR": zone.add(name, .ptr(try DNSName(words[2])))
            case "CNAME": zone.add(name, .cname(try DNSName(words[2])))
            default:
                zone.fail(
                    DNSQuestion(name, try #require(DNSRecordType.allCases.first { "\($0)" == words[2] })), .timeout)
            }
        }
        return zone
    }

    private func evaluate(
        _ zone: ZoneResolver, from client: String? = nil, sender: String = "strong-bad@email.example.com",
        helo: String = "mx.example.org", limits: SPFLimits = SPFLimits(), questions: ((DNSQuestion) -> Void)? = nil
    ) throws -> SPFOutcome {
        let request = SPFRequest(
            .mailFrom, client: try IPAddress(client ?? self.client), helo: Array(helo.utf8), sender: Array(sender.utf8),
            receiver: "mx.our.example", time: Timestamp(seconds: 1_800_000_000))
        var evaluation = SPFEvaluation(request, limits: limits)
        var step = evaluation.start()
        while case .ask(let question) = step {
            questions?(question)
            do throws(DNSFailure) {
                step = evaluation.resume(.success(try zone.lookUp(question)))
            } catch {
                step = evaluation.resume(.failure(error))
            }
        }
        guard case .finished(let outcome) = step else { throw DNSFailure.malformed }
        // What is over is over.
        #expect(evaluation.resume(.failure(.timeout)) == step)
        return outcome
    }

    // MARK: Macros

    /// RFC 7208 §7.4, with the sender and the addresses of its examples.
    @Test(
        "expand macros as the RFC's examples do",
        arguments: [
            ("%{s}", "strong-bad@email.example.com"), ("%{o}", "email.example.com"), ("%{d}", "email.example.com"),
            ("%{d4}", "email.example.com"), ("%{d3}", "email.example.com"), ("%{d2}", "example.com"), ("%{d1}", "com"),
            ("%{dr}", "com.example.email"), ("%{d2r}", "example.email"), ("%{l}", "strong-bad"),
            ("%{l-}", "strong.bad"),
            ("%{lr}", "strong-bad"), ("%{lr-}", "bad.strong"), ("%{l1r-}", "strong"),
            ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
            ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
            ("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"),
            ("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
            ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
            ("%{h} %{c} %{r} %{t}", "mx.example.org 192.0.2.3 mx.our.example 1800000000"),
            ("%{S}%%%_%-", "strong-bad%40email.example.com% %20"), ("%{p}", "unknown"), ("%{L}", "strong-bad"),
            ("%{d9999999999999999999999}", "email.example.com"),
        ])
    func macros(_ text: String, _ wanted: String) throws {
        let zone = try zone("email.example.com TXT v=spf1 -all exp=why.example.com", "why.example.com TXT \(text)")
        #expect(try evaluate(zone).explanation == wanted)
    }

    @Test("expand an IPv6 address to nibbles")
    func nibbles() throws {
        let zone = try zone("email.example.com TXT v=spf1 exists:%{ir}.%{v}._spf.%{d2}")
        var last: DNSQuestion?
        _ = try evaluate(zone, from: "2001:db8::cb01") { last = $0 }
        #expect(
            last?.name.description
                == "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com")
    }

    @Test("take labels off the left of a name that is too long")
    func longName() throws {
        let label = String(repeating: "a", count: 58)
        let zone = try zone("email.example.com TXT v=spf1 exists:\(label).%{l}.%{l}.%{l}.%{l}.example.com")
        var last: DNSQuestion?
        _ = try evaluate(zone, sender: "\(label)@email.example.com") { last = $0 }
        #expect(last?.name.labels.count == 6)
        #expect((last?.name.wire.count ?? 0) > 240)
    }

    @Test(
        "choose the validated name that fits best",
        arguments: [
            (["other.example", "a.email.example.com", "email.example.com"], "email.example.com"),
            (["other.example", "a.email.example.com"], "a.email.example.com"), (["other.example"], "other.example"),
            ([], "unknown"),
        ])
    func validatedName(_ names: [String], _ wanted: String) throws {
        var zone = try zone("email.example.com TXT v=spf1 -all exp=why.example.com", "why.example.com TXT %{p}")
        for name in names + ["forged.example"] {
            zone.add(try DNSName("3.2.0.192.in-addr.arpa"), .ptr(try DNSName(name)))
            if name != "forged.example" { zone.add(try DNSName(name), .address(try IPAddress(client))) }
        }
        #expect(try evaluate(zone).explanation == wanted)
    }

    // MARK: Limits

    /// A chain of policies, each of which includes the next one.
    private func chain(_ length: Int, end: String = "v=spf1 +all") throws -> ZoneResolver {
        var zone = try zone("email.example.com TXT v=spf1 include:i1.example")
        for number in 1...length {
            let text = number == length ? end : "v=spf1 include:i\(number + 1).example"
            zone.add(try DNSName("i\(number).example"), .txt([Array(text.utf8)]))
        }
        return zone
    }

    @Test("allow ten terms with look-ups, and not eleven")
    func lookups() throws {
        #expect(try evaluate(chain(10)).result == .pass)
        #expect(try evaluate(chain(10)).lookups == 10)
        let outcome = try evaluate(chain(11))
        #expect(outcome.result == .permerror)
        #expect(outcome.problem == "more than 10 terms with look-ups, in the policy of i10.example")
        // The limit comes before what would match.
        #expect(try evaluate(chain(10, end: "v=spf1 a +all")).result == .permerror)
    }

    @Test("allow two look-ups without an answer, and not three")
    func voidLookups() throws {
        let two = try zone("email.example.com TXT v=spf1 a:x.example exists:y.example +all")
        #expect(try evaluate(two).result == .pass)
        let three = try zone("email.example.com TXT v=spf1 a:x.example exists:y.example mx:z.example +all")
        #expect(try evaluate(three).result == .permerror)
        var limits = SPFLimits()
        limits.voidLookups = 3
        #expect(try evaluate(three, limits: limits).result == .pass)
    }

    @Test("allow ten exchanges, and not eleven")
    func exchanges() throws {
        for (count, result) in [(10, SPFResult.fail), (11, .permerror)] {
            var zone = try zone("email.example.com TXT v=spf1 mx -all")
            for number in 0..<count {
                zone.add(
                    try DNSName("email.example.com"), .mx(preference: 1, exchange: try DNSName("m\(number).example")))
                zone.add(try DNSName("m\(number).example"), .address(.v4(1)))
            }
            #expect(try evaluate(zone).result == result)
        }
    }

    @Test("look at ten names of the client's address, and no further")
    func pointers() throws {
        for (place, result) in [(9, SPFResult.pass), (10, .fail)] {
            var zone = try zone("email.example.com TXT v=spf1 ptr -all")
            for number in 0..<12 {
                let name = try DNSName(number == place ? "x.email.example.com" : "n\(number).example")
                zone.add(try DNSName("3.2.0.192.in-addr.arpa"), .ptr(name))
                zone.add(name, .address(number == place ? try IPAddress(client) : .v4(1)))
            }
            #expect(try evaluate(zone).result == result)
        }
    }

    @Test(
        "end, though policies include or redirect to themselves",
        arguments: ["include:%{d}", "redirect=email.example.com"])
    func loops(_ term: String) throws {
        var questions = 0
        let outcome = try evaluate(zone("email.example.com TXT v=spf1 \(term)")) { _ in questions += 1 }
        #expect(outcome.result == .permerror)
        #expect(questions == 11)
    }

    // MARK: Failures

    @Test(
        "cannot be finished without an answer, unless it is of names",
        arguments: [
            ("a:bad.example", "A", SPFResult.temperror), ("mx:bad.example", "MX", .temperror),
            ("exists:bad.example", "A", .temperror), ("include:bad.example", "TXT", .temperror),
            ("redirect=bad.example", "TXT", .temperror), ("ptr -all", "A", .fail),
            ("-all exp=bad.example", "TXT", .fail),
        ])
    func failures(_ terms: String, _ type: String, _ result: SPFResult) throws {
        let zone = try zone(
            "email.example.com TXT v=spf1 \(terms)", "bad.example FAIL \(type)",
            "3.2.0.192.in-addr.arpa PTR bad.example")
        let outcome = try evaluate(zone)
        #expect(outcome.result == result)
        #expect((outcome.problem != nil) == (result == .temperror))
        #expect(outcome.explanation == nil)
    }

    @Test(
        "have no policy to go by for what is no domain",
        arguments: ["x@localhost", "x@[192.0.2.1]", "x@", "x@a..b", "x@" + String(repeating: "a", count: 64) + ".b"])
    func noDomain(_ sender: String) throws {
        var questions = 0
        #expect(try evaluate(zone(), sender: sender) { _ in questions += 1 }.result == .none)
        #expect(questions == 0)
    }

    @Test("take the client's name for the null sender, and for its own identity")
    func helo() throws {
        let zone = try zone("mx.example.org TXT v=spf1 exists:%{l}.%{o} -all", "postmaster.mx.example.org A 127.0.0.2")
        #expect(try evaluate(zone, sender: "").result == .pass)
        let request = SPFRequest(
            .helo, client: try IPAddress("::ffff:192.0.2.3"), helo: Array("mx.example.org".utf8),
            sender: Array("a@b.c".utf8))
        #expect(request.client == .v4(0xC000_0203))
        var evaluation = SPFEvaluation(request)
        #expect(evaluation.start() == .ask(DNSQuestion(try DNSName("mx.example.org"), .txt)))
    }

    @Test("say which mechanism decided, and explain only a fail of the sender's own policy")
    func decision() throws {
        let zone = try zone(
            "email.example.com TXT v=spf1 include:inner.example -ip4:192.0.2.0/24 exp=why.example.com",
            "inner.example TXT v=spf1 -all exp=wrong.example", "wrong.example TXT wrong",
            "why.example.com TXT %{i} is not one of %{d}'s designated mail servers.")
        let outcome = try evaluate(zone)
        #expect(outcome.mechanism == "-ip4:192.0.2.0/24")
        #expect(outcome.explanation == "192.0.2.3 is not one of email.example.com's designated mail servers.")
        #expect(try evaluate(zone, from: "198.51.100.1").result == .neutral)
        #expect(try evaluate(zone, from: "198.51.100.1").mechanism == nil)
    }

    // MARK: Anything

    @Test("end with whatever a stranger writes, after a bounded number of questions")
    func hostile() throws {
        var random = Generator(seed: 7_208)
        let pieces = [
            "a", "mx", "ptr", "all", "-all", "~all", "include:", "exists:", "redirect=", "exp=", "ip4:", "ip6:",
            "192.0.2.3",
            "2001:db8::1",
            "/24", "//64", "/0", "%{d}", "%{ir}", "%{p}", "%{l1r+}", "%{h}", "%%", "%", ".", "x.example", "y.example",
            " ",
            "  ", "-", "~", "?", "+", "\u{0}", "é", "%{c}", "{", "}", "=", ":", "v=spf1", "\t", "n0.example",
        ]
        var results: [SPFResult: Int] = [:]
        for _ in 0..<Generator.cases(5_000) {
            var zone = ZoneResolver()
            for name in ["email.example.com", "x.example", "y.example", "n0.example", "3.2.0.192.in-addr.arpa"] {
                let name = try DNSName(name)
                for _ in 0..<Int.random(in: 0...2, using: &random) {
                    var text = Int.random(in: 0..<8, using: &random) == 0 ? "" : "v=spf1 "
                    for _ in 0..<Int.random(in: 0...8, using: &random) {
                        text += pieces.randomElement(using: &random) ?? ""
                        if Bool.random(using: &random) { text += " " }
                    }
                    zone.add(name, .txt([Array(text.utf8)]))
                }
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    zone.add(name, .mx(preference: 1, exchange: try DNSName("x.example")))
                    zone.add(name, .ptr(try DNSName("y.example")))
                    zone.add(name, .address(.v4(UInt32.random(in: 0xC000_0200...0xC000_0204, using: &random))))
                }
                if Int.random(in: 0..<6, using: &random) == 0 {
                    zone.fail(DNSQuestion(name, DNSRecordType.allCases.randomElement(using: &random) ?? .a), .timeout)
                }
            }
            var questions = 0
            let outcome = try evaluate(zone) { _ in questions += 1 }
            results[outcome.result, default: 0] += 1
            // Of each of ten terms one, and ten of the exchanges of each; the policy, the names and the explanation.
            #expect(questions <= 1 + 10 * 11 + 11 + 1)
            #expect(outcome.explanation?.utf8.allSatisfy { (0x20..<0x7F).contains($0) } ?? true)
        }
        #expect(Set(results.keys) == Set(SPFResult.allCases), "\(results)")
    }
}
