import Synchronization

/// Asks another resolver once for what several checks, or several sessions, want to know.
///
/// ```swift
/// let resolver = CachingResolver(try UnboundResolver())
/// ```
///
/// Whoever asks while the same question is on its way waits for its answer. Answers are remembered, without regard to how long their records may
/// be kept: what a session was told stays true while it lasts, and no check of it asks anew. A question that nobody waits for any more is
/// cancelled.
///
/// A class because its identity is the point: those who share it share what it knows.
public final class CachingResolver<Base: DNSResolver>: DNSResolver {
    /// How long answers and failures are remembered, and how much memory they may take.
    public struct Limits: Sendable, Hashable {
        /// How long an answer is remembered.
        public var answers = Duration.seconds(300)
        /// How long a failure is.
        public var failures = Duration.seconds(10)
        /// The memory that answers take, in octets, about.
        public var octets = 32 << 20

        /// 300 and 10 seconds, 32 MiB.
        public init() {}
    }

    fileprivate typealias Outcome = Result<DNSAnswer, DNSFailure>

    fileprivate struct Known {
        var outcome: Outcome
        var until: Duration
    }

    fileprivate struct Inquiry {
        var task: Task<Void, Never>?
        var waiters: [UInt64: CheckedContinuation<Outcome, Never>] = [:]
    }

    fileprivate struct State {
        /// What was learned lately, and what was before; the older half goes when the younger one is full.
        var young: [DNSQuestion: Known] = [:]
        var old: [DNSQuestion: Known] = [:]
        var youngOctets = 0
        var inquiries: [DNSQuestion: Inquiry] = [:]
        var lastNumber: UInt64 = 0
        /// Who was cancelled before it waited.
        var cancelled: Set<UInt64> = []
    }

    private let base: Base
    private let limits: Limits
    private let now: @Sendable () -> Duration
    private let state = Mutex(State())

    /// A resolver that knows nothing yet.
    ///
    /// - Parameters:
    ///   - base: who is asked.
    ///   - limits: how long it remembers how much.
    public convenience init(_ base: Base, limits: Limits = Limits()) {
        let start = ContinuousClock.now
        self.init(base, limits: limits) { ContinuousClock.now - start }
    }

    /// A resolver with a clock of the caller's.
    ///
    /// - Parameters:
    ///   - base: who is asked.
    ///   - limits: how long it remembers how much.
    ///   - now: the time since some moment.
    public init(_ base: Base, limits: Limits = Limits(), now: @escaping @Sendable () -> Duration) {
        self.base = base
        self.limits = limits
        self.now = now
    }

    /// Answers a question from memory, or by asking.
    public func answer(_ question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer {
        let time = now()
        let (known, number) = state.withLock { state -> (Outcome?, UInt64) in
            if let known = state.recall(question, at: time) { return (known, 0) }
            state.lastNumber += 1
            return (nil, state.lastNumber)
        }
        if let known { return try known.get() }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { wait(for: question, number, $0) }
        } onCancel: {
            cancel(question, number)
        }
        if Task.isCancelled { state.withLock { _ = $0.cancelled.remove(number) } }
        return try outcome.get()
    }

    // MARK: Waiting

    private func wait(
        for question: DNSQuestion, _ number: UInt64, _ continuation: CheckedContinuation<Outcome, Never>
    ) {
        let time = now()
        let early = state.withLock { state -> Outcome? in
            if state.cancelled.remove(number) != nil { return .failure(.cancelled) }
            // It may have come in meanwhile.
            if let known = state.recall(question, at: time) { return known }
            if state.inquiries[question] == nil {
                let task = Task { await self.ask(question) }
                state.inquiries[question] = Inquiry(task: task)
            }
            state.inquiries[question]?.waiters[number] = continuation
            return nil
        }
        if let early { continuation.resume(returning: early) }
    }

    private func cancel(_ question: DNSQuestion, _ number: UInt64) {
        let continuation = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            guard let waiter = state.inquiries[question]?.waiters.removeValue(forKey: number) else {
                state.cancelled.insert(number)
                return nil
            }
            if state.inquiries[question]?.waiters.isEmpty == true {
                state.inquiries.removeValue(forKey: question)?.task?.cancel()
            }
            return waiter
        }
        continuation?.resume(returning: .failure(.cancelled))
    }

    private func ask(_ question: DNSQuestion) async {
        let outcome: Outcome
        do throws(DNSFailure) {
            outcome = .success(try await base.answer(question))
        } catch {
            outcome = .failure(error)
        }
        // Nobody waits any more; perhaps somebody else has asked anew.
        if Task.isCancelled { return }
        let until = now() + (outcome.isSuccess ? limits.answers : limits.failures)
        let waiters = state.withLock { state in
            state.remember(Known(outcome: outcome, until: until), question, limits.octets / 2)
            return state.inquiries.removeValue(forKey: question)?.waiters.values.map { $0 } ?? []
        }
        for waiter in waiters { waiter.resume(returning: outcome) }
    }
}

extension CachingResolver.State {
    fileprivate mutating func recall(_ question: DNSQuestion, at time: Duration) -> Result<DNSAnswer, DNSFailure>? {
        guard let known = young[question] ?? old[question], known.until > time else { return nil }
        return known.outcome
    }

    fileprivate mutating func remember(
        _ known: CachingResolver.Known, _ question: DNSQuestion, _ limit: Int
    ) {
        let octets = known.outcome.octets + 2 * question.name.wire.count + 256
        if youngOctets + octets > limit {
            old = young
            young = [:]
            youngOctets = 0
        }
        guard octets <= limit else { return }
        if young.updateValue(known, forKey: question) == nil { youngOctets += octets }
    }
}

extension Result<DNSAnswer, DNSFailure> {
    fileprivate var isSuccess: Bool { if case .success = self { true } else { false } }

    /// The memory that an answer takes, about.
    fileprivate var octets: Int {
        guard case .success(let answer) = self else { return 0 }
        return answer.records.reduce(answer.canonicalName.wire.count) { sum, record in
            switch record {
            case .address: sum + 64
            case .cname(let name), .ptr(let name), .mx(_, let name): sum + 96 + name.wire.count
            case .txt(let strings): strings.reduce(sum + 64) { $0 + 48 + $1.count }
            }
        }
    }
}
