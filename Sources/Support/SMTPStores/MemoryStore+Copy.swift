package import SMTPSecurity

/// What a store needs that keeps a copy of this one in a file.
extension MemoryStore {
    /// An empty store that knows keys by the secret of an earlier one.
    package convenience init(limits: Limits, secret: (UInt64, UInt64)) {
        self.init(limits: limits, hash: SipHash(key: secret))
    }

    /// What is remembered of a rate now.
    package func rate(_ key: Fingerprint) -> MemoryEntry<RateValue>? { rates.withShard(of: key) { $0.entry(key) } }

    /// What is remembered of a sender or trustee now.
    package func sighting(_ key: Fingerprint) -> MemoryEntry<SightingValue>? {
        sightings.withShard(of: key) { $0.entry(key) }
    }

    /// What is remembered of failures now.
    package func tally(_ key: Fingerprint) -> MemoryEntry<TallyValue>? { tallies.withShard(of: key) { $0.entry(key) } }

    /// Adds what an earlier process remembered of a key.
    ///
    /// - Parameters:
    ///   - key: the octets of the key.
    ///   - entry: its owner, row and value.
    /// - Returns: the rows that are no longer in use: of what gave way, or of what says less of the same key.
    package func restore(rate key: Span<UInt8>, _ entry: MemoryEntry<RateValue>, at now: Timestamp) -> [UInt32] {
        restore(entry, fingerprint(key), to: rates, at: now)
    }

    /// Adds what an earlier process remembered of a key; see ``restore(rate:_:at:)``.
    package func restore(
        sighting key: Span<UInt8>, isTrustee: Bool, _ entry: MemoryEntry<SightingValue>, at now: Timestamp
    ) -> [UInt32] {
        let fingerprint = fingerprint(key)
        return restore(entry, isTrustee ? trusteeFingerprint(fingerprint) : fingerprint, to: sightings, at: now)
    }

    /// Adds what an earlier process remembered of a key; see ``restore(rate:_:at:)``.
    package func restore(tally key: Span<UInt8>, _ entry: MemoryEntry<TallyValue>, at now: Timestamp) -> [UInt32] {
        restore(entry, fingerprint(key), to: tallies, at: now)
    }

    /// Gives new entries rows after these ones.
    package func reserve(rates: UInt32, sightings: UInt32, tallies: UInt32) {
        self.rates.forEachShard { $0.reserve(rows: rates) }
        self.sightings.forEachShard { $0.reserve(rows: sightings) }
        self.tallies.forEachShard { $0.reserve(rows: tallies) }
    }

    private func restore<Value>(
        _ entry: MemoryEntry<Value>, _ key: Fingerprint, to table: MemoryTable<Value>, at now: Timestamp
    ) -> [UInt32] {
        table.withShard(of: key) { shard in
            var entry = entry
            entry.fingerprint = key
            return shard.restore(entry, at: now.microseconds)
        }
    }
}
