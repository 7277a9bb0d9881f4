import Crypto
import SMTPSecurity
import Synchronization

/// What was found in samples before, so that the same attachment of a thousand messages is scanned once.
///
/// Clean and infected samples are remembered, never what could not be scanned. A class because its identity is the point: all copies of a check
/// share it.
final class VerdictCache: Sendable {
    /// A sample: its octets, and what a scanner may go by beside them.
    struct Key: Hashable, Sendable {
        /// The octets of a hash, as numbers: they are compared and hashed in no time.
        private let words: SIMD4<UInt64>

        init(_ sample: ScanSample) {
            // How many octets the content has tells it from what follows.
            var more = (0..<8).map { UInt8(truncatingIfNeeded: sample.octets.count >> ($0 * 8)) }
            more += sample.mediaType.utf8
            more.append(0)
            if let name = sample.name { more += name.utf8 }
            var hash = SHA256()
            hash.update(data: sample.octets)
            hash.update(data: more)
            var words = SIMD4<UInt64>()
            for (index, octet) in hash.finalize().enumerated() {
                words[index / 8] = words[index / 8] << 8 | UInt64(octet)
            }
            self.words = words
        }
    }

    private struct Entry: Sendable {
        let verdict: ScanVerdict
        let expiry: Timestamp?
    }

    private struct State: Sendable {
        var version: String?
        var entries: [Key: Entry] = [:]
        /// In the order in which they came; a ring once it is full.
        var keys: [Key] = []
        var oldest = 0

        /// Forgets everything if there are other signatures.
        mutating func turn(to version: String?) {
            guard self.version != version else { return }
            self = State()
            self.version = version
        }
    }

    /// The most that are remembered.
    let capacity: Int
    private let state = Mutex(State())

    init(_ capacity: Int) { self.capacity = max(0, capacity) }

    /// Whether anything is remembered at all.
    var isUsed: Bool { capacity > 0 }

    /// How many there are.
    var count: Int { state.withLock { $0.entries.count } }

    func verdict(for key: Key, version: String?, at now: Timestamp) -> ScanVerdict? {
        state.withLock { state in
            state.turn(to: version)
            guard let entry = state.entries[key] else { return nil }
            if let expiry = entry.expiry, expiry <= now { return nil }
            return entry.verdict
        }
    }

    /// Remembers a verdict.
    ///
    /// - Parameters:
    ///   - version: what the scanner's version was before the scan.
    ///   - expiry: until when it counts; `nil` for as long as the version is the same.
    func note(_ verdict: ScanVerdict, for key: Key, version: String?, until expiry: Timestamp?) {
        guard isUsed else { return }
        if case .unscanned = verdict { return }
        state.withLock { state in
            // The signatures have changed meanwhile.
            guard state.version == version else { return }
            guard state.entries.updateValue(Entry(verdict: verdict, expiry: expiry), forKey: key) == nil else { return }
            if state.keys.count < capacity {
                state.keys.append(key)
            } else {
                state.entries[state.keys[state.oldest]] = nil
                state.keys[state.oldest] = key
                state.oldest = (state.oldest + 1) % capacity
            }
        }
    }
}
