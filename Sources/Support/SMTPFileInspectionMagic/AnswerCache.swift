#if Magic
import Synchronization

/// Answers that were given before, by the octets that they were given for.
///
/// A class because its identity is the point: all copies of a detector share it.
final class AnswerCache: Sendable {
    /// Octets, by a hash whose key no sender knows: two of them, since 64 bits alone could meet by chance.
    private struct Key: Hashable, Sendable {
        let first: Int
        let second: Int
    }

    private struct Answer: Sendable {
        let type: String?
    }

    private struct State: Sendable {
        var recent: [Key: Answer] = [:]
        /// Those from before `recent` was full the last time. What is asked for again moves on.
        var older: [Key: Answer] = [:]
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(_ capacity: Int) { self.capacity = max(0, capacity) }

    /// How many there are: up to twice the capacity.
    var count: Int { state.withLock { $0.recent.count + $0.older.count } }

    /// The answer for octets, which is asked for if it is not known.
    func answer(for octets: Span<UInt8>, _ ask: (Span<UInt8>) -> String?) -> String? {
        guard capacity > 0 else { return ask(octets) }
        let key = octets.withUnsafeBytes { Key(first: Self.hash($0, 1), second: Self.hash($0, 2)) }
        if let known = state.withLock({ Self.find(key, in: &$0, capacity) }) { return known.type }
        let answer = Answer(type: ask(octets))
        state.withLock { Self.note(answer, key, in: &$0, capacity) }
        return answer.type
    }

    private static func hash(_ octets: UnsafeRawBufferPointer, _ number: UInt8) -> Int {
        var hasher = Hasher()
        hasher.combine(number)
        hasher.combine(octets.count)
        hasher.combine(bytes: octets)
        return hasher.finalize()
    }

    private static func find(_ key: Key, in state: inout State, _ capacity: Int) -> Answer? {
        if let answer = state.recent[key] { return answer }
        guard let answer = state.older.removeValue(forKey: key) else { return nil }
        note(answer, key, in: &state, capacity)
        return answer
    }

    private static func note(_ answer: Answer, _ key: Key, in state: inout State, _ capacity: Int) {
        if state.recent.count >= capacity {
            state.older = state.recent
            state.recent.removeAll()
        }
        state.recent[key] = answer
    }
}
#endif
