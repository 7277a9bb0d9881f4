public import SMTPSecurity

/// The file has words of 64 bits: the mark, the version, the time, the secret (two words); then for each entry its kind (1 rate, 2 sender,
/// 3 failures), its fingerprint, its owner and its value; then 0 and the checksum (SipHash-1-3 of everything before).
extension MemoryStore {
    private static let mark: UInt64 = 0x3130_7374_6F72_6531
    private static let version: UInt64 = 2
    private static let end: UInt64 = 0

    private static func kind<Value: MemoryValue>(_ type: Value.Type) -> UInt64 {
        Value.self == RateValue.self ? 1 : Value.self == SightingValue.self ? 2 : 3
    }

    /// Writes everything that still means something to a file, beside it first, then in its place: whatever happens meanwhile, the file is a
    /// whole one, the old or the new.
    ///
    /// Takes time, and waits for the disk: not for an event loop. Sessions go on meanwhile. The file can only be read by its owner;
    /// it contains no address, only fingerprints, and the secret that they were made with.
    ///
    /// - Throws: what went wrong with the file; the one that was there is left as it is.
    public func save(to path: String, at now: Timestamp) throws(SnapshotError) {
        let beside = path + ".new"
        var file = try SnapshotFile.create(beside)
        for word in [Self.mark, Self.version, UInt64(bitPattern: now.nanoseconds), hash.key.0, hash.key.1] {
            try file.write(word)
        }
        try save(rates, &file, now)
        try save(sightings, &file, now)
        try save(tallies, &file, now)
        try file.write(Self.end)
        try file.finish()
        try SnapshotFile.rename(beside, to: path)
    }

    private func save<Value: MemoryValue>(
        _ table: MemoryTable<Value>, _ file: inout SnapshotFile, _ now: Timestamp
    ) throws(SnapshotError) {
        for index in 0..<MemoryTable<Value>.shardCount {
            for entry in table.shard(index).liveEntries(at: now.microseconds) {
                try file.write(Self.kind(Value.self))
                try file.write(entry.fingerprint)
                try file.write(UInt64(entry.owner))
                for word in entry.value.words { try file.write(word) }
            }
        }
    }

    /// A store with what a file of ``save(to:at:)`` has; `nil` if there is no such file.
    ///
    /// - Throws: what is wrong with the file. Nothing of a file that is damaged is used.
    public static func restored(
        from path: String, limits: Limits = Limits(), at now: Timestamp
    ) throws(SnapshotError) -> MemoryStore? {
        guard var file = try SnapshotFile.open(path) else { return nil }
        guard try file.read() == mark else { throw file.damaged("it is not a snapshot of a store") }
        let version = try file.read()
        guard version == Self.version else {
            throw file.damaged("it has version \(version); this library knows version \(Self.version)")
        }
        _ = try file.read()
        let store = MemoryStore(limits: limits, hash: SipHash(key: (try file.read(), try file.read())))
        reading: while true {
            switch try file.read() {
            case end: break reading
            case kind(RateValue.self): try restore(store.rates, &file, now)
            case kind(SightingValue.self): try restore(store.sightings, &file, now)
            case kind(TallyValue.self): try restore(store.tallies, &file, now)
            case let kind: throw file.damaged("it has an entry of the unknown kind \(kind)")
            }
        }
        try file.verify()
        return store
    }

    private static func restore<Value: MemoryValue>(
        _ table: MemoryTable<Value>, _ file: inout SnapshotFile, _ now: Timestamp
    ) throws(SnapshotError) {
        let key = try file.read()
        let owner = try file.read()
        var words: [UInt64] = []
        for _ in 0..<Value.wordCount { words.append(try file.read()) }
        guard key != 0, let value = Value(words: words[...]) else {
            throw file.damaged("it has an entry that makes no sense")
        }
        guard value.expires > now.microseconds else { return }
        table.withShard(of: key) { shard in
            if shard.find(key) < 0 { shard.insert(key, value, owner: owner, at: now.microseconds) }
        }
    }
}
