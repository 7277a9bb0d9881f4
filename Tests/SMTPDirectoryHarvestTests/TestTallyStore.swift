import SMTPSecurity
import Synchronization

/// The semantics that `TallyStore` documents, in a dictionary.
///
/// A class because its identity is the point: it is shared by the sessions of a test.
final class TestTallyStore: TallyStore {
    /// How it answers.
    enum Manner: Sendable, CaseIterable {
        case now
        case later
    }

    /// What is remembered of a key. Times are milliseconds since 1970.
    fileprivate struct Entry {
        var number: Int64
        var failures: (current: Int64, previous: Int64) = (0, 0)
        var outcomes: (current: Int64, previous: Int64) = (0, 0)
        var end: Int64 = 0

        /// Counts move on with the window.
        mutating func move(to newer: Int64) {
            if newer == number + 1 {
                failures = (0, failures.current)
                outcomes = (0, outcomes.current)
            } else if newer > number {
                failures = (0, 0)
                outcomes = (0, 0)
            }
            number = max(number, newer)
        }
    }

    fileprivate struct State {
        var entries: [StoreKey: Entry] = [:]
        var calls = 0
        var isBroken = false
    }

    private let manner: Manner
    private let state = Mutex(State())

    init(_ manner: Manner) { self.manner = manner }

    /// How often it was asked.
    var calls: Int { state.withLock { $0.calls } }

    /// The keys that it has heard of.
    var keys: Set<String> { state.withLock { Set($0.entries.keys.map(\.description)) } }

    /// From now on it cannot be asked. Only a store that answers later can say so.
    func fail() { state.withLock { $0.isBroken = true } }

    func record(
        isFailure: Bool, of keys: [StoreKey], rule: TallyRule, by client: IPAddress, at now: Timestamp
    ) -> StoreAnswer<TallyDecision> {
        answer {
            $0.record(isFailure, keys, rule, now.milliseconds)
        }
    }

    func penalty(of keys: [StoreKey], at now: Timestamp) -> StoreAnswer<Duration?> {
        answer { state in
            let end = keys.compactMap { state.entries[$0]?.end }.max() ?? 0
            return end > now.milliseconds ? .milliseconds(end - now.milliseconds) : nil
        }
    }

    private func answer<Value: Sendable>(_ work: @escaping @Sendable (inout State) -> Value) -> StoreAnswer<Value> {
        switch manner {
        case .now:
            return .now(
                state.withLock {
                    $0.calls += 1
                    return work(&$0)
                })
        case .later:
            return .later { () async throws(CheckFailure) -> Value in
                await Task.yield()
                let value: Value? = self.state.withLock {
                    $0.calls += 1
                    return $0.isBroken ? nil : work(&$0)
                }
                guard let value else { throw CheckFailure("the store is gone") }
                return value
            }
        }
    }
}

extension TestTallyStore.State {
    fileprivate mutating func record(
        _ isFailure: Bool, _ keys: [StoreKey], _ rule: TallyRule, _ now: Int64
    ) -> TallyDecision {
        let window = rule.window.wholeNanoseconds / 1_000_000
        let penalty = rule.penalty.wholeNanoseconds / 1_000_000
        var exceeded: Int?
        var remaining: Int64 = 0
        for (position, key) in keys.enumerated() {
            var entry = entries[key] ?? TestTallyStore.Entry(number: now / window)
            guard now >= entry.end else {
                remaining = max(remaining, entry.end - now)
                continue
            }
            entry.move(to: now / window)
            entry.outcomes.current += 1
            if isFailure { entry.failures.current += 1 }
            let part = min(max(now - entry.number * window, 0), window)
            let failures = entry.failures.current * window + entry.failures.previous * (window - part)
            let outcomes = entry.outcomes.current * window + entry.outcomes.previous * (window - part)
            let isOverShare =
                outcomes >= Int64(rule.shareMinimum) * window && failures * 100 >= Int64(rule.sharePercent) * outcomes
            if isFailure, failures >= Int64(rule.limit) * window || isOverShare {
                entry = TestTallyStore.Entry(number: entry.number)
                entry.end = now + penalty
                exceeded = exceeded ?? position
            }
            entries[key] = entry
        }
        if let exceeded { return .exceeded(key: exceeded) }
        return remaining > 0 ? .penalized(remaining: .milliseconds(remaining)) : .tolerated
    }
}
