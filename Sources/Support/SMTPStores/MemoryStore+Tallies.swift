public import SMTPSecurity

extension MemoryStore: TallyStore {
    /// Counts at once.
    public func record(
        isFailure: Bool, of keys: [StoreKey], rule: TallyRule, by client: IPAddress, at now: Timestamp
    ) -> StoreAnswer<TallyDecision> {
        var log = NoChangeLog()
        return .now(decide(isFailure, keys, rule, client, at: now.milliseconds, &log))
    }

    /// Counts, and says what changed.
    package func record(
        isFailure: Bool, of keys: [StoreKey], rule: TallyRule, by client: IPAddress, at now: Timestamp,
        noting changes: inout [MemoryChange]
    ) -> TallyDecision {
        decide(isFailure, keys, rule, client, at: now.milliseconds, &changes)
    }

    private func decide(
        _ isFailure: Bool, _ keys: [StoreKey], _ rule: TallyRule, _ client: IPAddress, at now: Int64,
        _ log: inout some ChangeLog
    ) -> TallyDecision {
        var begun: Int?
        var remaining: Int64 = 0
        for (index, key) in keys.enumerated() {
            let print = fingerprint(key)
            switch record(isFailure, print, rule, client, at: now) {
            case .none: log.note(.tally, key, print)
            case .some(0):
                begun = begun ?? index
                log.note(.tally, key, print)
            case .some(let left): remaining = max(remaining, left)
            }
        }
        if let begun { return .exceeded(key: begun) }
        return remaining > 0 ? .penalized(remaining: .milliseconds(remaining)) : .tolerated
    }

    /// - Returns: the rest of a penalty in milliseconds, 0 for one that has just begun, `nil` for none.
    private func record(
        _ isFailure: Bool, _ key: Fingerprint, _ rule: TallyRule, _ client: IPAddress, at now: Int64
    ) -> Int64? {
        let window = rule.window.wholeMilliseconds
        let current = now / window
        return tallies.withShard(of: key) { shard in
            let place = shard.find(key)
            var tally = place >= 0 ? shard[place] : TallyValue(number: current)
            if now < tally.penaltyEnd { return tally.penaltyEnd - now }
            if current > tally.number {
                let isNext = current == tally.number + 1
                tally.previousFailures = isNext ? tally.failures : 0
                tally.previousOutcomes = isNext ? tally.outcomes : 0
                tally.failures = 0
                tally.outcomes = 0
                tally.number = current
            }
            let most = Int32(TallyRule.mostCounted)
            tally.outcomes = min(tally.outcomes + 1, most)
            if isFailure { tally.failures = min(tally.failures + 1, most) }
            let hasBegun = isFailure && rule.isExceeded(by: tally, window, at: now)
            if hasBegun {
                tally = TallyValue(number: tally.number)
                tally.penaltyEnd = now + rule.penalty.wholeMilliseconds
            }
            tally.expires = max(tally.penaltyEnd, (tally.number + 2) * window) * 1_000
            if place >= 0 {
                shard[place] = tally
            } else {
                shard.insert(key, tally, owner: owner(client), at: now * 1_000)
            }
            return hasBegun ? 0 : nil
        }
    }

    /// The longest penalty in force for any of the keys.
    public func penalty(of keys: [StoreKey], at now: Timestamp) -> StoreAnswer<Duration?> {
        let now = now.milliseconds
        var longest: Int64 = 0
        for key in keys.map(fingerprint) {
            let end = tallies.withShard(of: key) { shard in
                let place = shard.find(key)
                return place >= 0 ? shard[place].penaltyEnd : 0
            }
            longest = max(longest, end - now)
        }
        return .now(longest > 0 ? .milliseconds(longest) : nil)
    }
}

extension TallyRule {
    fileprivate func isExceeded(by tally: TallyValue, _ window: Int64, at now: Int64) -> Bool {
        let rest = window - min(max(now - tally.number * window, 0), window)
        let failures = Int64(tally.failures) * window + Int64(tally.previousFailures) * rest
        if failures >= Int64(limit) * window { return true }
        let outcomes = Int64(tally.outcomes) * window + Int64(tally.previousOutcomes) * rest
        return outcomes >= Int64(shareMinimum) * window && failures * 100 >= Int64(sharePercent) * outcomes
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 { wholeNanoseconds / 1_000_000 }
}
