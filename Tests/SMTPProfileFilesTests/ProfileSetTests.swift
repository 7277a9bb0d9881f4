import Foundation
import SMTPAntivirus
import SMTPDirectoryHarvest
import SMTPGreylist
import SMTPMailValidation
import SMTPMethodFilter
import SMTPProfileFiles
import SMTPProtocolCompliance
import SMTPRateLimit
import SMTPSecurity
import SMTPSenderPolicy
import Testing

@Suite("Profiles of a file")
struct ProfileSetTests {
    private static func names(_ profile: SecurityProfile) -> [String] { profile.checks.map { name(of: $0) } }
    private static func name(of check: some SecurityCheck) -> String { type(of: check).name }

    private static func check<Check: SecurityCheck>(_ type: Check.Type, of profile: SecurityProfile?) throws -> Check {
        let check = profile?.checks.lazy.compactMap { $0 as? Check }.first
        return try #require(check)
    }

    @Test("without a file is the one with every default, for everybody")
    func builtIn() throws {
        let set = ProfileSet(Samples.full)
        let profile = set.profile(for: try Samples.connection("192.0.2.1", to: "198.51.100.1", 25))
        #expect(profile.name == "default" && profile.parent == nil && profile.mode == .blocking)
        #expect(
            Self.names(profile) == [
                "compliance", "methods", "directory-harvest", "rate-limit", "sender-validation", "recipient-validation",
                "content-validation", "antivirus", "spf",
            ])
        #expect(profile.violations.allSatisfy { $0.enforcement == $0.definition.enforcement })
        #expect(profile.session.limits == SessionSettings().limits)
        #expect(profile.session.authenticationService == "localhost")
    }

    @Test("without a scanner and a resolver does without the checks that need them")
    func bare() {
        let set = ProfileSet(Samples.bare)
        #expect(set.profiles["default"].map { Self.names($0) }?.contains("spf") == false)
        #expect(set.profiles["default"].map { Self.names($0) }?.contains("antivirus") == false)
        #expect(set.profiles["default"]?.session.authenticationService == nil)
    }

    @Test("has what it says, and what its parent has besides")
    func inheritance() throws {
        let set = try ProfileSet(
            parsing: """
                use: child
                profiles:
                  child:
                    inherits: parent
                    session: {limits: {recipients: 7}}
                    checks:
                      greylist: {delay: 90s}
                      methods: {verbs: {HELP: disallow}}
                      content-validation:
                        attachments: {disallowed-extensions: {add: [iso], remove: [exe]}}
                    violations: {compliance.lenient-syntax: ignore}
                  parent:
                    enforcement: transparent
                    session: {hostname: Mail.Example.org, limits: {message: 10M}, greeting-delay: 1500ms}
                    checks:
                      compliance: {line-ends: {nul: note}}
                      greylist: {enabled: true, trusted-after: 0}
                      methods: {verbs: {VRFY: disallow}}
                      rate-limit: false
                      directory-harvest: {limit: 3, penalty: 1h}
                    violations:
                      compliance.lenient-syntax: block
                      compliance.nul-in-data: {alarm: false, block: true}
                """, Samples.bare)
        let child = try #require(set.profiles["child"])
        #expect(set.usual == "child" && child.parent == "parent" && set.profiles["parent"]?.parent == "default")
        #expect(child.mode == .transparent)
        #expect(child.session.hostname == "mail.example.org")
        #expect(child.session.limits.recipients == 7 && child.session.limits.message == 10 << 20)
        #expect(child.session.greetingDelay == .milliseconds(1_500))
        #expect(!Self.names(child).contains("rate-limit"))
        let greylist = try Self.check(Greylist.self, of: child)
        #expect(greylist.rule.delay == .seconds(90) && greylist.rule.trustedAfter == 0)
        let parents = try Self.check(Greylist.self, of: set.profiles["parent"])
        #expect(parents.rule.delay == .seconds(300))
        let methods = try Self.check(MethodFilter.self, of: child)
        #expect(methods[.help] == .disallow && methods[.vrfy] == .disallow && methods[.expn] == .disallow)
        #expect(methods[.mail] == .allow)
        let harvest = try Self.check(DirectoryHarvest.self, of: child)
        #expect(harvest.rule.limit == 3 && harvest.rule.penalty == .seconds(3_600) && harvest.rule.shareMinimum == 10)
        let content = try Self.check(ContentValidation.self, of: child)
        #expect(content.attachments.disallowedExtensions.contains("iso"))
        #expect(!content.attachments.disallowedExtensions.contains("exe"))
        #expect(content.attachments.disallowedExtensions.contains("bat"))
        let flags = Dictionary(uniqueKeysWithValues: child.violations.map { ($0.definition.identifier, $0) })
        let lenient = try #require(flags["compliance.lenient-syntax"])
        #expect(child[lenient.definition] == .ignore)
        let nul = try #require(flags["compliance.nul-in-data"])
        #expect(child[nul.definition] == .blockOnly && nul.enforcement == .ignore)
    }

    @Test("may be called default, and then changes the one with every default")
    func ownDefault() throws {
        let set = try ProfileSet(
            parsing: "profiles: {default: {enforcement: transparent}, a: {}, b: {inherits: default}}", Samples.bare)
        #expect(set.usual == "default")
        #expect(set.profiles["default"]?.mode == .transparent && set.profiles["b"]?.mode == .transparent)
        // Without a parent it is the built-in one.
        #expect(set.profiles["a"]?.mode == .blocking)
    }

    @Test(
        "is the first whose rule holds for the connection",
        arguments: [
            ("198.51.100.9", "203.0.113.1", 25, "usual"), ("198.51.100.9", "203.0.113.1", 587, "port"),
            ("192.0.2.9", "203.0.113.1", 587, "port"), ("192.0.2.9", "203.0.113.1", 25, "network"),
            ("198.51.100.9", "203.0.113.7", 25, "address"), ("2001:db8::5", "2001:db8::1", 2_525, "both"),
            ("2001:db8:1::5", "2001:db8::1", 2_525, "usual"), ("2001:db8::5", "2001:db8::1", 2_526, "usual"),
        ])
    func selection(_ client: String, _ local: String, _ port: UInt16, _ profile: String) throws {
        let set = try ProfileSet(
            parsing: """
                use: usual
                select:
                  - {listeners: [587, "465"], profile: port}
                  - {listeners: [203.0.113.7], profile: address}
                  - {clients: [192.0.2.0/24], profile: network}
                  - {listeners: ["[2001:db8::1]:2525"], clients: ["2001:db8::/48"], profile: both}
                profiles: {usual: , port: , address: , network: , both: }
                """, Samples.bare)
        let connection = try Samples.connection(client, to: local, port)
        #expect(set.profileName(for: connection) == profile && set.profile(for: connection).name == profile)
    }

    @Test(
        "can be read from every sample, with a program that has everything and one that has little",
        arguments: Samples.names)
    func samples(_ name: String) throws {
        for resources in [Samples.full, Samples.bare] {
            let set = try ProfileSet(contentsOf: Samples.path(name), resources)
            // What is printed is a file, which has the same in force.
            let again = try ProfileSet(parsing: set.commented, resources)
            #expect(again.effective == set.effective)
            let plain = try ProfileSet(parsing: set.effective.yaml, resources)
            #expect(plain.effective == set.effective)
            let json = try ProfileSet(parsing: set.effective.json, resources)
            #expect(json.commented.count == set.commented.count)
        }
        let strict = try ProfileSet(contentsOf: Samples.path("strict"), Samples.full)
        #expect(strict.profiles["strict"].map { Self.names($0) }?.contains("greylist") == true)
        let transparent = try ProfileSet(contentsOf: Samples.path("transparent"), Samples.full)
        let usual = transparent.profile(for: try Samples.connection("192.0.2.1", to: "192.0.2.2", 25))
        #expect(usual.violations.allSatisfy { !$0.enforcement.block })
    }

    @Test("may say what happens when a check could not be done")
    func unavailable() throws {
        let text = "profiles: {a: {violations: {rate-limit.unavailable: block}}, b: {inherits: a}, c: {}}"
        let set = try ProfileSet(parsing: text, Samples.bare)
        let definition = ViolationDefinition(
            check: "rate-limit", name: "unavailable", summary: "", enforcement: .alarmOnly,
            reply: Reply(451, .init(4, 7, 1), ""))
        #expect(set.profiles["b"]?[definition] == .alarmAndBlock && set.profiles["c"]?[definition] == .alarmOnly)
        #expect(set.commented.count { $0 == "\n" } == set.commented.split(separator: "\n").count)
        #expect(try ProfileSet(parsing: set.commented, Samples.bare).effective == set.effective)
        #expect(set.commented.contains("rate-limit.unavailable: block"))
    }

    @Test("says which settings have no effect")
    func remarks() throws {
        let text = "profiles:\n  a:\n    checks:\n      antivirus: {deadline: 10s}\n      greylist: {delay: 60s}\n"
        #expect(try ProfileSet(parsing: text, Samples.full).remarks == [])
        let remarks = try ProfileSet(parsing: text, file: "p.yml", Samples.bare).remarks
        #expect(remarks == ["p.yml:4: profiles.a.checks.antivirus has no effect without a scanner"])
    }

    @Test("has values out of files beside its own, and names them where they are wrong")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "profiles-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try "alice@example.org\n@lists.example.org\n".write(
            to: folder.appending(path: "people"), atomically: true, encoding: .utf8)
        let file = folder.appending(path: "p.yml")
        func write(_ name: String) throws {
            let text = "profiles:\n  a: {checks: {directory-harvest: {recipients: \(name)}}}\n  b: {inherits: a}\n"
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        try write("people")
        let set = try ProfileSet(contentsOf: file.path, Samples.bare)
        #expect(try Self.check(DirectoryHarvest.self, of: set.profiles["b"]).recipients?.domainCount == 2)
        #expect(set.commented.split(separator: "\n").count { $0.hasSuffix(" recipients: people") } == 2)
        try write("nobody")
        #expect(throws: ProfileFileError.self) { try ProfileSet(contentsOf: file.path, Samples.bare) }
        try "alice@example.org\nwho is this\n".write(
            to: folder.appending(path: "people"), atomically: true, encoding: .utf8)
        try write("people")
        let error = try #require(throws: ProfileFileError.self) { try ProfileSet(contentsOf: file.path, Samples.bare) }
        #expect("\(error)".contains("p.yml:2:48: profiles.a.checks.directory-harvest.recipients: found \"people\""))
        #expect("\(error)".contains("line 2: \"who is this\""))
    }

    /// Refuses senders of some domains.
    private struct NoFreeMail: ConfigurableCheck {
        static let name = "no-free-mail"
        static let violations = [
            ViolationDefinition(
                check: name, name: "free-mail", summary: "Free mail.", reply: Reply(550, .init(5, 7, 1), "No free mail")
            )
        ]
        static let stages: StageSet = .sender
        static var settings: [Setting<NoFreeMail>] {
            [
                .set(
                    "domains", \.domains, of: .text("a domain", parse: { $0 }, show: { $0 }),
                    "Domains that are refused.")
            ]
        }
        var domains: Set<String> = []

        func evaluate(
            _ event: SessionEvent, in session: SessionContext, state: inout NoState
        ) -> Evaluation<NoState> { .pass }
    }

    @Test("may have settings and violations of the program's own checks")
    func ownCheck() throws {
        var resources = Samples.bare
        resources.additionalChecks = [NoFreeMail()]
        let text =
            "profiles: {a: {checks: {no-free-mail: {domains: [b.example, a.example]}}, violations: {no-free-mail.free-mail: alarm}}}"
        let set = try ProfileSet(parsing: text, resources)
        #expect(try Self.check(NoFreeMail.self, of: set.profiles["a"]).domains == ["a.example", "b.example"])
        #expect(set.commented.contains("domains: [a.example, b.example]"))
        #expect(ProfileSchema.schema(resources).json.contains("no-free-mail.free-mail"))
        #expect(Samples.problems(text).count == 2)
    }

    @Test("has every violation of every check, in what it prints and in the schema")
    func catalogue() throws {
        let definitions =
            ProtocolCompliance.violations + MethodFilter.violations + DirectoryHarvest.violations + RateLimit.violations
            + SenderValidation<NoResolver>.violations + RecipientValidation.violations + ContentValidation.violations
            + AntivirusCheck.violations + SPFCheck<NativeSPFEvaluator<NoResolver>>.violations + Greylist.violations
        let set = ProfileSet(Samples.bare)
        let schema = ProfileSchema.schema(Samples.bare).json
        let page = try String(
            contentsOfFile: Samples.folder + "/../../DocsSource/Violations.md", encoding: .utf8)
        for definition in definitions {
            #expect(
                set.commented.contains("\n      \(definition.identifier):"), "\(definition.identifier) is not printed")
            #expect(schema.contains("\"\(definition.identifier)\""), "\(definition.identifier) is not in the schema")
            #expect(page.contains(definition.name), "\(definition.identifier) is not documented")
        }
        #expect(definitions.count > 100)
    }
}
