import SMTPSecurity
import Testing

private struct Sample: SecurityCheck {
    static let name = "sample"
    static let stages: StageSet = .sender
    static let violations = [one]
    static let one = ViolationDefinition(check: name, name: "one", summary: "One.", reply: Reply(550, "One"))
    var level = 1
    func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout NoState) -> Evaluation<NoState> {
        .pass
    }
}

@Suite("Profiles")
struct SecurityProfileTests {
    @Test("inherit settings, checks and flags, and override them without changing the parent")
    func inheritance() {
        let base = SecurityProfile("base") {
            $0.install(Sample())
            $0.session.limits.recipients = 7
            $0[Sample.one] = .alarmOnly
        }
        let child = SecurityProfile("child", inheriting: base) {
            $0.configure(Sample.self) { $0.level = 2 }
            $0[Sample.one] = .blockOnly
        }
        #expect(child.parent == "base")
        #expect(base.parent == "default")
        #expect(SecurityProfile.default.parent == nil)
        #expect(child.session.limits.recipients == 7)
        #expect(base[Sample.one] == .alarmOnly)
        #expect(child[Sample.one] == .blockOnly)
        #expect((base.checks.first as? Sample)?.level == 1)
        #expect((child.checks.first as? Sample)?.level == 2)
        #expect(SecurityProfile.default[Sample.one] == Sample.one.enforcement)
    }

    @Test("list every violation with the flags that apply; in transparent mode none blocks")
    func violations() {
        var profile = SecurityProfile("listed") { $0.install(Sample()) }
        #expect(profile.violations.map(\.enforcement) == [.alarmAndBlock])
        profile.mode = .transparent
        #expect(profile.violations.map(\.enforcement) == [.alarmOnly])
        #expect(profile[Sample.one] == .alarmAndBlock)
    }

    @Test("put a check in the place of one with the same name, and take it out")
    func install() {
        var profile = SecurityProfile("installed") { $0.install(Sample(level: 1)) }
        profile.install(Sample(level: 5))
        #expect(profile.checks.count == 1)
        #expect((profile.checks.first as? Sample)?.level == 5)
        let removals = [profile.remove(check: "sample"), profile.remove(check: "sample")]
        #expect(removals == [true, false])
        let isConfigured = profile.configure(Sample.self) { _ in }
        #expect(!isConfigured)
    }
}

@Suite("Support IDs")
struct SupportIDTests {
    @Test("have 19 digits, increase, and carry their time", arguments: [1_700_000_000, 1_800_000_000, 3_000_000_000])
    func layout(_ seconds: Int64) throws {
        let generator = SupportIDGenerator(node: 0xFFFF)
        let now = Timestamp(seconds: seconds)
        var last = generator.next(at: now)
        #expect(last.timestamp == now)
        for _ in 1...1_000 {
            let next = generator.next(at: now)
            #expect(next > last)
            #expect(next.description.utf8.count == 19)
            #expect(SupportID(next.description) == next)
            last = next
        }
        // The clock goes back; the numbers do not.
        #expect(generator.next(at: Timestamp(seconds: seconds - 10)) > last)
    }

    @Test("differ between nodes and between threads")
    func uniqueness() async {
        let shared = SupportIDGenerator(node: 1)
        let other = SupportIDGenerator(node: 2)
        let now = Timestamp(seconds: 1_800_000_000)
        let all = await withTaskGroup(of: [SupportID].self) { group in
            for _ in 0..<4 { group.addTask { (0..<500).map { _ in shared.next(at: now) } } }
            group.addTask { (0..<500).map { _ in other.next(at: now) } }
            return await group.reduce(into: [SupportID]()) { $0 += $1 }
        }
        #expect(Set(all).count == all.count)
    }

    @Test(
        "are read from 19 digits and nothing else",
        arguments: [
            "", "1", "123456789012345678", "12345678901234567890", "١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨٩", "-123456789012345678",
        ])
    func parsing(_ text: String) {
        #expect(SupportID(text) == nil)
    }
}

@Suite("Evidence")
struct EvidenceTests {
    @Test("is escaped and bounded")
    func escaping() {
        let octets: [UInt8] = Array("a\"b\\c\r\n\t\0é".utf8)
        #expect(Evidence(octets.span).description == "a\\\"b\\\\c\\r\\n\\t\\x00\\xC3\\xA9")
        let long = [UInt8](repeating: 0x1B, count: 100_000)
        #expect(Evidence(long.span).description.utf8.count < 700)
        #expect(Evidence(long.span).description.hasSuffix("… (100000 octets)"))
    }
}
