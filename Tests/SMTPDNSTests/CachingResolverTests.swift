import SMTPDNS
import Synchronization
import Testing

@Suite("The resolver that remembers")
struct CachingResolverTests {
    /// A resolver that answers when it is told to.
    private final class SlowResolver: DNSResolver {
        private struct State {
            var asked: [DNSQuestion] = []
            var cancelled = 0
            var isOpen = false
            var continuations: [Int: CheckedContinuation<Void, Never>] = [:]
        }

        private let state = Mutex(State())
        private let outcome: @Sendable (DNSQuestion) -> Result<DNSAnswer, DNSFailure>

        init(_ outcome: @escaping @Sendable (DNSQuestion) -> Result<DNSAnswer, DNSFailure>) { self.outcome = outcome }

        var asked: [DNSQuestion] { state.withLock { $0.asked } }
        var cancelled: Int { state.withLock { $0.cancelled } }

        func open() {
            let waiting = state.withLock { state in
                state.isOpen = true
                defer { state.continuations = [:] }
                return Array(state.continuations.values)
            }
            for continuation in waiting { continuation.resume() }
        }

        func answer(_ question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer {
            let number = state.withLock { state in
                state.asked.append(question)
                return state.asked.count
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let goesOn = state.withLock { state in
                        if state.isOpen || Task.isCancelled { return true }
                        state.continuations[number] = continuation
                        return false
                    }
                    if goesOn { continuation.resume() }
                }
            } onCancel: {
                let continuation = state.withLock { state in
                    state.cancelled += 1
                    return state.continuations.removeValue(forKey: number)
                }
                continuation?.resume()
            }
            if Task.isCancelled { throw .cancelled }
            return try outcome(question).get()
        }
    }

    private final class Time: Sendable {
        private let seconds = Mutex(0)
        var now: Duration { .seconds(seconds.withLock { $0 }) }
        func pass(_ more: Int) { seconds.withLock { $0 += more } }
    }

    private func question(_ name: String) throws -> DNSQuestion { DNSQuestion(try DNSName(name), .txt) }

    private static func text(_ question: DNSQuestion, octets: Int = 1) -> Result<DNSAnswer, DNSFailure> {
        .success(DNSAnswer(.records([.txt([[UInt8](repeating: 0x61, count: octets)])]), canonicalName: question.name))
    }

    @Test("asks once for what many want to know at the same time, and afterwards")
    func sharing() async throws {
        let base = SlowResolver { Self.text($0) }
        let resolver = CachingResolver(base)
        let question = try question("a.example")
        try await withThrowingTaskGroup { group in
            for _ in 0..<100 { group.addTask { try await resolver.answer(question) } }
            while base.asked.isEmpty { await Task.yield() }
            base.open()
            for try await answer in group { #expect(answer.records.count == 1) }
        }
        _ = try await resolver.answer(question)
        #expect(base.asked == [question])
    }

    @Test("remembers answers for 300 seconds, and failures for 10")
    func lifetimes() async throws {
        let time = Time()
        let base = SlowResolver { $0.name.labels.count == 2 ? Self.text($0) : .failure(.timeout) }
        base.open()
        let resolver = CachingResolver(base) { time.now }
        let (right, wrong) = (try question("a.example"), try question("b.a.example"))
        for (pause, asked) in [(0, 2), (9, 2), (1, 3), (289, 4), (1, 5)] {
            time.pass(pause)
            _ = try await resolver.answer(right)
            await #expect(throws: DNSFailure.timeout) { try await resolver.answer(wrong) }
            #expect(base.asked.count == asked, "after \(time.now)")
        }
    }

    @Test("cancels a question when the last one who waited is gone, and not before")
    func cancellation() async throws {
        let base = SlowResolver { Self.text($0) }
        let resolver = CachingResolver(base)
        let question = try question("a.example")
        let tasks = (0..<2).map { _ in Task { try await resolver.answer(question) } }
        while base.asked.isEmpty { await Task.yield() }
        tasks[0].cancel()
        await #expect(throws: DNSFailure.cancelled) { try await tasks[0].value }
        #expect(base.cancelled == 0)
        tasks[1].cancel()
        await #expect(throws: DNSFailure.cancelled) { try await tasks[1].value }
        while base.cancelled == 0 { await Task.yield() }
        // Whoever comes later is not told of it.
        base.open()
        #expect(try await resolver.answer(question).records.count == 1)
        let late = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await resolver.answer(self.question("other.example"))
        }
        late.cancel()
        await #expect(throws: DNSFailure.cancelled) { try await late.value }
    }

    @Test("forgets what is oldest when its memory is full")
    func memory() async throws {
        let base = SlowResolver { Self.text($0, octets: 10_000) }
        base.open()
        var limits = CachingResolver<SlowResolver>.Limits()
        limits.octets = 200_000
        let resolver = CachingResolver(base, limits: limits)
        for number in 0..<100 { _ = try await resolver.answer(question("a\(number).example")) }
        _ = try await resolver.answer(question("a99.example"))
        #expect(base.asked.count == 100)
        _ = try await resolver.answer(question("a0.example"))
        #expect(base.asked.count == 101)
        // An answer that is too large is given, and not kept.
        limits.octets = 1_000
        let small = CachingResolver(base, limits: limits)
        for _ in 0..<2 { #expect(try await small.answer(question("a.example")).records.count == 1) }
        #expect(base.asked.count == 103)
    }
}
