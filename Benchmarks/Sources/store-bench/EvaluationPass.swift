import SMTPSecurity

/// Transactions through a session with checks that take time: what it costs to leave the session, to ask them, and to come back.
enum EvaluationPass {
    /// Says at once, in a task of its own, that nothing is wrong.
    private struct Deferred: SecurityCheck {
        static let name = "deferred"
        static let violations: [ViolationDefinition] = []
        static let stages: StageSet = .sender
        let deadline = Duration.seconds(10)

        func evaluate(
            _ event: SessionEvent, in session: SessionContext, state: inout NoState
        ) -> Evaluation<NoState> {
            .later { _ throws(CheckFailure) in .pass }
        }
    }

    /// Sends so many MAIL commands, in transactions that go no further.
    ///
    /// - Parameters:
    ///   - checks: how many checks take time in each.
    ///   - rounds: how many commands.
    /// - Returns: how many evaluations there were.
    static func run(checks: Int, rounds: Int) async -> Int {
        let profile = SecurityProfile("benchmark") { $0.session.budgets.junkCommands = .max }
        let endpoint = Endpoint(.v4(0x7F00_0001), port: 25)
        let now = Timestamp(seconds: 1_800_000_000)
        let pipeline = CheckPipeline(profile: profile) {
            AnyCheckSequence((0..<checks).map { _ in Deferred() })
        }
        var session = ServerSession(
            pipeline: pipeline,
            connection: ConnectionInfo(
                session: SessionID(rawValue: 1), client: endpoint, local: endpoint, time: now))
        var evaluations = 0
        func play(_ line: String) async {
            let octets = Array(line.utf8)
            var offset = 0
            while true {
                let step = session.step(octets.span.extracting(droppingFirst: offset), at: now)
                offset += step.consumed
                switch step.action {
                case .greet: session.reply(Reply(220, "mail.example.org ESMTP"), at: now)
                case .command(.ehlo):
                    session.reply(Reply(250, nil, lines: ["mail.example.org", "SIZE 10485760"]), at: now)
                case .command: session.reply(Reply(250, .init(2, 1, 0), "OK"), at: now)
                case .evaluate:
                    guard let work = session.takeEvaluation() else { continue }
                    let outcome = await work.run()
                    session.resume(outcome, at: now)
                    evaluations += 1
                default:
                    session.takeOutput { _ in }
                    return
                }
            }
        }
        await play("")
        await play("EHLO client.example\r\n")
        for _ in 0..<rounds {
            await play("MAIL FROM:<alice.smith@mail.example.org>\r\n")
            await play("RSET\r\n")
        }
        return evaluations
    }
}
