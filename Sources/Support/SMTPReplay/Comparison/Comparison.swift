import SMTPSecurity

/// Adds up what became of sessions, session by session.
struct Comparison {
    private(set) var sum: ReplayReport
    private let examples: Int
    private var counts: [String: (baseline: ViolationChange.Count, policy: ViolationChange.Count)] = [:]
    private var first: Timestamp?
    private var last: Timestamp?

    init(policy: String, baseline: String?, examples: Int) {
        sum = ReplayReport(policy: policy, baseline: baseline)
        self.examples = examples
    }

    /// Everything so far.
    var report: ReplayReport {
        var report = sum
        report.from = first?.text
        report.until = last?.text
        report.violations = counts.sorted { $0.key < $1.key }.map { name, count in
            ViolationChange(
                violation: name, baseline: sum.baseline == nil ? nil : count.baseline, policy: count.policy)
        }
        return report
    }

    mutating func add(_ session: RecordedSession, _ result: SessionResult, against baseline: SessionResult) {
        let time = session.connection.time
        first = min(first ?? time, time)
        last = max(last ?? time, time)
        sum.sessions += 1
        if result.isBeyondRecording { sum.beyondRecording += 1 }
        sum.tally.add(result)
        sum.baselineTally.add(baseline)
        for record in result.violations { count(record, \.policy) }
        for record in baseline.violations { count(record, \.baseline) }
        compareSessions(session, result, baseline)
        for number in Set(result.messages.keys).union(baseline.messages.keys).sorted() {
            compare(session, result.messages[number], baseline.messages[number])
        }
    }

    private mutating func count(
        _ record: ViolationRecord,
        _ run: WritableKeyPath<(baseline: ViolationChange.Count, policy: ViolationChange.Count), ViolationChange.Count>
    ) {
        var count = counts[record.definition.identifier] ?? (ViolationChange.Count(), ViolationChange.Count())
        count[keyPath: run].raised += 1
        if record.action == .refused || record.action == .closed { count[keyPath: run].refused += 1 }
        counts[record.definition.identifier] = count
    }

    private mutating func compareSessions(
        _ session: RecordedSession, _ result: SessionResult, _ baseline: SessionResult
    ) {
        switch (baseline.refusal, result.refusal) {
        case (nil, let refusal?):
            let example = example(session, nil, .session, refusal.reply, refusal.violation)
            sum.sessionsRefused.add(example, limit: examples)
        case (let refusal?, nil):
            let example = example(session, nil, .session, refusal.reply, refusal.violation)
            sum.sessionsAccepted.add(example, limit: examples)
        default: break
        }
    }

    private mutating func compare(_ session: RecordedSession, _ message: MessageResult?, _ baseline: MessageResult?) {
        switch (baseline?.outcome, message?.outcome) {
        case (.delivered?, .refused(let stage, let reply, let violation)?):
            sum.messagesRefused.add(example(session, message, stage, reply, violation), limit: examples)
        case (.refused(let stage, let reply, let violation)?, .delivered?),
            (.refused(let stage, let reply, let violation)?, .unknown?):
            sum.messagesAccepted.add(example(session, message, stage, reply, violation), limit: examples)
        default: break
        }
    }

    private func example(
        _ session: RecordedSession, _ message: MessageResult?, _ stage: MessageOutcome.Stage, _ reply: Reply,
        _ violation: ViolationRecord?
    ) -> ReplayExample {
        let status = reply.enhancedStatus.map { " \($0)" } ?? ""
        var text = reply.lines.joined(separator: " ")
        // A Support ID of the replay is in no log.
        if let violation { text = Self.text(text, without: violation.supportID) }
        return ReplayExample(
            session: "\(session.connection.session)", time: session.connection.time.text,
            client: "\(session.connection.client)", sender: message?.sender.description,
            recipients: message?.recipients.map(\.description) ?? [], stage: stage,
            violation: violation?.definition.identifier, evidence: violation?.evidence.description,
            reply: "\(reply.code)\(status) \(Evidence(text))")
    }

    private static func text(_ text: String, without id: SupportID) -> String {
        let suffix = " (support ID \(id))"
        return text.hasSuffix(suffix) ? String(text.dropLast(suffix.count)) : text
    }
}
