import Foundation
import SMTPSecurity
import Testing

/// Answers in one of these ways, or does not.
private struct Answering: SecurityCheck {
    enum Way: Sendable, CaseIterable {
        case finds, passes, fails, sleeps, blocks
    }

    static let name = "answering"
    static let stages: StageSet = .connection
    static let found = ViolationDefinition(
        check: name, name: "found", summary: "Found.", enforcement: .alarmOnly, reply: Reply(550, "Found"))
    static let violations = [found]

    let way: Way
    var deadline: Duration {
        switch way {
        case .finds, .passes, .fails: .seconds(3_600)
        case .sleeps, .blocks: .nanoseconds(1)
        }
    }

    func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout NoState) -> Evaluation<NoState> {
        .later { [way] context throws(CheckFailure) in
            switch way {
            case .finds: return .violation(Self.found, evidence: Evidence("at \(context.now)"))
            case .passes: return .pass
            case .fails: throw CheckFailure("nobody there")
            case .sleeps:
                // Cancelled as soon as the deadline has passed.
                try? await Task.sleep(for: .seconds(3_600))
                return .pass
            case .blocks:
                // As a library does that hangs.
                while true { sleep(3_600) }
            }
        }
    }
}

/// Watches, and does nothing.
private struct Nobody: EvaluationObserver {
    func observe<Answer: Sendable>(
        check: String, evaluation: () async -> (answer: Answer, end: EvaluationEnd)
    ) async -> Answer { await evaluation().answer }
}

@Suite("Evaluations that take time")
struct PendingEvaluationTests {
    /// What a session says of its checks once they have been asked.
    private static func records(
        _ checks: [Answering], _ ask: (AskedSession.Work) async -> AskedSession.Work.Outcome
    ) async throws -> [String] {
        try await AskedSession.records(checks, ask).map { "\($0.definition.identifier) \($0.evidence)" }
    }

    /// All arrangements of three ways that do not block.
    private static let arrangements: [[Answering.Way]] = {
        let ways: [Answering.Way] = [.finds, .passes, .fails, .sleeps]
        return ways.flatMap { first in ways.flatMap { second in ways.map { [first, second, $0] } } }
    }()

    @Test(
        "come to the same for a caller that waits, for one that is told, and for one that is watched",
        arguments: arrangements)
    fileprivate func same(ways: [Answering.Way]) async throws {
        let checks = ways.map { Answering(way: $0) }
        let awaited = try await Self.records(checks) { await $0.run() }
        #expect(awaited.count { $0.hasPrefix("answering.found") } == ways.count { $0 == .finds })
        #expect(try await Self.records(checks) { await AskedSession.told($0) } == awaited)
        #expect(try await Self.records(checks) { await AskedSession.told($0, by: Nobody()) } == awaited)
    }

    @Test("leave a check behind that blocks its thread, and ask the next one")
    func blocked() async {
        // In a process of its own, for other tests need the few threads that there are.
        await #expect(processExitsWith: .success) {
            let checks = [Answering(way: .blocks), Answering(way: .finds)]
            let records = try await Self.records(checks) { await AskedSession.told($0) }
            try #require(records.count { $0.hasPrefix("answering.found") } == 1)
        }
    }

    @Test("end at once when nobody waits any more, also from the beginning")
    func cancelled() async throws {
        let checks = [Answering(way: .passes), Answering(way: .finds), Answering(way: .sleeps)]
        let records = try await Self.records(checks) { work in
            let task = Task {
                // Begins when it is cancelled already.
                while !Task.isCancelled { await Task.yield() }
                return await work.run()
            }
            task.cancel()
            return await task.value
        }
        #expect(!records.contains { $0.hasPrefix("answering.found") })
    }
}
