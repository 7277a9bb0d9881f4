import SMTPSecurity

/// Sessions that only offend, as a proxy has them.
struct Offenders {
    /// Refuses every `EXPN`.
    struct Refusal: SecurityCheck {
        static let name = "refusal"
        static let refused = ViolationDefinition(
            check: name, name: "refused", summary: "A command that is always refused.", enforcement: .alarmAndBlock,
            reply: Reply(502, EnhancedStatusCode(5, 5, 1), "No"))
        static let violations = [refused]
        static let stages: StageSet = [.otherCommand]

        func evaluate(
            _ event: SessionEvent, in session: SessionContext, state: inout NoState
        ) -> Evaluation<NoState> { .violation(Self.refused) }
    }

    /// A violation, and what its session kept.
    typealias Offence = (record: ViolationRecord, transcript: SessionTranscript?)

    private let pipeline: CheckPipeline<SingleCheck<Refusal>>
    private let violations: Int

    /// Offenders of so many violations in a session.
    init(transcriptLines: Int, violations: Int) {
        var profile = SecurityProfile("default")
        profile.session.transcriptLines = transcriptLines
        profile.session.budgets.softErrors = .max
        profile.session.budgets.hardErrors = .max
        pipeline = CheckPipeline(profile: profile) { Refusal() }
        self.violations = violations
    }

    /// What one session after the other offends with.
    func offences(_ count: Int) -> [Offence] {
        var all: [Offence] = []
        all.reserveCapacity(count)
        var session: UInt64 = 0
        while all.count < count {
            session += 1
            play(session, into: &all)
        }
        return all
    }

    private func play(_ number: UInt64, into all: inout [Offence]) {
        var now = Timestamp(seconds: 1_800_000_000).advanced(by: .milliseconds(Int64(number) * 4))
        let client = Endpoint(.v4(0xC633_6400 | UInt32(number % 256)), port: UInt16(20_000 + number % 40_000))
        let info = ConnectionInfo(
            session: SessionID(rawValue: number), client: client, local: Endpoint(.v4(0xC000_0219), port: 25), time: now
        )
        var session = ServerSession(pipeline: pipeline, connection: info)
        var lines = [
            "EHLO client\(number % 64).example.net\r\n", "MAIL FROM:<sender\(number % 1_000)@example.net>\r\n",
        ]
        lines += ["RCPT TO:<recipient\(number % 500)@example.org>\r\n"]
        for line in lines + Array(repeating: "EXPN staff\(number % 10)\r\n", count: violations) {
            now = now.advanced(by: .microseconds(300))
            let known = session.records.count
            run(&session, Array(line.utf8), now)
            let transcript = session.transcript
            all += session.records.dropFirst(known).map { ($0, transcript) }
        }
    }

    private func run(_ session: inout ServerSession<SingleCheck<Refusal>>, _ octets: [UInt8], _ now: Timestamp) {
        var input = octets
        while true {
            let step = session.step(input.span, at: now)
            input.removeFirst(step.consumed)
            switch step.action {
            case .greet: session.reply(Reply(220, "mail.example.org ready"), at: now)
            case .command, .endOfMessage: session.reply(Reply(250, EnhancedStatusCode(2, 0, 0), "OK"), at: now)
            default: return
            }
        }
    }
}
