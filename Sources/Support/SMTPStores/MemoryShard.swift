/// What a table in memory remembers of a key.
package struct MemoryEntry<Value: MemoryValue>: Sendable, BitwiseCopyable {
    /// 0 for an empty place.
    package var fingerprint: Fingerprint = 0
    /// Which of the counts of owners it is in.
    package var owner: UInt32 = 0
    /// A number that no other entry of the table has; whatever takes an entry's place takes its number. Never 0.
    package var row: UInt32 = 0
    package var value = Value.empty

    package init(fingerprint: Fingerprint = 0, owner: UInt32 = 0, row: UInt32 = 0, value: Value = .empty) {
        self.fingerprint = fingerprint
        self.owner = owner
        self.row = row
        self.value = value
    }
}

/// A part of a table: buckets of eight entries, each key at home in two of them.
///
/// What memory far away costs is waiting, so a look-up waits for it once, mostly: an entry has its key's fingerprint beside its value, and a
/// key stands in the first place that was empty, from one on that its fingerprint says. A key that is new goes to its first bucket while
/// that has two empty places, then to the emptier one. When both are full of entries that still mean something, the shard doubles, up to
/// its limit; at the limit an entry has to give way, see ``MemoryStore``. Nothing is ever taken out, so no key stands behind an empty place.
struct MemoryShard<Value: MemoryValue>: Sendable {
    typealias Entry = MemoryEntry<Value>

    /// Entries in a bucket.
    static var width: Int { 8 }
    /// How many counts of owners a shard keeps. Owners that share one are taken for one.
    static var ownerCounts: Int { 1_024 }
    /// Octets that one entry takes.
    static var octetsPerEntry: Int { MemoryLayout<Entry>.stride }

    private(set) var entries: [Entry]
    /// How many entries each owner has.
    private var owners: [UInt32]
    private var bucketCount: Int { entries.count / Self.width }
    private let mostBuckets: Int
    private let rows: RowNumbers
    private var nextRow: UInt32
    /// Numbers that entries had that did not come along when the shard grew. They are given again before any new ones: a file with a row for
    /// each number has no more rows than the shard has places.
    private var unusedRows: [UInt32] = []
    private(set) var evictions: UInt64 = 0

    /// Which numbers a shard gives to its entries.
    struct RowNumbers: Sendable {
        /// The first one; at least 1.
        var first: UInt32 = 1
        /// The distance to the next.
        var step: UInt32 = 1
    }

    /// An empty shard.
    ///
    /// - Parameter mostEntries: its limit; rounded down to whole buckets, one at least.
    init(mostEntries: Int, rows: RowNumbers = RowNumbers()) {
        mostBuckets = max(1, mostEntries / Self.width)
        self.rows = rows
        nextRow = rows.first
        owners = Array(repeating: 0, count: Self.ownerCounts)
        entries = Array(repeating: Entry(), count: Self.width)
    }

    /// Octets in use.
    var octets: Int { entries.count * Self.octetsPerEntry + (Self.ownerCounts + unusedRows.capacity) * 4 }

    // MARK: Look-up

    /// Where a key stands; -1 if it does not.
    @inline(__always)
    func find(_ key: Fingerprint) -> Int {
        let found = find(key, from: Self.firstBucket(key, bucketCount) &* Self.width)
        if found >= 0 { return found }
        return find(key, from: Self.secondBucket(key, bucketCount) &* Self.width)
    }

    @inline(__always)
    private func find(_ key: Fingerprint, from start: Int) -> Int {
        let entries = entries.span
        precondition(start >= 0 && start &+ Self.width <= entries.count)
        for step in 0..<Self.width {
            let place = start &+ Self.turn(key, step)
            // Proof: the precondition covers all places of the bucket.
            let fingerprint = unsafe entries[unchecked: place].fingerprint
            if fingerprint == key { return place }
            if fingerprint == 0 { return -1 }
        }
        return -1
    }

    /// Which place of a bucket is the one that a key takes after so many others.
    @inline(__always)
    private static func turn(_ key: Fingerprint, _ step: Int) -> Int {
        (Int(truncatingIfNeeded: key) &+ step) & (width - 1)
    }

    /// What is known of a key; `nil` for nothing.
    func entry(_ key: Fingerprint) -> Entry? {
        let place = find(key)
        return place >= 0 ? entries[place] : nil
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
        var entry = Entry(
            fingerprint: key, owner: UInt32(truncatingIfNeeded: owner) & UInt32(Self.ownerCounts - 1), value: value)
        while true {
            if let place = freePlace(for: key) {
                entry.row = unusedRows.popLast() ?? newRow()
                return put(entry, at: place)
            }
            if let place = expiredPlace(for: key, at: now) { return put(entry, at: place) }
            guard bucketCount < mostBuckets else { break }
            grow(at: now)
        }
        evictions &+= 1
        put(entry, at: victim(for: key, at: now))
    }

    private mutating func newRow() -> UInt32 {
        defer { nextRow &+= rows.step }
        return nextRow
    }

    /// Gives no number that is not greater than this one.
    mutating func reserve(rows last: UInt32) {
        let steps = last < nextRow ? 0 : (last &- nextRow) / rows.step &+ 1
        nextRow &+= steps &* rows.step
    }

    /// Adds an entry of an earlier process under its number.
    ///
    /// - Returns: the numbers that are no longer in use, if something had to give way. They are not given again.
    mutating func restore(_ entry: Entry, at now: Int64) -> [UInt32] {
        let known = find(entry.fingerprint)
        if known >= 0 {
            // A process that ended in the middle can leave two: the one that lasts longer is the newer one.
            let old = entries[known]
            guard old.value.expires < entry.value.expires else { return [entry.row] }
            put(entry, at: known, keepsRow: true)
            return [old.row]
        }
        while freePlace(for: entry.fingerprint) == nil, bucketCount < mostBuckets { grow(at: now) }
        let place: Int
        if let free = freePlace(for: entry.fingerprint) {
            place = free
        } else {
            place = giveWay(to: entry.fingerprint, at: now)
        }
        put(entry, at: place, keepsRow: true)
        defer { unusedRows = [] }
        return unusedRows
    }

    private mutating func put(_ entry: Entry, at place: Int, keepsRow: Bool = false) {
        let old = entries[place]
        owners[Int(entry.owner)] &+= 1
        entries[place] = entry
        guard old.fingerprint != 0 else { return }
        owners[Int(old.owner)] &-= 1
        if !keepsRow { entries[place].row = old.row }
    }

    /// A place in one of a key's buckets.
    private func freePlace(for key: Fingerprint) -> Int? {
        let first = freePlaces(for: key, inBucket: Self.firstBucket(key, bucketCount))
        if first.count > 1 { return first.place }
        let second = freePlaces(for: key, inBucket: Self.secondBucket(key, bucketCount))
        let best = second.count > first.count ? second : first
        return best.count > 0 ? best.place : nil
    }

    /// How many places are empty, and the first of them.
    private func freePlaces(for key: Fingerprint, inBucket bucket: Int) -> (count: Int, place: Int) {
        var free = (count: 0, place: -1)
        for step in (0..<Self.width).reversed() {
            let place = bucket * Self.width + Self.turn(key, step)
            if entries[place].fingerprint == 0 { free = (free.count + 1, place) }
        }
        return free
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
        var victim = Self.firstBucket(key, bucketCount) * Self.width
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

    /// The place of an entry that gives way to one that has a number already.
    private mutating func giveWay(to key: Fingerprint, at now: Int64) -> Int {
        evictions &+= 1
        let place = victim(for: key, at: now)
        unusedRows.append(entries[place].row)
        return place
    }

    private func forEachPlace(of key: Fingerprint, _ body: (Int) -> Void) {
        for bucket in [Self.firstBucket(key, bucketCount), Self.secondBucket(key, bucketCount)] {
            for place in bucket * Self.width..<(bucket + 1) * Self.width { body(place) }
        }
    }

    /// Doubles the shard, as often as it takes for all to find a place, or takes it to its limit. What has expired stays behind.
    private mutating func grow(at now: Int64) {
        var old = entries.filter { $0.fingerprint != 0 }
        let alive = old.partition { $0.value.expires > now }
        unusedRows.append(contentsOf: old[..<alive].map(\.row))
        old.removeSubrange(..<alive)
        repeat {
            entries = Array(repeating: Entry(), count: min(bucketCount * 2, mostBuckets) * Self.width)
            owners = Array(repeating: 0, count: Self.ownerCounts)
        } while !take(old, at: now)
    }

    /// Gives entries their places. At the limit, some may have to give way.
    ///
    /// - Returns: whether it can stay so.
    private mutating func take(_ old: [Entry], at now: Int64) -> Bool {
        for entry in old {
            if let place = freePlace(for: entry.fingerprint) {
                put(entry, at: place, keepsRow: true)
            } else if bucketCount < mostBuckets {
                return false
            } else {
                put(entry, at: giveWay(to: entry.fingerprint, at: now), keepsRow: true)
            }
        }
        return true
    }

    // MARK: Contents

    /// Every entry that still means something.
    func liveEntries(at now: Int64) -> some Sequence<Entry> {
        entries.lazy.filter { $0.fingerprint != 0 && $0.value.expires > now }
    }

    // MARK: Bits

    /// Shards are chosen by the upper 6 bits of a fingerprint, first buckets by the lower half, second ones by what is above bit 25.
    @inline(__always)
    private static func firstBucket(_ key: Fingerprint, _ count: Int) -> Int {
        Int(truncatingIfNeeded: ((key & 0xFFFF_FFFF) &* UInt64(truncatingIfNeeded: count)) &>> 32)
    }

    @inline(__always)
    private static func secondBucket(_ key: Fingerprint, _ count: Int) -> Int {
        Int(truncatingIfNeeded: (((key &>> 26) & 0xFFFF_FFFF) &* UInt64(truncatingIfNeeded: count)) &>> 32)
    }
}
