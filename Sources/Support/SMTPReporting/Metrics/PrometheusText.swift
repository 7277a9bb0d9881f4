public import SMTPSecurity

/// Statistics in the text format of Prometheus, version 0.0.4.
///
/// | name | labels |
/// | --- | --- |
/// | `smtp_security_sessions_total`, `…_transactions_total`, `…_messages_total`, `…_recipients_total`, `…_octets_total`, `…_refused_total`, `…_deferred_total`, `…_unavailable_total` | `profile` |
/// | `smtp_security_violations_total`, `…_violations_alarmed_total`, `…_violations_blocked_total` | `profile`, `violation`, `check` |
/// | `smtp_security_log_recorded_total`, `…_log_written_total`, `…_log_duplicates_total`, `…_log_dropped_total`, `…_log_failures_total`, `…_log_queue_entries`, `…_log_queue_octets` | |
///
/// Names and labels do not change. The order is always the same: profiles and violations by their names.
public enum PrometheusText {
    /// The media type that a scraper is told.
    public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// The text.
    ///
    /// - Parameters:
    ///   - profiles: what was counted since the program began, by profile.
    ///   - log: what the transaction log did; `nil` where there is none.
    public static func render(_ profiles: [String: ProfileStatistics], log: TransactionLogFigures? = nil) -> String {
        let sorted = profiles.sorted { $0.key < $1.key }
        var text = ""
        for metric in StatisticsMetric.traffic {
            append(metric, "counter", sorted.map { ([("profile", $0.key)], $0.value) }, to: &text)
        }
        let violations = sorted.flatMap { profile in
            profile.value.violations.sorted { $0.key < $1.key }.map { (labels(profile.key, $0.key), $0.value) }
        }
        for metric in StatisticsMetric.violations { append(metric, "counter", violations, to: &text) }
        guard let log else { return text }
        for metric in StatisticsMetric.logCounters { append(metric, "counter", [([], log)], to: &text) }
        for metric in StatisticsMetric.logGauges { append(metric, "gauge", [([], log)], to: &text) }
        return text
    }

    private typealias Label = (name: String, value: String)

    private static func labels(_ profile: String, _ violation: String) -> [Label] {
        [("profile", profile), ("violation", violation), ("check", ViolationLabels(violation: violation).check)]
    }

    private static func append<Counted>(
        _ metric: StatisticsMetric<Counted>, _ type: String, _ samples: [([Label], Counted)], to text: inout String
    ) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(metric.name) \(metric.help)\n# TYPE \(metric.name) \(type)\n"
        for (labels, counted) in samples {
            text += metric.name
            if !labels.isEmpty {
                text += "{" + labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",") + "}"
            }
            text += " \(metric.value(counted))\n"
        }
    }

    /// A label's value may have anything; backslash, quotation mark and line feed are escaped.
    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
