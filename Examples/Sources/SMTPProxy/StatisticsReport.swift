import SMTPSecurity

/// Statistics as a table for people.
struct StatisticsReport {
    private let profiles: [String: ProfileStatistics]

    init(_ profiles: [String: ProfileStatistics]) {
        self.profiles = profiles
    }

    var text: String {
        guard !profiles.isEmpty else { return "No sessions." }
        return profiles.sorted { $0.key < $1.key }.map(Self.section).joined(separator: "\n\n")
    }

    private static func section(_ name: String, _ statistics: ProfileStatistics) -> String {
        var lines = ["Profile \(name)"]
        lines.append(
            "  sessions \(statistics.sessions), transactions \(statistics.transactions), messages \(statistics.messages), "
                + "recipients \(statistics.recipients), octets \(statistics.octets)")
        lines.append(
            "  refused \(statistics.refused), deferred \(statistics.deferred), checks not done \(statistics.unavailable)"
        )
        guard !statistics.violations.isEmpty else { return lines.joined(separator: "\n") }
        let rows = statistics.violations.sorted { ($1.value.occurrences, $0.key) < ($0.value.occurrences, $1.key) }
        let width = rows.map(\.key.count).max() ?? 0
        lines.append("  " + pad("violation", width) + "  occurred  alarmed  blocked")
        for (identifier, count) in rows {
            lines.append(
                "  " + pad(identifier, width) + "  " + right(count.occurrences, 8) + "  " + right(count.alarmed, 7)
                    + "  "
                    + right(count.blocked, 7))
        }
        return lines.joined(separator: "\n")
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func right(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: " ", count: max(0, width - digits.count)) + digits
    }
}
