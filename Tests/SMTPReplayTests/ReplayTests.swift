import SMTPLoggingTesting
import SMTPProtocolCompliance
import SMTPRateLimit
import SMTPReplay
import SMTPSecurity
import SMTPSecurityTesting
import SMTPStores
import Testing

@Suite("Replaying sessions")
struct ReplayTests {
    private static func profile(
        _ refuser: Refuser?, _ change: (inout SecurityProfile) -> Void = { _ in }
    ) -> SecurityProfile {
        SecurityProfile("test") { profile in
            profile.session.extensions.insert(.chunking)
            profile.install(ProtocolCompliance())
            if let refuser { profile.install(refuser) }
            change(&profile)
        }
    }

    private static func policy(_ profile: SecurityProfile) -> ReplayPolicy {
        let pipeline = AnyCheckPipeline(profile: profile)
        return ReplayPolicy(name: "tried") { _ in pipeline }
    }

    /// Records a session, each piece a second after the one before.
    private func record(
        _ pieces: [String], under profile: SecurityProfile = Self.profile(nil), number: UInt64 = 1, at time: Int64 = 0,
        disconnects: Bool = true, configure: (inout FakeUpstream) -> Void = { _ in }
    ) async throws -> RecordedSession {
        let harness = try await ProxyHarness(AnyCheckPipeline(profile: profile), records: true, configure: configure)
        await harness.begin()
        for piece in pieces where !harness.isClosed {
            await harness.advance(by: .seconds(1))
            await harness.send(piece)
        }
        if !harness.isClosed, disconnects {
            await harness.advance(by: .seconds(1))
            harness.disconnect()
        }
        let shift = Duration.seconds(time)
        var session = RecordedSession(
            connection: connection(number, at: start.advanced(by: shift)), profile: profile.name)
        session.events = harness.tape.map { TapeEvent($0.content, at: $0.time.advanced(by: shift)) }
        return session
    }

    private func replay(
        _ sessions: [RecordedSession], _ profile: SecurityProfile, against baseline: SecurityProfile? = nil
    ) async -> ReplayReport {
        var rest = sessions[...]
        return await Replay(Self.policy(profile), against: baseline.map { Self.policy($0) }).run { rest.popFirst() }
    }

    private static let ehlo = "EHLO client.example\r\n"
    private static let message = "Subject: x\r\n\r\n..\r\nMAIL FROM:<x@y.example>\r\nbad\r\n.\r\n"

    private func mail(_ sender: String = "a@b.example", _ recipients: [String] = ["c@d.example"]) -> [String] {
        ["MAIL FROM:<\(sender)>\r\n"] + recipients.map { "RCPT TO:<\($0)>\r\n" } + ["DATA\r\n", Self.message]
    }

    private func chunks(_ sender: String) -> [String] {
        [
            "MAIL FROM:<\(sender)>\r\n", "RCPT TO:<c@d.example>\r\n", "BDAT 6\r\nQUIT\r\n", "BDAT 12 LAST\r\n",
            "HELP me\r\nbad",
        ]
    }

    /// Violations that were raised, with how often.
    private func raised(_ report: ReplayReport) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: report.violations.map { ($0.violation, $0.policy.raised) })
    }

    @Test("under the same profile comes to the same", arguments: [false, true])
    func same(_ isPipelined: Bool) async throws {
        var pieces = [Self.ehlo] + mail() + mail("") + chunks("a@b.example") + ["RSET\r\n", "NOOP\r\n", "QUIT\r\n"]
        if isPipelined { pieces = [pieces.joined()] }
        let profile = Self.profile(nil) { $0.mode = isPipelined ? .transparent : .blocking }
        let session = try await record(pieces, under: profile)
        for baseline in [nil, profile] {
            let report = await replay([session], profile, against: baseline)
            #expect(report.tally == report.baselineTally)
            #expect(!report.refusesMore)
            #expect(report.tally.delivered == 3)
            #expect(report.tally.sessionsAccepted == 1)
            #expect(report.beyondRecording == 0)
            #expect(report.violations.allSatisfy { baseline == nil || $0.isSame })
            // What was sent without waiting is seen to be, as when it was recorded.
            #expect(raised(report).keys.contains("compliance.unauthorized-pipelining") == isPipelined)
        }
    }

    @Test(
        "tells of the refused message, and of nothing that follows from it",
        arguments: [Verb.mail, .rcpt, .ehlo], [false, true])
    func refused(_ verb: Verb, _ isSlow: Bool) async throws {
        let greeting = verb == .ehlo ? "EHLO bad.example\r\n" : Self.ehlo
        let sender = verb == .mail ? "bad@b.example" : "a@b.example"
        let recipients = verb == .rcpt ? ["bad@d.example", "bad2@d.example"] : ["c@d.example"]
        let pieces = [greeting] + mail(sender, recipients) + chunks(sender) + ["QUIT\r\n"]
        let chunked = verb == .rcpt ? 0 : 1
        for text in [pieces, [greeting, pieces.dropFirst().joined()]] {
            let session = try await record(text, under: Self.profile(nil) { $0.mode = .transparent })
            let report = await replay([session], Self.profile(Refuser(verbs: [verb], isSlow: isSlow)))
            #expect(report.messagesRefused.count == 1 + chunked)
            #expect(report.messagesRefused.byViolation == ["refuser.word": 1 + chunked])
            #expect(report.refusesMore)
            #expect(report.baselineTally.delivered == 2)
            let words = verb == .ehlo ? 1 : verb == .rcpt ? 2 : 2
            #expect(raised(report)["refuser.word"] == words)
            #expect(!raised(report).keys.contains("compliance.bad-sequence"))
            let example = try #require(report.messagesRefused.examples.first)
            #expect(example.sender == sender)
            #expect(example.recipients == recipients)
            #expect(example.reply == "550 5.7.1 Bad word")
            #expect(example.evidence?.contains("bad") == true)
            #expect(example.time == "2027-01-15T08:00:00Z")
        }
    }

    @Test("does not read message data as commands when DATA is refused, and goes on with the next message")
    func dataRefused() async throws {
        let session = try await record([Self.ehlo] + mail() + mail() + ["QUIT\r\n"])
        let report = await replay([session], Self.profile(nil) { $0.install(NoData()) })
        #expect(report.messagesRefused.byViolation == ["no-data.no": 2])
        #expect(report.messagesRefused.examples.first?.stage == .data)
        #expect(raised(report) == ["no-data.no": 2])
        #expect(report.tally.sessionsAccepted == 1)
    }

    /// Refuses every `DATA`.
    private struct NoData: SecurityCheck {
        static let name = "no-data"
        static let no = ViolationDefinition(
            check: name, name: "no", summary: "No.", reply: Reply(554, EnhancedStatusCode(5, 7, 1), "No"))
        static let violations = [no]
        static let stages: StageSet = [.data]

        func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout NoState) -> Evaluation<NoState> {
            .violation(Self.no)
        }
    }

    @Test("shows messages to checks that want them whole")
    func content() async throws {
        let session = try await record([Self.ehlo] + mail() + chunks("a@b.example") + ["QUIT\r\n"])
        let report = await replay([session], Self.profile(Refuser(verbs: [], looksAtMessages: true)))
        #expect(report.messagesRefused.count == 2)
        #expect(report.messagesRefused.examples.first?.stage == .content)
    }

    @Test("tells of recipients that are refused beside others")
    func recipients() async throws {
        let session = try await record([Self.ehlo] + mail("a@b.example", ["c@d.example", "bad@d.example"]))
        let report = await replay([session], Self.profile(Refuser(verbs: [.rcpt])))
        #expect(report.messagesRefused.count == 0)
        #expect(report.tally.recipientsRefused == 1)
        #expect(report.baselineTally.recipients == 2)
        #expect(report.refusesMore)
    }

    @Test("tells of mail that is not refused any more")
    func accepted() async throws {
        let strict = Self.profile(Refuser(verbs: [], looksAtMessages: true))
        let session = try await record([Self.ehlo] + mail() + ["QUIT\r\n"], under: strict)
        let report = await replay([session], Self.profile(nil))
        #expect(report.messagesAccepted.count == 1)
        #expect(report.messagesRefused.count == 0)
        #expect(!report.refusesMore)
        #expect(report.baselineTally.refused == 1)
        #expect(report.tally.delivered == 1)
        let compared = await replay([session], Self.profile(nil), against: strict)
        #expect(compared.messagesAccepted.byViolation == ["refuser.word": 1])
    }

    @Test("does not invent what a client would have sent, and goes on behind it", arguments: [true, false])
    func beyond(_ isChunk: Bool) async throws {
        let strict = Self.profile(nil) { $0.install(NoData()) }
        let begin = ["MAIL FROM:<a@b.example>\r\n", "RCPT TO:<c@d.example>\r\n"]
        let data = isChunk ? "BDAT 6\r\nQUIT\r\n" : "DATA\r\n"
        let pieces = [Self.ehlo] + begin + [data, "RSET\r\n"] + begin + ["RSET\r\n", "QUIT\r\n"]
        let session = try await record(pieces, under: strict)
        let report = await replay([session], Self.profile(nil))
        // Chunks are sent whether they are welcome or not.
        #expect(report.beyondRecording == (isChunk ? 0 : 1))
        #expect(report.messagesAccepted.count == (isChunk ? 0 : 1))
        #expect(report.baselineTally.refused == 1)
        #expect(report.tally.unknown == (isChunk ? 0 : 1))
        #expect(report.tally.unfinished == (isChunk ? 2 : 1))
        #expect(report.tally.sessionsAccepted == 1)
        #expect(raised(report).isEmpty)
    }

    @Test("goes through AUTH as it was recorded, masked as it is", arguments: [true, false])
    func authentication(_ isPipelined: Bool) async throws {
        let pieces = ["AUTH PLAIN AHVzZXIAc2VjcmV0\r\n"] + mail() + ["QUIT\r\n"]
        let profile = Self.profile(nil) { $0.mode = isPipelined ? .transparent : .blocking }
        let session = try await record([Self.ehlo] + (isPipelined ? [pieces.joined()] : pieces), under: profile)
        let report = await replay([session], profile)
        #expect(report.tally.delivered == 1)
        #expect(report.tally == report.baselineTally)
    }

    @Test("leaves responses out where AUTH is refused")
    func responses() async throws {
        let session = try await record([Self.ehlo, "AUTH LOGIN\r\n", "dXNlcg==\r\n", "c2VjcmV0\r\n", "QUIT\r\n"]) {
            $0.behaviours["AUTH"] = .send("334 VXNlcm5hbWU6\r\n")
            $0.behaviours["DXNLCG=="] = .send("334 UGFzc3dvcmQ6\r\n")
            $0.behaviours["C2VJCMV0"] = .send("235 2.7.0 Welcome\r\n")
        }
        #expect(session.events.contains { if case .client(.response, _, _) = $0.content { true } else { false } })
        let same = await replay([session], Self.profile(nil))
        #expect(raised(same).isEmpty)
        #expect(same.tally.sessionsAccepted == 1)
        let refusing = Self.profile(nil) { $0.session.extensions.remove(.auth) }
        let report = await replay([session], refusing)
        #expect(raised(report) == ["compliance.command-not-offered": 1])
    }

    @Test("sees sessions in their true order, by the time of the recording")
    func order() async throws {
        var sessions: [RecordedSession] = []
        for number in 0..<10 {
            sessions.append(
                try await record([Self.ehlo] + mail() + ["QUIT\r\n"], number: UInt64(number), at: Int64(number) * 30))
        }
        var limit = RateLimit(store: MemoryStore())
        limit.rules = [try RateRule("few", .messages, by: [.client], RateAllowance(2, per: .seconds(120)))]
        let report = await replay(sessions, Self.profile(nil) { $0.install(limit) })
        #expect(report.sessions == 10)
        #expect((2...7).contains(report.messagesRefused.count))
        #expect(report.from == "2027-01-15T08:00:00Z")
        #expect(report.until == "2027-01-15T08:04:30Z")
        #expect(report.tally.deferred == report.messagesRefused.count)
    }

    @Test("sees who speaks early, or slowly, at the profile's times")
    func times() async throws {
        let early = try await record(["EHLO client.example\r\n", "QUIT\r\n"])
        let report = await replay([early], Self.profile(nil) { $0.session.greetingDelay = .seconds(6) })
        #expect(raised(report)["compliance.early-talker"] == 1)
        let slow = try await record(["EHLO cl", "ient.exa", "mple\r\n", "QUIT\r\n"])
        let quick = await replay([slow], Self.profile(nil))
        #expect(raised(quick).isEmpty)
        let impatient = Self.profile(nil) { $0.session.timeouts.command = .milliseconds(1_500) }
        let late = await replay([slow], impatient)
        #expect(raised(late) == ["compliance.command-timeout": 1])
        #expect(late.sessionsRefused.count == 1)
    }

    @Test("counts what comes after a session that is ended as refused with it")
    func ended() async throws {
        let session = try await record([Self.ehlo] + mail() + ["NOOP\r\n", "NOOP\r\n"] + mail() + ["QUIT\r\n"])
        let report = await replay([session], Self.profile(nil) { $0.session.budgets.junkCommands = 1 })
        #expect(report.messagesRefused.byViolation == ["compliance.too-many-junk-commands": 1])
        #expect(report.messagesRefused.examples.first?.stage == .session)
        #expect(report.sessionsRefused.count == 1)
        #expect(report.tally.delivered == 1)
    }

    @Test("has the server behind do what it did")
    func upstream() async throws {
        for behaviour in [FakeUpstream.Behaviour.send("550 5.1.1 Unknown\r\n"), .close, .send("¡Hola!\r\n")] {
            for point in ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", ".", "CONTENT"] {
                let session = try await record([Self.ehlo] + mail() + ["QUIT\r\n"]) { $0.behaviours[point] = behaviour }
                let report = await replay([session], Self.profile(nil))
                #expect(report.tally == report.baselineTally, "\(behaviour) \(point)")
                #expect(report.tally.delivered == 0)
            }
        }
    }

    @Test("plays a session that is cut as far as it is recorded")
    func cut() async throws {
        let whole = try await record([Self.ehlo] + mail() + mail() + ["QUIT\r\n"])
        for count in 0..<whole.events.count {
            var session = whole
            session.events = Array(whole.events.prefix(count))
            session.isCut = true
            let report = await replay([session], Self.profile(nil))
            #expect(!report.refusesMore)
            #expect(report.messagesAccepted.count == 0)
            // What was said to the end is answered, whether the answer was recorded or not.
            #expect(report.tally.delivered >= report.baselineTally.delivered)
        }
    }

    @Test("under the same profile comes to the same, whatever a client sends and however it is split")
    func generatedSame() async throws {
        var random = Generator(seed: 61)
        let lines = [
            Self.ehlo, "HELO x\r\n", "MAIL FROM:<a@b.example>\r\n", "MAIL FROM:<>\r\n", "RCPT TO:<c@d.example>\r\n",
            "RCPT TO:<bad@d.example>\r\n", "DATA\r\n", ".\r\n", "\r\n", "BDAT 6\r\nQUIT\r\n",
            "BDAT 3 LAST\r\nbad", "RSET\r\n", "NOOP\r\n", "QUIT\r\n", "AUTH PLAIN AHVzZXIAc2VjcmV0\r\n",
            "AUTH LOGIN\r\n",
            "x\n", "\0\r\n", "VRFY bad\r\n", "..\r\n",
        ]
        for _ in 0..<min(Generator.cases(150), 20_000) {
            var text = Bool.random(using: &random) ? Self.ehlo : ""
            if Bool.random(using: &random) { text += mail().joined() }
            for _ in 0..<Int.random(in: 1...14, using: &random) { text += lines.randomElement(using: &random) ?? "" }
            let profile = Self.profile(Refuser(looksAtMessages: Bool.random(using: &random))) {
                $0.session.budgets.softErrorDelay = .zero
            }
            let pieces = random.pieces(of: Array(text.utf8)).filter { !$0.isEmpty }
            let session = try await record(pieces.map { String(decoding: $0, as: UTF8.self) }, under: profile)
            let report = await replay([session], profile)
            #expect(report.tally == report.baselineTally, "\(Evidence(text))")
            #expect(!report.refusesMore)
            #expect(report.messagesAccepted.count == 0)
            #expect(report.beyondRecording == 0)
        }
    }

    @Test("comes to an end, whatever a recording has in it")
    func generatedHostile() async {
        var random = Generator(seed: 62)
        let lines = [
            Self.ehlo, "MAIL FROM:<a@b.example>\r\n", "RCPT TO:<c@d.example>\r\n", "DATA\r\n", "BDAT 6\r\n",
            "BDAT 99999999999 LAST\r\n", "RSET\r\n", "AUTH LOGIN\r\n", "*\r\n", "AAAA\r\n", "x\r\n.\r\n",
            "STARTTLS\r\n", "QUIT\r\n",
            "\u{16}\u{3}\u{1}", "", "HELP",
        ]
        let commands = [
            "", ".", "+", "-", "EHLO client.example", "MAIL FROM:<a@b.example>", "DATA", "AUTH LOGIN", "*", "RSET",
        ]
        for _ in 0..<min(Generator.cases(300), 30_000) {
            var session = RecordedSession(connection: connection(random.next() % 3), profile: "")
            session.isCut = Bool.random(using: &random)
            for _ in 0..<Int.random(in: 0...25, using: &random) {
                let reply = Reply([220, 250, 334, 354, 421, 550, 235].randomElement(using: &random) ?? 250, "x")
                let command = Array((commands.randomElement(using: &random) ?? "").utf8)
                let content: TapeEvent.Content =
                    switch random.next() % 10 {
                    case 0: .reply(reply)
                    case 1: .upstreamReply(reply, to: command)
                    case 2:
                        .upstreamFailed(
                            Bool.random(using: &random) ? .closed : .unsolicitedReply(reply), after: command)
                    case 3:
                        [.closed, .disconnected, .tlsEstablished, .unread(5)].randomElement(using: &random) ?? .closed
                    default:
                        .client(
                            TapeEvent.Part.allCases.randomElement(using: &random) ?? .line,
                            Array((lines.randomElement(using: &random) ?? "").utf8), isEnd: random.next() % 5 > 0)
                    }
                let times = [0, 1, 400, 5_000, -7, Int64.max / 1_000_000_000, Int64.min / 1_000_000_000]
                let seconds =
                    random.next() % 8 == 0 ? times.randomElement(using: &random) ?? 0 : Int64(random.next() % 60)
                session.events.append(TapeEvent(content, at: start.advanced(by: .seconds(seconds))))
            }
            let profile = Self.profile(Refuser(looksAtMessages: Bool.random(using: &random))) {
                $0.session.tls = Bool.random(using: &random) ? .offered : .unavailable
                $0.session.greetingDelay = .seconds(Int64(random.next() % 3))
            }
            let report = await replay([session, session], profile, against: Self.profile(nil))
            #expect(report.sessions == 2)
        }
    }
}
