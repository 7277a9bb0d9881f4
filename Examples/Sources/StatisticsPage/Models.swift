import Foundation
import SMTPReporting
import SMTPSecurity

/// The summary as JSON has it.
struct Summary: Encodable {
    var from: String
    var until: String
    var traffic: [String: ProfileTraffic]
    var violations: [ViolationCount]
    var dropped: [DroppedEntries]

    init(
        from: Timestamp, until: Timestamp, traffic: [String: ProfileTraffic], violations: [ViolationCount],
        dropped: [DroppedEntries]
    ) {
        self.from = from.iso8601
        self.until = until.iso8601
        self.traffic = traffic
        self.violations = violations
        self.dropped = dropped
    }
}

/// What the overview shows.
struct OverviewModel {
    let values: [String: Any]

    init(
        _ query: PageQuery, _ counts: [ViolationCount], _ traffic: [String: ProfileStatistics],
        _ points: [TimelinePoint],
        _ dropped: Int
    ) {
        var checks: [String: (occurrences: Int, alarmed: Int, blocked: Int)] = [:]
        for count in counts {
            let sum = checks[count.check] ?? (0, 0, 0)
            checks[count.check] = (
                sum.occurrences + count.occurrences, sum.alarmed + count.alarmed, sum.blocked + count.blocked
            )
        }
        let shown = traffic.filter { query.profile == nil || $0.key == query.profile }
        func sum(_ value: (ProfileStatistics) -> Int) -> String {
            shown.values.reduce(0) { $0 + value($1) }.formatted(
                .number.locale(Locale(identifier: "en_US_POSIX")).grouping(.automatic))
        }
        let most = checks.values.map(\.occurrences).max() ?? 1
        var values: [String: Any] = [
            "title": "Violations and traffic", "search": "", "live": ["on": true], "ranges": query.ranges("/"),
            "chart": Chart(points, query).svg, "hasChecks": !counts.isEmpty,
            "cards": [
                ["title": "sessions", "value": sum(\.sessions)], ["title": "messages taken", "value": sum(\.messages)],
                ["title": "recipients", "value": sum(\.recipients)], ["title": "refused", "value": sum(\.refused)],
                ["title": "deferred", "value": sum(\.deferred)],
                ["title": "violations", "value": "\(counts.reduce(0) { $0 + $1.occurrences })"],
            ],
        ]
        values["checks"] = checks.sorted { ($1.value.occurrences, $0.key) < ($0.value.occurrences, $1.key) }.map {
            name, sum in
            [
                "name": name, "occurrences": sum.occurrences, "alarmed": sum.alarmed, "blocked": sum.blocked,
                "bar": Chart.bar(sum.occurrences, blocked: sum.blocked, most: most),
                "link": query.link("/violations", ["violation": name]),
            ] as [String: Any]
        }
        values["violations"] = counts.map { count in
            [
                "name": count.violation, "occurrences": count.occurrences, "alarmed": count.alarmed,
                "blocked": count.blocked, "last": count.last.shown,
                "link": query.link("/violations", ["violation": count.violation]),
            ] as [String: Any]
        }
        values["profiles"] = traffic.sorted { $0.key < $1.key }.map { name, statistics in
            [
                "name": name, "link": query.link("/", ["profile": name]), "sessions": statistics.sessions,
                "transactions": statistics.transactions, "messages": statistics.messages,
                "recipients": statistics.recipients, "octets": statistics.octets, "refused": statistics.refused,
                "deferred": statistics.deferred, "unavailable": statistics.unavailable,
            ] as [String: Any]
        }
        if let profile = query.profile {
            values["profile"] = ["profile": profile, "allProfiles": query.link("/", ["profile": nil])]
        }
        if dropped > 0 { values["dropped"] = ["dropped": dropped] }
        self.values = values
    }
}

/// What a list of violations shows.
struct ListModel {
    let values: [String: Any]

    init(_ query: PageQuery, _ entries: [ViolationEntry]) {
        let filters = ["violation", "client", "sender", "recipient", "profile"]
        let kept = Set(filters + ["range", "action"])
        func value(_ name: String) -> String { query.given.first { $0.name == name }?.value ?? "" }
        var values: [String: Any] = [
            "title": "Violations", "heading": query.violations.violation ?? "Violations", "search": "",
            "live": ["on": true], "range": query.range.name, "overview": query.link("/"),
            "ranges": query.ranges("/violations", keeping: kept), "hasEntries": !entries.isEmpty,
            "fields": filters.map { ["name": $0, "value": value($0)] },
            "actions": ["passed", "repaired", "refused", "closed"].map {
                ["name": $0, "chosen": $0 == value("action")] as [String: Any]
            },
        ]
        values["entries"] = entries.map { entry in
            [
                "time": entry.time.shown, "id": "\(entry.supportID)", "link": "/violations/\(entry.supportID)",
                "violation": entry.violation, "action": entry.action.rawValue, "client": "\(entry.client.address)",
                "clientLink": query.link("/violations", ["client": "\(entry.client.address)"]),
                "sender": entry.reversePath.map { "<\($0)>" } ?? "", "evidence": entry.evidence,
            ]
        }
        if entries.count >= query.violations.limit, let last = entries.last {
            values["older"] = query.link("/violations", ["before": "\(last.supportID)"], keeping: kept)
        }
        self.values = values
    }
}

/// What one violation shows.
struct DetailModel {
    let values: [String: Any]

    init(_ entry: ViolationEntry) {
        var facts: [(String, String)] = [
            ("Support ID", "\(entry.supportID)"), ("time", entry.time.shown), ("evidence", entry.evidence),
            ("reply", entry.reply ?? "none of its own"), ("profile", entry.profile), ("client", "\(entry.client)"),
            ("greeting", entry.greetingName.isEmpty ? "none yet" : entry.greetingName),
            ("session", "\(entry.session), transaction \(entry.transaction)"),
            ("sender", entry.reversePath.map { "<\($0)>" } ?? "none"),
            (
                "recipients",
                entry.recipients.map { "<\($0)>" }.joined(separator: ", ") + " (\(entry.recipientCount) accepted)"
            ),
        ]
        if let size = entry.messageSize { facts.append(("message", "\(size) octets")) }
        if let digest = entry.messageDigest { facts.append(("SHA-256", digest)) }
        values = [
            "title": "Violation \(entry.supportID)", "search": "\(entry.supportID)", "violation": entry.violation,
            "action": entry.action.rawValue, "alarm": entry.alarm, "block": entry.block,
            "facts": facts.map { ["name": $0.0, "value": $0.1] },
            "lines": entry.transcript.map { line in
                ["time": String(line.time.shown.dropFirst(11)), "side": line.direction.rawValue, "text": line.text]
            },
            "hasMessage": !entry.messageBeginning.isEmpty,
            "messageTitle": "Its first \(entry.messageBeginning.count) octets of \(entry.messageSize ?? 0)",
            "message": entry.messageLines,
        ]
    }
}

extension PageQuery {
    /// Links to other stretches of time.
    func ranges(_ path: String, keeping kept: Set<String> = ["profile"]) -> [[String: Any]] {
        Range.all.map { range in
            [
                "title": range.title, "chosen": range.name == self.range.name,
                "link": link(path, ["range": range.name], keeping: kept),
            ]
        }
    }
}
