public import SMTPSecurity
import SMTPSecurityTesting

/// Compares a store with ``ReferenceStore``, event for event, on seeded random sequences with a clock of their own.
///
/// Sequences run in groups: at each step the clock advances, then every sequence of the group has one event at that time. Their keys
/// are their own, so a store that answers later can answer a group's events in any order. Time never goes back, and often stops exactly
/// at, just before or just after a moment at which a decision changes.
public struct StoreConformance: Sendable {
    /// What came of it.
    public struct Report: Sendable {
        /// Where the store and the reference differ; at most 20.
        public var differences: [String] = []
        /// How often each kind of decision was compared.
        public var decisions: [String: Int] = [:]
        /// How many sequences were compared.
        public var sequences = 0
    }

    /// One random sequence: its keys, its rules, and the reference that goes along.
    private struct Sequence: Sendable {
        let number: Int
        let allowances: [RateAllowance]
        let sighting: FirstSeenRule
        let tally: TallyRule
        let client: IPAddress
        /// Moments, from the last event on, at which something changes.
        var horizon: [Duration] = []

        init(_ number: Int, _ random: inout Generator) {
            self.number = number
            client = .v4(0x0A00_0000 | UInt32(truncatingIfNeeded: random.next() & 0xFF_FFFF))
            allowances = (0..<3).map { _ in
                let count = Int64.random(in: 1...30, using: &random)
                let period = Duration.microseconds(Int64.random(in: 1_000...3_600_000_000, using: &random))
                let burst = Bool.random(using: &random) ? nil : Optional(Int64.random(in: 1...40, using: &random))
                return RateAllowance(count, per: period, burst: burst)
            }
            let delay = Int64.random(in: 1...600_000_000, using: &random)
            let window = delay + Int64.random(in: 1...3_600_000_000, using: &random)
            sighting = FirstSeenRule(
                delay: .microseconds(delay), retryWindow: .microseconds(window),
                lifetime: .microseconds(Int64.random(in: 1...7_200_000_000, using: &random)),
                trustedAfter: Int.random(in: 0...3, using: &random))
            tally = TallyRule(
                window: .milliseconds(Int64.random(in: 1...120_000, using: &random)),
                limit: Int.random(in: 1...8, using: &random), shareMinimum: Int.random(in: 1...8, using: &random),
                sharePercent: Int.random(in: 1...101, using: &random),
                penalty: .milliseconds(Int64.random(in: 1...600_000, using: &random)))
        }

        func key(_ purpose: String, _ choice: Int) -> StoreKey {
            var key = StoreKey("\(purpose)-\(number)")
            key.append(.client, .v4(UInt32(choice)))
            return key
        }

        func keys(_ purpose: String, _ random: inout Generator) -> [StoreKey] {
            (0..<3).shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)).map { key(purpose, $0) }
        }
    }

    private enum Event: Sendable {
        case charge([RateCharge])
        case note(FirstSeenRequest)
        case record(Bool, [StoreKey])
        case penalty([StoreKey])
    }

    /// How many sequences.
    public var sequences = 10_000
    /// How many events each has.
    public var steps = 24
    /// How many run at once.
    public var group = 64
    /// Decides everything.
    public var seed: UInt64 = 1

    /// The defaults.
    public init() {}

    /// Compares a store.
    ///
    /// - Throws: what the store throws.
    public func run(
        _ store: some RateStore & FirstSeenStore & TallyStore
    ) async throws(CheckFailure) -> Report {
        var report = Report()
        var random = Generator(seed: seed)
        var now = Timestamp(seconds: 1_800_000_000)
        while report.sequences < sequences, report.differences.count < 20 {
            let count = min(group, sequences - report.sequences)
            var members = (0..<count).map { Sequence(report.sequences + $0, &random) }
            var reference = ReferenceStore()
            for step in 0..<steps {
                now = now.advanced(by: Self.pause(members, &random))
                let events = members.map { Self.event(for: $0, &random) }
                let answers = try await Self.ask(store, members, events, at: now)
                for index in members.indices {
                    let member = members[index]
                    let wanted = Self.ask(&reference, member, events[index], at: now, &members[index].horizon)
                    report.decisions[Self.kind(of: wanted), default: 0] += 1
                    guard answers[index] != wanted, report.differences.count < 20 else { continue }
                    report.differences.append(
                        "seed \(seed), sequence \(member.number), step \(step), \(events[index]) at \(now.nanoseconds): "
                            + "\(answers[index]) instead of \(wanted)")
                }
            }
            report.sequences += count
        }
        return report
    }

    /// Mostly short, sometimes long; often to a moment at which some member's next decision changes, or one microsecond beside it.
    private static func pause(_ members: [Sequence], _ random: inout Generator) -> Duration {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: .zero
        case 1: .microseconds(1)
        case 2: .milliseconds(Int64.random(in: 0...200_000, using: &random))
        case 3: .seconds(Int64.random(in: 0...8_000, using: &random))
        case 4: .microseconds(Int64.random(in: 0...3_000_000, using: &random))
        default:
            max(
                .zero,
                (members.randomElement(using: &random)?.horizon.randomElement(using: &random) ?? .zero)
                    + .microseconds(Int64.random(in: -1...1, using: &random)))
        }
    }

    private static func event(for member: Sequence, _ random: inout Generator) -> Event {
        switch Int.random(in: 0..<8, using: &random) {
        case 0..<3:
            .charge(
                member.keys("rate", &random).map { key in
                    let cost = Int64.random(in: 0...(Bool.random(using: &random) ? 1 : 12), using: &random)
                    let allowance = member.allowances[Int(key.octets.last ?? 0) % 3]
                    return RateCharge(key, allowance, cost: cost)
                })
        case 3..<6:
            .note(
                FirstSeenRequest(
                    member.keys("seen", &random),
                    trustee: Bool.random(using: &random) ? member.key("trust", 0) : nil, rule: member.sighting))
        case 6: .penalty(member.keys("tally", &random))
        default: .record(Int.random(in: 0..<4, using: &random) > 0, member.keys("tally", &random))
        }
    }

    private static func ask(
        _ reference: inout ReferenceStore, _ member: Sequence, _ event: Event, at now: Timestamp,
        _ horizon: inout [Duration]
    ) -> String {
        switch event {
        case .charge(let charges):
            let decision = reference.charge(charges, at: now)
            if case .exceeded(_, let wait) = decision { horizon = [wait] }
            return "\(decision)"
        case .note(let request):
            let decision = reference.note(request, at: now)
            let rule = request.rule
            switch decision {
            case .unseen(let wait), .early(let wait): horizon = [wait, rule.retryWindow - rule.delay + wait]
            case .passed, .known, .trusted: horizon = [rule.lifetime]
            }
            return "\(decision)"
        case .record(let isFailure, let keys):
            let decision = reference.record(isFailure: isFailure, of: keys, rule: member.tally, at: now)
            switch decision {
            case .exceeded: horizon = [member.tally.penalty]
            case .penalized(let remaining): horizon = [remaining]
            case .tolerated: horizon = [member.tally.window]
            }
            return "\(decision)"
        case .penalty(let keys):
            let decision = reference.penalty(of: keys, at: now)
            if let decision { horizon = [decision] }
            return "penalty \(decision.map { "\($0)" } ?? "none")"
        }
    }

    private static func ask(
        _ store: some RateStore & FirstSeenStore & TallyStore, _ members: [Sequence], _ events: [Event],
        at now: Timestamp
    ) async throws(CheckFailure) -> [String] {
        let outcome = await withTaskGroup(of: (Int, Result<String, CheckFailure>).self) { group in
            for (index, event) in events.enumerated() {
                let member = members[index]
                group.addTask {
                    do throws(CheckFailure) {
                        return (index, .success(try await ask(store, member, event, at: now)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var all = [Result<String, CheckFailure>](repeating: .success(""), count: events.count)
            for await (index, result) in group { all[index] = result }
            return all
        }
        var answers: [String] = []
        for result in outcome { answers.append(try result.get()) }
        return answers
    }

    private static func ask(
        _ store: some RateStore & FirstSeenStore & TallyStore, _ member: Sequence, _ event: Event, at now: Timestamp
    ) async throws(CheckFailure) -> String {
        switch event {
        case .charge(let charges): "\(try await store.charge(charges, by: member.client, at: now).value())"
        case .note(let request): "\(try await store.note(request, by: member.client, at: now).value())"
        case .record(let isFailure, let keys):
            "\(try await store.record(isFailure: isFailure, of: keys, rule: member.tally, by: member.client, at: now).value())"
        case .penalty(let keys):
            "penalty \(try await store.penalty(of: keys, at: now).value().map { "\($0)" } ?? "none")"
        }
    }

    private static func kind(of decision: String) -> String {
        String(decision.prefix { $0 != "(" && $0 != " " })
            + (decision.hasPrefix("penalty") ? (decision.hasSuffix("none") ? " none" : " some") : "")
    }
}
