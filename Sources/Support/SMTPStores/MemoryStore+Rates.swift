public import SMTPSecurity

extension MemoryStore: RateStore {
    /// Decides at once.
    ///
    /// Several charges are taken one after the other and given back if one of them is not allowed. Meanwhile somebody else may be refused what
    /// he would have got; nobody gets what he should not.
    public func charge(_ charges: [RateCharge], by client: IPAddress, at now: Timestamp) -> StoreAnswer<RateDecision> {
        var log = NoChangeLog()
        return .now(decide(charges, by: client, at: now, &log))
    }

    /// Decides, and says what changed.
    package func charge(
        _ charges: [RateCharge], by client: IPAddress, at now: Timestamp, noting changes: inout [MemoryChange]
    ) -> RateDecision {
        decide(charges, by: client, at: now, &changes)
    }

    @inline(__always)
    private func decide(
        _ charges: [RateCharge], by client: IPAddress, at now: Timestamp, _ log: inout some ChangeLog
    ) -> RateDecision {
        let time = now.microseconds
        if charges.count == 1 {
            let wait = take(charges[0], client, isDryRun: false, at: time, &log)
            return wait > 0 ? .exceeded(charge: 0, retryAfter: .microseconds(wait)) : .allowed
        }
        var worst: (charge: Int, wait: Int64)?
        var taken = 0
        for index in charges.indices {
            let wait = take(charges[index], client, isDryRun: worst != nil, at: time, &log)
            if wait > 0 {
                if wait > worst?.wait ?? 0 { worst = (index, wait) }
            } else if worst == nil {
                taken = index + 1
            }
        }
        guard let worst else { return .allowed }
        for index in 0..<taken { giveBack(charges[index]) }
        return .exceeded(charge: worst.charge, retryAfter: .microseconds(worst.wait))
    }

    /// Takes a charge if it is allowed.
    ///
    /// - Returns: how long it has to wait, in microseconds; 0 if it is allowed.
    private func take(
        _ charge: RateCharge, _ client: IPAddress, isDryRun: Bool, at now: Int64, _ log: inout some ChangeLog
    ) -> Int64 {
        let key = fingerprint(charge.key)
        let tolerance = charge.allowance.tolerance
        let increment = charge.allowance.increment(for: charge.cost)
        let (wait, isChanged) = rates.withShard(of: key) { shard -> (Int64, Bool) in
            let place = shard.find(key)
            let next = max(place < 0 ? now : shard[place].arrival, now) &+ increment
            let wait = next &- tolerance &- now
            if wait > 0 { return (wait, false) }
            if isDryRun || increment == 0 { return (0, false) }
            let value = RateValue(arrival: next, tolerance: tolerance)
            if place >= 0 {
                shard[place] = value
            } else {
                shard.insert(key, value, owner: owner(client), at: now)
            }
            return (0, true)
        }
        if isChanged { log.note(.rate, charge.key, key) }
        return wait
    }

    /// What was taken was noted already, and what is noted is read later.
    private func giveBack(_ charge: RateCharge) {
        let key = fingerprint(charge.key)
        let increment = charge.allowance.increment(for: charge.cost)
        rates.withShard(of: key) { shard in
            let place = shard.find(key)
            if place >= 0 { shard[place].arrival &-= increment }
        }
    }
}
