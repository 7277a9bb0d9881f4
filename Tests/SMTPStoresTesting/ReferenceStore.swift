public import SMTPSecurity

/// What a store has to decide, in the plainest words: dictionaries, and nothing is ever forgotten.
public struct ReferenceStore: Sendable {
    private struct Sighting {
        var first: Int64
        var last: Int64
        var passes: Int
    }

    private struct Tally {
        var number: Int64
        var failures = 0
        var outcomes = 0
        var previousFailures = 0
        var previousOutcomes = 0
        var end: Int64 = 0
    }

    private var arrivals: [StoreKey: Int64] = [:]
    private var sightings: [StoreKey: Sighting] = [:]
    private var trustees: [StoreKey: Sighting] = [:]
    private var tallies: [StoreKey: Tally] = [:]

    /// Nothing is known.
    public init() {}

    /// As ``RateStore`` has it.
    public mutating func charge(_ charges: [RateCharge], at time: Timestamp) -> RateDecision {
        let now = time.nanoseconds / 1_000
        var worst: (index: Int, wait: Int64)?
        var next: [Int64] = []
        for (index, charge) in charges.enumerated() {
            next.append(max(arrivals[charge.key] ?? now, now) + charge.allowance.increment(for: charge.cost))
            let wait = next[index] - charge.allowance.tolerance - now
            if wait > 0, wait > worst?.wait ?? 0 { worst = (index, wait) }
        }
        if let worst { return .exceeded(charge: worst.index, retryAfter: .microseconds(worst.wait)) }
        for (index, charge) in charges.enumerated() { arrivals[charge.key] = next[index] }
        return .allowed
    }

    /// As ``FirstSeenStore`` has it.
    public mutating func note(_ request: FirstSeenRequest, at time: Timestamp) -> FirstSeenDecision {
        let now = time.nanoseconds / 1_000
        let rule = request.rule
        func isRemembered(_ sighting: Sighting) -> Bool {
            sighting.passes == 0
                ? now < sighting.first + micro(rule.retryWindow) : now < sighting.last + micro(rule.lifetime)
        }
        let trustee = request.trustee.flatMap { rule.trustedAfter > 0 ? $0 : nil }
        var trust = trustee.flatMap { trustees[$0] }.flatMap { isRemembered($0) ? $0 : nil }
        if let key = trustee, let known = trust, known.passes >= rule.trustedAfter {
            trustees[key]?.last = now
            return .trusted
        }
        let remembered = request.keys.compactMap { sightings[$0] }.filter(isRemembered)
        let first = remembered.map(\.first).min() ?? now
        let passes = remembered.map(\.passes).max() ?? 0
        if passes > 0 {
            for key in request.keys { sightings[key] = Sighting(first: first, last: now, passes: passes + 1) }
            return .known(passes: passes + 1)
        }
        if remembered.isEmpty {
            for key in request.keys { sightings[key] = Sighting(first: now, last: now, passes: 0) }
            return .unseen(wait: .microseconds(micro(rule.delay)))
        }
        let age = max(0, now - first)
        if age < micro(rule.delay) {
            for key in request.keys { sightings[key] = Sighting(first: first, last: now, passes: 0) }
            return .early(wait: .microseconds(micro(rule.delay) - age))
        }
        for key in request.keys { sightings[key] = Sighting(first: first, last: now, passes: 1) }
        if let key = trustee {
            trust = Sighting(first: now, last: now, passes: (trust?.passes ?? 0) + 1)
            trustees[key] = trust
        }
        return .passed(waited: .microseconds(age))
    }

    /// As ``TallyStore`` has it.
    public mutating func record(
        isFailure: Bool, of keys: [StoreKey], rule: TallyRule, at time: Timestamp
    ) -> TallyDecision {
        let now = time.nanoseconds / 1_000_000
        let window = milli(rule.window)
        var begun: Int?
        var remaining: Int64 = 0
        for (index, key) in keys.enumerated() {
            var tally = tallies[key] ?? Tally(number: now / window)
            if now < tally.end {
                remaining = max(remaining, tally.end - now)
                continue
            }
            let number = now / window
            if number == tally.number + 1 {
                (tally.previousFailures, tally.previousOutcomes) = (tally.failures, tally.outcomes)
                (tally.failures, tally.outcomes) = (0, 0)
            } else if number > tally.number {
                (tally.previousFailures, tally.previousOutcomes, tally.failures, tally.outcomes) = (0, 0, 0, 0)
            }
            tally.number = max(number, tally.number)
            tally.outcomes = min(tally.outcomes + 1, TallyRule.mostCounted)
            if isFailure { tally.failures = min(tally.failures + 1, TallyRule.mostCounted) }
            let part = min(max(now - tally.number * window, 0), window)
            let failures = Int64(tally.failures) * window + Int64(tally.previousFailures) * (window - part)
            let outcomes = Int64(tally.outcomes) * window + Int64(tally.previousOutcomes) * (window - part)
            let isShare =
                outcomes >= Int64(rule.shareMinimum) * window && failures * 100 >= Int64(rule.sharePercent) * outcomes
            if isFailure, failures >= Int64(rule.limit) * window || isShare {
                tally = Tally(number: tally.number, end: now + milli(rule.penalty))
                begun = begun ?? index
            }
            tallies[key] = tally
        }
        if let begun { return .exceeded(key: begun) }
        return remaining > 0 ? .penalized(remaining: .milliseconds(remaining)) : .tolerated
    }

    /// As ``TallyStore`` has it.
    public func penalty(of keys: [StoreKey], at time: Timestamp) -> Duration? {
        let now = time.nanoseconds / 1_000_000
        let longest = keys.compactMap { tallies[$0] }.map { $0.end - now }.max() ?? 0
        return longest > 0 ? .milliseconds(longest) : nil
    }

    private func micro(_ duration: Duration) -> Int64 { duration.wholeNanoseconds / 1_000 }
    private func milli(_ duration: Duration) -> Int64 { duration.wholeNanoseconds / 1_000_000 }
}
