import Dispatch
import SMTPSecurity
import SMTPSecurityTesting
import Synchronization
import Testing

/// A thread that begins its work when a test says so.
private final class HeldThread: TaskExecutor {
    private struct State {
        var isHeld: Bool
        var jobs: [UnownedJob] = []
    }

    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "held")

    init(isHeld: Bool = false) { state = Mutex(State(isHeld: isHeld)) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isHeld = state.withLock { state in
            if state.isHeld { state.jobs.append(job) }
            return state.isHeld
        }
        if !isHeld { run(job) }
    }

    func release() {
        let jobs = state.withLock { state in
            defer { state = State(isHeld: false) }
            return state.jobs
        }
        for job in jobs { run(job) }
    }

    /// Whether the task that asks runs here.
    var isCurrent: Bool {
        unsafe withUnsafeCurrentTask { unsafe $0?.unownedTaskExecutor == asUnownedTaskExecutor() }
    }

    private func run(_ job: UnownedJob) {
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// A clock whose time a test moves, and by which no deadline passes.
private struct MovedClock: Clock {
    private final class Offset: Sendable { let value = Mutex(Swift.Duration.zero) }

    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    private let offset = Offset()

    var now: Instant { Instant(offset: offset.value.withLock { $0 }) }
    var minimumResolution: Instant.Duration { .zero }

    func advance(by duration: Duration) { offset.value.withLock { $0 += duration } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        while true { try await Task.sleep(for: .seconds(3_600)) }
    }
}

/// Finds out where it runs, and how long it has waited for that.
private struct Running: SecurityCheck {
    static let name = "running"
    static let stages: StageSet = .connection
    static let found = ViolationDefinition(
        check: name, name: "found", summary: "Found.", enforcement: .alarmOnly, reply: Reply(550, "Found"))
    static let violations = [found]

    let label: String
    let thread: HeldThread?
    var deadline = Duration.seconds(3_600)
    var executor: (any TaskExecutor)? { thread }

    func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout NoState) -> Evaluation<NoState> {
        .later { [label, thread] context throws(CheckFailure) in
            let isOnPool = unsafe withUnsafeCurrentTask { unsafe $0?.unownedTaskExecutor == nil }
            let isHome = thread?.isCurrent ?? isOnPool
            await Task.yield()
            let isStillHome = thread?.isCurrent ?? true
            return .violation(
                Self.found,
                evidence: Evidence("\(label) \(isHome && isStillHome ? "at home" : "elsewhere"), \(context.waited)"))
        }
    }
}

@Suite("Checks with threads of their own")
struct CheckExecutorTests {
    /// What is found by checks once they have been asked.
    private static func evidence(
        _ checks: [any SecurityCheck], _ ask: (AskedSession.Work) async -> AskedSession.Work.Outcome
    ) async throws -> [String] { try await AskedSession.records(checks, ask).map { "\($0.evidence)" } }

    /// All arrangements of two executors, and none.
    private static let arrangements: [[Int]] = {
        (0..<3).flatMap { first in (0..<3).flatMap { second in (0..<3).map { [first, second, $0] } } }
    }()

    @Test("run there and nowhere else, in their order", arguments: arrangements)
    func home(_ arrangement: [Int]) async throws {
        let threads = [nil, HeldThread(), HeldThread()]
        let checks = arrangement.enumerated().map { Running(label: "\($0.offset)", thread: threads[$0.element]) }
        let expected = checks.indices.map { "\($0) at home, 0.0 seconds" }
        #expect(try await Self.evidence(checks) { await AskedSession.told($0, clock: PatientClock()) } == expected)
        #expect(try await Self.evidence(checks) { await $0.run(clock: PatientClock()) } == expected)
    }

    @Test("are left behind when no thread is free within their deadline, and the next one is asked")
    func busy() async throws {
        let busy = HeldThread(isHeld: true)
        let checks = [
            Running(label: "busy", thread: busy, deadline: .nanoseconds(1)),
            Running(label: "next", thread: HeldThread()),
        ]
        let evidence = try await Self.evidence(checks) { await AskedSession.told($0) }
        #expect(evidence.contains { $0.hasPrefix("next at home") })
        #expect(!evidence.contains { $0.hasPrefix("busy") })
        // The thread becomes free, and nobody wants to know any more.
        busy.release()
    }

    /// Something large that a check needs; tells when it is gone.
    private final class Load: Sendable {
        let isGone: Flag
        init(_ isGone: Flag) { self.isGone = isGone }
        deinit { isGone.set() }
    }

    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }

    /// Holds something until it has been asked.
    private struct Holding: SecurityCheck {
        static let name = "holding"
        static let stages: StageSet = .connection
        static let violations: [ViolationDefinition] = []

        let thread: HeldThread
        let isGone: Flag
        let deadline = Duration.nanoseconds(1)
        var executor: (any TaskExecutor)? { thread }

        func evaluate(
            _ event: SessionEvent, in session: SessionContext, state: inout NoState
        ) -> Evaluation<NoState> {
            let load = Load(isGone)
            return .later { _ throws(CheckFailure) in withExtendedLifetime(load) { .pass } }
        }
    }

    @Test("hold nothing any more once they are left behind, though no thread is free yet")
    func nothingHeld() async throws {
        let isGone = Flag()
        let thread = HeldThread(isHeld: true)
        _ = try await Self.evidence([Holding(thread: thread, isGone: isGone)]) { work in
            #expect(!isGone.isSet)
            return await AskedSession.told(work)
        }
        // The deadline's own task may still be on its way out.
        while !isGone.isSet { await Task.yield() }
        thread.release()
    }

    @Test("know how long they have waited for a thread")
    func waited() async throws {
        let clock = MovedClock()
        let thread = HeldThread(isHeld: true)
        let checks = [Running(label: "first", thread: thread), Running(label: "second", thread: thread)]
        let evidence = try await Self.evidence(checks) { work in
            await withCheckedContinuation { continuation in
                work.start(clock: clock) { continuation.resume(returning: $0) }
                clock.advance(by: .seconds(7))
                thread.release()
            }
        }
        #expect(evidence == ["first at home, 7.0 seconds", "second at home, 0.0 seconds"])
    }
}
