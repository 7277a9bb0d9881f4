public import SMTPSecurity
import Synchronization

extension MemoryStore: FirstSeenStore {
    /// Decides at once.
    public func note(
        _ request: FirstSeenRequest, by client: IPAddress, at now: Timestamp
    ) -> StoreAnswer<FirstSeenDecision> {
        var log = NoChangeLog()
        return .now(decide(request, owner(client), at: now.microseconds, &log))
    }

    /// Decides, and says what changed.
    package func note(
        _ request: FirstSeenRequest, by client: IPAddress, at now: Timestamp, noting changes: inout [MemoryChange]
    ) -> FirstSeenDecision {
        decide(request, owner(client), at: now.microseconds, &changes)
    }

    private func decide(
        _ request: FirstSeenRequest, _ owner: UInt64, at now: Int64, _ log: inout some ChangeLog
    ) -> FirstSeenDecision {
        turns[Int(truncatingIfNeeded: owner >> 58)].withLock { _ in
            takeTurn(request, owner, at: now, &log)
        }
    }

    private func takeTurn(
        _ request: FirstSeenRequest, _ owner: UInt64, at now: Int64, _ log: inout some ChangeLog
    ) -> FirstSeenDecision {
        let rule = request.rule
        let lifetime = rule.lifetime.wholeMicroseconds
        let trustee = rule.trustedAfter > 0 ? request.trustee : nil
        let trusteePrint = trustee.map(trusteeFingerprint)
        if let trustee, let trusteePrint, touch(trusteePrint, trustedAfter: rule.trustedAfter, lifetime, at: now) {
            log.note(.trustee, trustee, trusteePrint)
            return .trusted
        }
        var known: SightingValue?
        let keys = request.keys.map(fingerprint)
        for key in keys {
            guard let sighting = sighting(key, rule, at: now) else { continue }
            guard let before = known else {
                known = sighting
                continue
            }
            known?.first = min(before.first, sighting.first)
            known?.passes = max(before.passes, sighting.passes)
        }
        func keep(first: Int64, passes: Int64) {
            let expires = passes == 0 ? first &+ rule.retryWindow.wholeMicroseconds : now &+ lifetime
            let value = SightingValue(first: first, last: now, passes: passes, expires: expires)
            for index in keys.indices {
                put(keys[index], value, owner, at: now)
                log.note(.sighting, request.keys[index], keys[index])
            }
        }
        let delay = rule.delay.wholeMicroseconds
        guard let known else {
            keep(first: now, passes: 0)
            return .unseen(wait: .microseconds(delay))
        }
        if known.passes > 0 {
            keep(first: known.first, passes: known.passes + 1)
            return .known(passes: Int(known.passes + 1))
        }
        let age = max(0, now - known.first)
        guard age >= delay else {
            keep(first: known.first, passes: 0)
            return .early(wait: .microseconds(delay - age))
        }
        keep(first: known.first, passes: 1)
        if let trustee, let trusteePrint {
            credit(trusteePrint, lifetime, owner, at: now)
            log.note(.trustee, trustee, trusteePrint)
        }
        return .passed(waited: .microseconds(age))
    }

    private func sighting(_ key: Fingerprint, _ rule: FirstSeenRule, at now: Int64) -> SightingValue? {
        sightings.withShard(of: key) { shard in
            let place = shard.find(key)
            guard place >= 0 else { return nil }
            let sighting = shard[place]
            let end =
                sighting.passes == 0
                ? sighting.first &+ rule.retryWindow.wholeMicroseconds
                : sighting.last &+ rule.lifetime.wholeMicroseconds
            return now < end ? sighting : nil
        }
    }

    private func put(_ key: Fingerprint, _ value: SightingValue, _ owner: UInt64, at now: Int64) {
        sightings.withShard(of: key) { shard in
            let place = shard.find(key)
            if place >= 0 {
                shard[place] = value
            } else {
                shard.insert(key, value, owner: owner, at: now)
            }
        }
    }

    // MARK: Trustees

    /// Never that of a key, even if the same text is used as both.
    func trusteeFingerprint(_ plain: Fingerprint) -> Fingerprint {
        let other = ~plain.byteSwapped
        return other == 0 ? 1 : other
    }

    private func trusteeFingerprint(_ key: StoreKey) -> Fingerprint { trusteeFingerprint(fingerprint(key)) }

    /// Whether a trustee is trusted; if so, it was last seen now.
    private func touch(_ key: Fingerprint, trustedAfter: Int, _ lifetime: Int64, at now: Int64) -> Bool {
        sightings.withShard(of: key) { shard in
            let place = shard.find(key)
            guard place >= 0, shard[place].passes >= trustedAfter, now < shard[place].last &+ lifetime else {
                return false
            }
            shard[place].last = now
            shard[place].expires = now &+ lifetime
            return true
        }
    }

    private func credit(_ key: Fingerprint, _ lifetime: Int64, _ owner: UInt64, at now: Int64) {
        sightings.withShard(of: key) { shard in
            let place = shard.find(key)
            var value = SightingValue(first: now, last: now, passes: 1, expires: now &+ lifetime)
            if place >= 0 {
                if now < shard[place].last &+ lifetime { value.passes += shard[place].passes }
                shard[place] = value
            } else {
                shard.insert(key, value, owner: owner, at: now)
            }
        }
    }
}
