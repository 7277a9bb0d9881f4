/// A part of a table: buckets of eight entries, each key at home in two of them.
///
/// A word of eight tags, one octet each, says for every bucket which entries might have a key, so that a look-up reads one or two words and,
/// nearly always, one entry. A key that is new goes where more room is. When both of its buckets are full of entries that still
/// mean something, the shard doubles, up to its limit; at the limit an entry has to give way, see ``MemoryStore``.
struct MemoryShard<Value: MemoryValue>: Sendable {
    struct Entry: Sendable, BitwiseCopyable {
        var fingerprint: Fingerprint
        /// Which of the counts of ``owners`` it is in.
        var owner: UInt32
        var value: Value
    }

    /// Entries in a bucket.
    static var width: Int { 8 }
    /// How many counts of owners a shard keeps. Owners that share one are taken for one.
    static var ownerCounts: Int { 1_024 }
    /// Octets that one entry takes, with its tag.
    static var octetsPerEntry: Int { MemoryLayout<Entry>.stride + 1 }

    private(set) var entries: [Entry] = []
    /// For each bucket: an octet of 0 for an empty place, otherwise bits of the fingerprint.
    private(set) var tags: [UInt64]
    /// How many entries each owner has.
    private var owners: [UInt32]
    private let mostBuckets: Int
    private(set) var evictions: UInt64 = 0

    /// An empty shard.
    ///
    /// - Parameter mostEntries: its limit; rounded down to whole buckets, one at least.
    init(mostEntries: Int) {
        mostBuckets = max(1, mostEntries / Self.width)
        tags = [0]
        owners = Array(repeating: 0, count: Self.ownerCounts)
        entries = Self.empty(buckets: 1)
    }

    /// Octets in use.
    var octets: Int { tags.count * Self.width * Self.octetsPerEntry + Self.ownerCounts * 4 }

    // MARK: Look-up

    /// Where a key stands; -1 if it does not.
    func find(_ key: Fingerprint) -> Int {
        let tag = Self.tag(key)
        let first = Self.bucket(key.low, tags.count)
        let found = find(key, tag, in: first)
        if found >= 0 { return found }
        return find(key, tag, in: Self.bucket(key.high, tags.count))
    }

    private func find(_ key: Fingerprint, _ tag: UInt64, in bucket: Int) -> Int {
        var candidates = Self.zeroOctets(tags[bucket] ^ (tag &* 0x0101_0101_0101_0101))
        while candidates != 0 {
            let place = bucket &* Self.width &+ candidates.trailingZeroBitCount &>> 3
            if entries[place].fingerprint == key { return place }
            candidates &= candidates &- 1
        }
        return -1
    }

    /// The value at a place that ``find(_:)`` gave.
    subscript(_ place: Int) -> Value {
        get { entries[place].value }
        set { entries[place].value = newValue }
    }

    // MARK: Insertion

    /// Adds a key that is not there.
    ///
    /// - Parameters:
    ///   - owner: a hash of whose account it goes on.
    ///   - now: microseconds since 1970.
    mutating func insert(_ key: Fingerprint, _ value: Value, owner: UInt64, at now: Int64) {
        let entry = Entry(
            fingerprint: key, owner: UInt32(truncatingIfNeeded: owner) & UInt32(Self.ownerCounts - 1), value: value)
        while true {
            if let place = freePlace(for: key) ?? expiredPlace(for: key, at: now) { return put(entry, at: place) }
            guard tags.count < mostBuckets else { break }
            grow(at: now)
        }
        evictions &+= 1
        put(entry, at: victim(for: key, at: now))
    }

    private mutating func put(_ entry: Entry, at place: Int) {
        let bucket = place / Self.width
        let shift = UInt64(8 * (place % Self.width))
        if tags[bucket] &>> shift & 0xFF != 0 { owners[Int(entries[place].owner)] &-= 1 }
        tags[bucket] = tags[bucket] & ~(0xFF &<< shift) | Self.tag(entry.fingerprint) &<< shift
        owners[Int(entry.owner)] &+= 1
        entries[place] = entry
    }

    /// A place in the emptier of a key's buckets.
    private func freePlace(for key: Fingerprint) -> Int? {
        let first = Self.bucket(key.low, tags.count)
        let second = Self.bucket(key.high, tags.count)
        let firstFree = Self.zeroOctets(tags[first])
        let secondFree = Self.zeroOctets(tags[second])
        guard firstFree | secondFree != 0 else { return nil }
        let isFirst = firstFree.nonzeroBitCount >= secondFree.nonzeroBitCount
        let free = isFirst ? firstFree : secondFree
        return (isFirst ? first : second) * Self.width + free.trailingZeroBitCount >> 3
    }

    private func expiredPlace(for key: Fingerprint, at now: Int64) -> Int? {
        var best: Int?
        forEachPlace(of: key) { place in
            let expires = entries[place].value.expires
            if expires <= now, best.map({ expires < entries[$0].value.expires }) ?? true { best = place }
        }
        return best
    }

    /// The entry that gives way: of an owner that has many, the one that means least, and of those the one that expires first.
    private func victim(for key: Fingerprint, at now: Int64) -> Int {
        var most: UInt32 = 0
        forEachPlace(of: key) { most = max(most, owners[Int(entries[$0].owner)]) }
        // Nobody has many by chance: owners that share a count have a few together.
        let fair = max(8, UInt32(truncatingIfNeeded: entries.count / 32))
        let limit = most > fair ? most - most / 2 : 0
        var victim = Self.bucket(key.low, tags.count) * Self.width
        var least = (weight: Int.max, expires: Int64.max)
        forEachPlace(of: key) { place in
            let entry = entries[place]
            guard owners[Int(entry.owner)] >= limit else { return }
            let standing = (weight: entry.value.weight(at: now), expires: entry.value.expires)
            if standing < least {
                least = standing
                victim = place
            }
        }
        return victim
    }

    private func forEachPlace(of key: Fingerprint, _ body: (Int) -> Void) {
        for bucket in [Self.bucket(key.low, tags.count), Self.bucket(key.high, tags.count)] {
            for place in bucket * Self.width..<(bucket + 1) * Self.width { body(place) }
        }
    }

    /// Doubles the shard, or takes it to its limit. What has expired stays behind.
    private mutating func grow(at now: Int64) {
        let old = (entries: entries, tags: tags)
        let count = min(tags.count * 2, mostBuckets)
        tags = Array(repeating: 0, count: count)
        entries = Self.empty(buckets: count)
        owners = Array(repeating: 0, count: Self.ownerCounts)
        for (place, entry) in old.entries.enumerated()
        where old.tags[place / Self.width] >> UInt64(8 * (place % Self.width)) & 0xFF != 0
            && entry.value.expires > now
        {
            put(entry, at: freePlace(for: entry.fingerprint) ?? victim(for: entry.fingerprint, at: now))
        }
    }

    // MARK: Contents

    /// Every entry that still means something.
    func liveEntries(at now: Int64) -> some Sequence<Entry> {
        entries.indices.lazy
            .filter { tags[$0 / Self.width] >> UInt64(8 * ($0 % Self.width)) & 0xFF != 0 }
            .map { entries[$0] }
            .filter { $0.value.expires > now }
    }

    // MARK: Bits

    private static func empty(buckets: Int) -> [Entry] {
        guard let value = Value(words: ArraySlice(repeating: 0, count: Value.wordCount)) else { return [] }
        return Array(
            repeating: Entry(fingerprint: Fingerprint(high: 0, low: 0), owner: 0, value: value),
            count: buckets * width)
    }

    /// Never 0. Its bits are in neither of the numbers that choose buckets or shards.
    @inline(__always)
    private static func tag(_ key: Fingerprint) -> UInt64 { (key.low & 0x7F) | 0x80 }

    /// One of `count` buckets, by the upper half of a number.
    @inline(__always)
    private static func bucket(_ number: UInt64, _ count: Int) -> Int {
        Int(truncatingIfNeeded: ((number &>> 32) &* UInt64(truncatingIfNeeded: count)) &>> 32)
    }

    /// The highest bit of every octet that is zero.
    @inline(__always)
    private static func zeroOctets(_ word: UInt64) -> UInt64 {
        // Exact: no borrow passes from one octet to the next.
        ~(((word & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F) | word | 0x7F7F_7F7F_7F7F_7F7F)
    }
}
