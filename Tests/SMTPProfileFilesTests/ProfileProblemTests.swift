import SMTPProfileFiles
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("Problems of profile files")
struct ProfileProblemTests {
    /// A text, and the first problem.
    static let wrong: [(text: String, problem: String)] = [
        ("", "p.yml:1:1: there is nothing in it"),
        ("profile: {}", "p.yml:1:1: profile: there is no such key here; did you mean \"profiles\"?"),
        ("- a", "p.yml:1:1: found a list, allowed is a map of keys and values"),
        (
            "profiles: {a: {enforcement: blok}}",
            "p.yml:1:29: profiles.a.enforcement: found \"blok\", allowed is transparent, block; did you mean \"block\"?"
        ),
        (
            "profiles:\n  a:\n    session:\n      greeting-delay: 6\n",
            "p.yml:4:23: profiles.a.session.greeting-delay: found 6, allowed is a time from 0s to 1m, such as 500ms, 30s, 5m, 2h or 1d; did you mean \"6s\"?"
        ),
        (
            "profiles: {a: {session: {greeting-delay: 61s}}}",
            "p.yml:1:42: profiles.a.session.greeting-delay: found \"61s\", allowed is a time from 0s to 1m"
        ),
        (
            "profiles: {a: {session: {limits: {message: 50MB}}}}",
            "p.yml:1:44: profiles.a.session.limits.message: found \"50MB\", allowed is a number of octets from 1024"
        ),
        (
            "profiles: {a: {session: {limits: {message: 99999999999G}}}}",
            "p.yml:1:44: profiles.a.session.limits.message: found \"99999999999G\", allowed is a number of octets"
        ),
        (
            "profiles: {a: {session: {limits: {recipients: 0}}}}",
            "p.yml:1:47: profiles.a.session.limits.recipients: found 0, allowed is a whole number from 1 to 1000000"
        ),
        (
            "profiles: {a: {session: {limits: {recipients: 1.5}}}}",
            "p.yml:1:47: profiles.a.session.limits.recipients: found 1.5, allowed is a whole number"
        ),
        (
            "profiles: {a: {session: {limits: {recipients: \"7\"}}}}",
            "p.yml:1:47: profiles.a.session.limits.recipients: found \"7\", allowed is a whole number"
        ),
        (
            "profiles: {a: {session: {hostname: a..b}}}",
            "p.yml:1:36: profiles.a.session.hostname: found \"a..b\", allowed is a domain such as mail.example.org"
        ),
        (
            "profiles: {a: {checks: {greylist: yes}}}",
            "p.yml:1:35: profiles.a.checks.greylist: found yes, allowed is true, false or if-available; did you mean \"true\"?"
        ),
        (
            "profiles: {a: {checks: {spf: true}}}",
            "p.yml:1:25: profiles.a.checks.spf: it needs a resolver, which this program was not given"
        ),
        (
            "profiles: {a: {checks: {spf: {checks-greeting-name: no}}}}",
            "p.yml:1:53: profiles.a.checks.spf.checks-greeting-name: found no, allowed is true or false; did you mean \"false\"?"
        ),
        (
            "profiles: {a: {checks: {rate-limt: {}}}}",
            "p.yml:1:25: profiles.a.checks.rate-limt: there is no such key here; did you mean \"rate-limit\"?"
        ),
        (
            "profiles: {a: {checks: {rate-limit: {rules: [{name: a, count: messages, by: [client], allow: 5}]}}}}",
            "p.yml:1:46: profiles.a.checks.rate-limit.rules.1: a rule needs per"
        ),
        (
            "profiles: {a: {checks: {rate-limit: {rules: [{name: a, count: connections, by: [user], allow: 5, per: 1s}]}}}}",
            "p.yml:1:46: profiles.a.checks.rate-limit.rules.1: rate rule \"a\" counts connections by user"
        ),
        (
            "profiles: {a: {checks: {rate-limit: {exempt-networks: [192.0.2.0/24, 192.0.2.0/33]}}}}",
            "p.yml:1:70: profiles.a.checks.rate-limit.exempt-networks.2: found \"192.0.2.0/33\", allowed is an address or a network"
        ),
        (
            "profiles: {a: {checks: {content-validation: {attachments: {disallowed-extensions: {plus: [a]}}}}}}",
            "p.yml:1:84: profiles.a.checks.content-validation.attachments.disallowed-extensions.plus: there is no such key here; there are: add, remove"
        ),
        (
            "profiles: {a: {violations: {spf.soft-fail: block}}}",
            "p.yml:1:29: profiles.a.violations.spf.soft-fail: there is no such key here; did you mean \"spf.softfail\"?"
        ),
        (
            "profiles: {a: {violations: {spf.fail: {alarm: true}}}}",
            "p.yml:1:39: profiles.a.violations.spf.fail: block is missing"
        ),
        (
            "profiles: {a: {inherits: b}, b: {inherits: c}, c: {inherits: a}}",
            "p.yml:1:62: profiles.c.inherits: profiles inherit in a circle: a → b → c → a"
        ),
        ("profiles: {a: {inherits: a}}", "p.yml:1:26: profiles.a.inherits: profiles inherit in a circle: a → a"),
        (
            "profiles: {strict: , a: {inherits: strcit}}",
            "p.yml:1:36: profiles.a.inherits: found \"strcit\", there is no such profile; there are: a, default, strict; did you mean \"strict\"?"
        ),
        ("profiles: {\"a b\": {}}", "p.yml:1:12: profiles: found \"a b\", allowed is a profile's name"),
        (
            "use: inbuond\nprofiles: {inbound: {}}",
            "p.yml:1:6: use: found \"inbuond\", there is no such profile; there are: default, inbound; did you mean \"inbound\"?"
        ),
        ("select: [{clients: [192.0.2.1]}]", "p.yml:1:10: select.1: a rule needs a profile"),
        (
            "select: [{profile: a, listeners: [99999]}]\nprofiles: {a: {}}",
            "p.yml:1:35: select.1.listeners.1: found 99999, allowed is a port, an address, or both"
        ),
        ("select: {profile: a}", "p.yml:1:9: select: found a map, allowed is a list of rules"),
        ("profiles: {a: {}, a: {}}", "p.yml:1:12: a key is there twice: \"a\""),
        ("profiles:\n  a: {\n", "p.yml:3:1: this is neither YAML nor JSON"),
        ("profiles:\n\ta: {}\n", "p.yml:2:1: this is neither YAML nor JSON"),
        ("profiles: *a", "p.yml:1:11: this is neither YAML nor JSON"),
        ("profiles: {? [a] : b}", "p.yml:1:14: a key has to be a word"),
        ("a: \"\u{1}\"", "p.yml:1:1: this is no text"),
    ]

    @Test("say where, what was found, what is allowed, and what may have been meant", arguments: wrong.indices)
    func located(_ index: Int) throws {
        let (text, problem) = Self.wrong[index]
        let problems = Samples.problems(text)
        let first = try #require(problems.first, "\(text) is read")
        #expect(first.description.hasPrefix(problem), "\(first.description)")
    }

    @Test("are told all at once, in the order of their lines, and not more than fifty")
    func several() {
        let lines = (0..<200).map { "  a\($0): {enforcment: block}" }
        let problems = Samples.problems((["use: x", "profiles:"] + lines).joined(separator: "\n"))
        #expect(problems.count == ProfileFileError.mostProblems)
        #expect(problems.map(\.line) == Array(1...1) + Array(3...51))
    }

    @Test("show what was written escaped")
    func escaped() throws {
        let problems = Samples.problems("profiles: {a: {\"x\\e[31m\\n\": 1}}")
        let problem = try #require(problems.first)
        #expect(problem.key == "profiles.a.x\\x1B[31m\\n")
    }

    @Test(
        "are found without much work in files made to make much",
        arguments: [
            String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
            String(repeating: "- ", count: 100_000), String(repeating: "? ", count: 100_000),
            (0..<2_000).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
            String(repeating: "a", count: 2 << 20),
            "profiles: {a: \"" + String(repeating: "x", count: 1_000_000) + "\"}",
            // Each line stands for ten of the one before.
            "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
                + (1..<9).map {
                    "a\($0): &a\($0) [" + Array(repeating: "*a\($0 - 1)", count: 10).joined(separator: ",") + "]\n"
                }
                .joined(),
        ])
    func hostile(_ text: String) { #expect(!Samples.problems(text).isEmpty) }

    @Test("are always located, whatever the file")
    func generatedFiles() throws {
        var generator = Generator(seed: 8)
        let samples = try Samples.names.map { Array(try Samples.text($0).utf8) }
        let pieces = [
            "[", "]", "{", "}", ":", "- ", "&a ", "*a", "\"", "'", "#", "\n", "  ", "\t", "!", "|", ">", "%", "\u{0}",
            "999999999999999999999", "true", "~", "é",
        ]
        for _ in 0..<min(5_000, Generator.cases(300)) {
            var octets = samples.randomElement(using: &generator) ?? []
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let place = Int.random(in: 0...octets.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0:
                    octets.insert(contentsOf: Array((pieces.randomElement(using: &generator) ?? "").utf8), at: place)
                case 1:
                    octets.removeSubrange(place..<min(octets.count, place + Int.random(in: 0...30, using: &generator)))
                case 2: if place < octets.count { octets[place] = UInt8.random(in: 0...255, using: &generator) }
                default:
                    let from = Int.random(in: 0...octets.count, using: &generator)
                    octets.insert(contentsOf: octets[from..<min(octets.count, from + 40)], at: place)
                }
            }
            let text = String(decoding: octets, as: UTF8.self)
            let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
            for problem in Samples.problems(text) {
                #expect((1...lines + 1).contains(problem.line) && problem.column >= 1, "\(problem)")
                #expect(!problem.reason.isEmpty && problem.file == "p.yml")
            }
        }
    }
}
