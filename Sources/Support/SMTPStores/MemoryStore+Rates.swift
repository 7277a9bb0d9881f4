public import SMTPSecurity

extension MemoryStore: RateStore {
    /// Decides at once.
    ///
    /// Several charges are taken one after the other and given back if one of them is not allowed. Meanwhile somebody else may be refused what
    /// he would have got; nobody gets what he should not.
    public func charge(_ charges: [RateCharge], by client: IPAddress, at now: Timestamp) -> StoreAnswer<RateDecision> {
        let time = now.microseconds
        if charges.count == 1 {
            let wait = take(charges[0], client, isDryRun: false, at: time)
            return .now(wait > 0 ? .exceeded(charge: 0, retryAfter: .microseconds(wait)) : .allowed)
        }
        var worst: (charge: Int, wait: Int64)?
        var taken = 0
        for index in charges.indices {
            let wait = take(charges[index], client, isDryRun: worst != nil, at: time)
            if wait > 0 {
                if wait > worst?.wait ?? 0 { worst = (index, wait) }
            } else if worst == nil {
                taken = index + 1
            }
        }
        guard let worst else { return .now(.allowed) }
        for index in 0..<taken { giveBack(charges[index]) }
        return .now(.exceeded(charge: worst.charge, retryAfter: .microseconds(worst.wait)))
    }

    /// Takes a charge if it is allowed.
    ///
    /// - Returns: how long it has to wait, in microseconds; 0 if it is allowed.
    private func take(_ charge: RateCharge, _ client: IPAddress, isDryRun: Bool, at now: Int64) -> Int64 {
        let key = fingerprint(charge.key)
        let tolerance = charge.allowance.tolerance
        let increment = charge.allowance.increment(for: charge.cost)
        return rates.withShard(of: key) { shard in
            let place = shard.find(key)
            let next = max(place < 0 ? now : shard[place].arrival, now) &+ increment
            let wait = next &- tolerance &- now
            if wait > 0 { return wait }
            if isDryRun { return 0 }
            let value = RateValue(arrival: next, tolerance: tolerance)
            if place >= 0 {
                shard[place] = value
            } else if increment > 0 {
                shard.insert(key, value, owner: owner(client), at: now)
            }
            return 0
        }
    }

    private func giveBack(_ charge: RateCharge) {
        let key = fingerprint(charge.key)
        let increment = charge.allowance.increment(for: charge.cost)
        rates.withShard(of: key) { shard in
            let place = shard.find(key)
            if place >= 0 { shard[place].arrival &-= increment }
        }
    }
}
