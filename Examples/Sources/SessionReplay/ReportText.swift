import SMTPReplay
import TextTable

/// A report as tables.
struct ReportText {
    private let report: ReplayReport
    private let blocks: Bool

    /// A report.
    ///
    /// - Parameter blocks: whether profiles in transparent mode were played as if they blocked.
    init(_ report: ReplayReport, blocks: Bool) {
        self.report = report
        self.blocks = blocks
    }

    var text: String {
        var parts = [head, tally, violations]
        parts.append(differences("delivered, and would be refused", report.messagesRefused))
        parts.append(differences("refused, and would be delivered", report.messagesAccepted))
        parts.append(differences("accepted, and would be refused", report.sessionsRefused, of: "sessions"))
        parts.append(differences("refused, and would be accepted", report.sessionsAccepted, of: "sessions"))
        return parts.joined(separator: "\n\n")
    }

    private var head: String {
        var text = "\(report.sessions) sessions"
        if let from = report.from, let until = report.until { text += " from \(from) to \(until)" }
        text += "; \(report.cut) cut, \(report.skipped) left out without their beginning"
        if report.filesCutOff > 0 { text += "; \(report.filesCutOff) of \(report.files) files end early" }
        let compared = report.baseline.map { "compared with \($0)" } ?? "compared with what was recorded"
        text += "\n\(report.policy)\(blocks ? ", as if it blocked" : ""), \(compared)"
        guard report.beyondRecording > 0 else { return text }
        return text + "\n\(report.beyondRecording) sessions would have gone on beyond what was recorded"
    }

    private var tally: String {
        var table = Table(["", report.baseline == nil ? "recorded" : "before", "tried"], numbers: [1, 2])
        func add(_ title: String, _ value: KeyPath<ReplayTally, Int>) {
            table.add([title, "\(report.baselineTally[keyPath: value])", "\(report.tally[keyPath: value])"])
        }
        add("sessions accepted", \.sessionsAccepted)
        add("sessions refused", \.sessionsRefused)
        add("messages delivered", \.delivered)
        add("messages refused", \.refused)
        add("messages deferred", \.deferred)
        add("messages unfinished", \.unfinished)
        add("messages unknown", \.unknown)
        add("recipients delivered to", \.recipients)
        add("recipients refused beside them", \.recipientsRefused)
        return table.text
    }

    private var violations: String {
        guard !report.violations.isEmpty else { return "No violations." }
        let isCompared = report.baseline != nil
        var titles = ["violation", "raised", "refused"]
        if isCompared { titles = ["violation", "raised before", "raised", "refused before", "refused", ""] }
        var table = Table(titles, numbers: Set(1..<(isCompared ? 5 : 3)))
        for change in report.violations {
            let policy = change.policy
            if isCompared {
                let baseline = change.baseline ?? ViolationChange.Count()
                table.add([
                    change.violation, "\(baseline.raised)", "\(policy.raised)", "\(baseline.refused)",
                    "\(policy.refused)", change.isSame ? "" : "differs",
                ])
            } else {
                table.add([change.violation, "\(policy.raised)", "\(policy.refused)"])
            }
        }
        return table.text
    }

    private func differences(_ what: String, _ change: ReplayTransition, of things: String = "messages") -> String {
        guard change.count > 0 else { return "No \(things) were \(what)." }
        var lines = ["\(change.count) \(things) were \(what):"]
        let sorted = change.byViolation.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (violation, count) in sorted {
            lines.append("  \(violation): \(count)")
            let name = violation == ReplayTransition.noViolation ? nil : violation
            for example in change.examples where example.violation == name { lines += self.lines(example) }
        }
        return lines.joined(separator: "\n")
    }

    private func lines(_ example: ReplayExample) -> [String] {
        var lines = ["    \(example.time)  session \(example.session)  \(example.client)"]
        if let sender = example.sender {
            let recipients = example.recipients.map { "<\($0)>" }.joined(separator: ", ")
            lines.append("      from <\(sender)> to \(recipients.isEmpty ? "nobody" : recipients)")
        }
        if let evidence = example.evidence, !evidence.isEmpty { lines.append("      evidence: \(evidence)") }
        lines.append("      at \(example.stage.rawValue): \(example.reply)")
        return lines
    }
}
