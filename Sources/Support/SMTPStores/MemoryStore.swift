public import SMTPSecurity
import Synchronization

/// Remembers rates, senders and failures in memory, for a server that is one process.
///
/// It answers at once, from a table in 64 parts with a lock each. Memory is bounded by ``Limits``, and nothing is ever scanned as a whole:
/// an entry that has expired is overwritten when its place is wanted.
///
/// **Who gives way.** A new key has sixteen places, chosen by a secret. Only once a table has its full size and all sixteen have entries that
/// still mean something (one key in a thousand when the table is two thirds full, one in ten when it is nearly), one of the sixteen is
/// forgotten:
///
/// 1. if any of the sixteen belongs to a network that has more than a thirty-second part of the table: one of a network that has at least
///    half as many as the one with most. Entries belong to the client that caused them, by its /24 or /64, so whoever
///    floods a table from one network pushes out his own;
/// 2. of these the one that means least: of rates, the one with the smallest part of its allowance used; of senders, one that never passed;
///    of failures, one without a penalty and with the fewest;
/// 3. of these the one that expires first.
///
/// So an offender is not forgotten by causing other entries: those mean less than his own. He would have to use as much of as many other
/// allowances as there are entries around his. Nor can anybody choose who stands beside whom, because the secret decides.
///
/// A class because its identity is the point: all sessions of a server count in the same one.
public final class MemoryStore: Sendable {
    /// How much is remembered.
    public struct Limits: Sendable, Hashable {
        /// Entries of each of the three kinds: rates, senders, failures; 512 at least.
        public var entries = 1_000_000
        /// Octets of memory for all three together.
        public var octets = 201_326_592

        /// The defaults: a million entries of each kind, 192 MiB.
        public init() {}
    }

    /// How much there is.
    public struct Usage: Sendable, Hashable {
        /// Entries that still mean something.
        public var entries = 0
        /// Octets of memory for all tables.
        public var octets = 0
        /// Entries that had to give way since the start.
        public var evictions: UInt64 = 0
    }

    /// The limits.
    public let limits: Limits
    let hash: SipHash
    let rates: MemoryTable<RateValue>
    let sightings: MemoryTable<SightingValue>
    let tallies: MemoryTable<TallyValue>
    /// One attempt at a time for the senders of a network, so that what one attempt changes in several places the next one sees.
    let turns: [64 of Mutex<Void>]

    /// An empty store.
    public convenience init(limits: Limits = Limits()) {
        self.init(limits: limits, hash: .withRandomKey())
    }

    init(limits: Limits, hash: SipHash) {
        self.limits = limits
        self.hash = hash
        func most<Value: MemoryValue>(_ type: Value.Type) -> Int {
            min(limits.entries, limits.octets / 3 / MemoryShard<Value>.octetsPerEntry)
        }
        rates = MemoryTable(mostEntries: most(RateValue.self))
        sightings = MemoryTable(mostEntries: most(SightingValue.self))
        tallies = MemoryTable(mostEntries: most(TallyValue.self))
        turns = InlineArray { _ in Mutex(()) }
    }

    /// How much there is. Looks at every entry: for reports, not for each session.
    public func usage(at now: Timestamp) -> Usage {
        let now = now.microseconds
        var usage = Usage()
        func count<Value: MemoryValue>(_ table: MemoryTable<Value>) {
            for index in 0..<MemoryTable<Value>.shardCount {
                let shard = table.shard(index)
                for _ in shard.liveEntries(at: now) { usage.entries += 1 }
                usage.octets += shard.octets
                usage.evictions += shard.evictions
            }
        }
        count(rates)
        count(sightings)
        count(tallies)
        return usage
    }

    /// The fingerprint of a key.
    func fingerprint(_ key: StoreKey) -> Fingerprint { fingerprint(key.octets.span) }

    /// The fingerprint of a key's octets.
    func fingerprint(_ key: Span<UInt8>) -> Fingerprint {
        let fingerprint = hash(key)
        return fingerprint == 0 ? 1 : fingerprint
    }

    /// A hash of the network that an address counts for: its /24 or /64.
    func owner(_ client: IPAddress) -> UInt64 {
        switch client.canonical {
        case .v4(let value): mix(UInt64(value >> 8))
        case .v6(let high, _): mix(high ^ 1 << 63)
        }
    }

    private func mix(_ network: UInt64) -> UInt64 {
        var state = SipState(hash.key)
        state.take(network)
        return state.finish()
    }
}

extension Timestamp {
    /// Whole microseconds since 1970.
    var microseconds: Int64 { nanoseconds / 1_000 }
}

extension Duration {
    var wholeMicroseconds: Int64 { wholeNanoseconds / 1_000 }
}
