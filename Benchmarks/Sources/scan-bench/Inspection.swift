import SMTPAntivirus
import SMTPSecurity
import Synchronization

/// Messages that have arrived in sessions, each before its inspection.
struct Inspection: Sendable {
    /// A class because its identity is the point: the answer goes back into the session.
    private final class Arrival: Sendable {
        let session: Mutex<ServerSession<SingleCheck<AntivirusCheck>>>

        init(_ session: consuming sending ServerSession<SingleCheck<AntivirusCheck>>) { self.session = Mutex(session) }
    }

    private let arrivals: [Arrival]

    init(of mail: [Mail], by check: AntivirusCheck) {
        let pipeline = CheckPipeline { check }
        arrivals = mail.map { Arrival(Self.receive($0, pipeline)) }
    }

    /// Inspects them as an adapter does, so many at a time, each of them the next one once it is through.
    ///
    /// - Returns: how long that takes.
    func run(atOnce: Int) async -> Duration {
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for first in 0..<atOnce {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        inspect(from: first, step: atOnce) { continuation.resume() }
                    }
                }
            }
        }
        return start.duration(to: .now)
    }

    private func inspect(from index: Int, step: Int, _ completion: @escaping @Sendable () -> Void) {
        guard index < arrivals.count else { return completion() }
        let arrival = arrivals[index]
        guard let work = arrival.session.withLock({ $0.takeEvaluation() }) else {
            preconditionFailure("nothing to be asked")
        }
        work.start { outcome in
            arrival.session.withLock { session in
                session.resume(outcome, at: Timestamp(seconds: 1_800_000_000))
                precondition(session.records.isEmpty, "\(session.records)")
            }
            inspect(from: index + step, step: step, completion)
        }
    }

    private static func receive(
        _ mail: Mail, _ pipeline: CheckPipeline<SingleCheck<AntivirusCheck>>
    ) -> ServerSession<SingleCheck<AntivirusCheck>> {
        let endpoint = Endpoint(.v4(0x7F00_0001), port: 25)
        let now = Timestamp(seconds: 1_800_000_000)
        var session = ServerSession(
            pipeline: pipeline,
            connection: ConnectionInfo(
                session: SessionID(rawValue: 1), client: endpoint, local: endpoint, time: now))
        let input = Array(
            "EHLO client.example\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nDATA\r\nhello\r\n.\r\n".utf8
        )
        var offset = 0
        while true {
            let step = session.step(input.span.extracting(droppingFirst: offset), at: now)
            offset += step.consumed
            switch step.action {
            case .greet: session.reply(Reply(220, "mail.example.org ESMTP"), at: now)
            case .command(.data): session.reply(Reply(354, "Go ahead"), at: now)
            case .command: session.reply(Reply(250, "OK"), at: now)
            case .content: break
            case .provideMessage: session.provide(MessageContent(mail.message), at: now)
            case .evaluate: return session
            default: preconditionFailure("\(step.action)")
            }
        }
    }
}
