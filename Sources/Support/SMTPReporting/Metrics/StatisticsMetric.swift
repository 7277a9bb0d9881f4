import SMTPSecurity

/// A counter of statistics under the name that monitoring knows it by. Names never change.
struct StatisticsMetric<Counted>: Sendable {
    let name: String
    /// What it counts, for people.
    let help: String
    let value: @Sendable (Counted) -> UInt64

    init(_ name: String, _ help: String, _ value: @escaping @Sendable (Counted) -> UInt64) {
        self.name = name
        self.help = help
        self.value = value
    }
}

extension StatisticsMetric<ProfileStatistics> {
    /// Traffic, by profile.
    static var traffic: [StatisticsMetric] {
        [
            StatisticsMetric("smtp_security_sessions_total", "Sessions started.") { UInt64(clamping: $0.sessions) },
            StatisticsMetric("smtp_security_transactions_total", "Transactions started.") {
                UInt64(clamping: $0.transactions)
            },
            StatisticsMetric("smtp_security_messages_total", "Messages accepted by the server.") {
                UInt64(clamping: $0.messages)
            },
            StatisticsMetric("smtp_security_recipients_total", "Recipients accepted by the server.") {
                UInt64(clamping: $0.recipients)
            },
            StatisticsMetric("smtp_security_octets_total", "Octets of message content received.") { $0.octets },
            StatisticsMetric("smtp_security_refused_total", "Commands and messages refused for good.") {
                UInt64(clamping: $0.refused)
            },
            StatisticsMetric("smtp_security_deferred_total", "Commands and messages refused for now.") {
                UInt64(clamping: $0.deferred)
            },
            StatisticsMetric("smtp_security_unavailable_total", "Checks that could not be done.") {
                UInt64(clamping: $0.unavailable)
            },
        ]
    }
}

extension StatisticsMetric<ProfileStatistics.ViolationCount> {
    /// Violations, by profile and kind.
    static var violations: [StatisticsMetric] {
        [
            StatisticsMetric("smtp_security_violations_total", "Violations raised.") {
                UInt64(clamping: $0.occurrences)
            },
            StatisticsMetric("smtp_security_violations_alarmed_total", "Violations reported.") {
                UInt64(clamping: $0.alarmed)
            },
            StatisticsMetric("smtp_security_violations_blocked_total", "Violations that refused something.") {
                UInt64(clamping: $0.blocked)
            },
        ]
    }
}

extension StatisticsMetric<TransactionLogFigures> {
    /// What the transaction log did.
    static var logCounters: [StatisticsMetric] {
        [
            StatisticsMetric("smtp_security_log_recorded_total", "Entries given to the transaction log.") {
                $0.recorded
            },
            StatisticsMetric("smtp_security_log_written_total", "Entries written to the file.") { $0.written },
            StatisticsMetric(
                "smtp_security_log_duplicates_total", "Entries whose Support ID the file had."
            ) { $0.duplicates },
            StatisticsMetric("smtp_security_log_dropped_total", "Entries that were dropped.") { $0.dropped },
            StatisticsMetric("smtp_security_log_failures_total", "Attempts to write that failed.") { $0.failures },
        ]
    }

    /// What waits in the transaction log now.
    static var logGauges: [StatisticsMetric] {
        [
            StatisticsMetric("smtp_security_log_queue_entries", "Entries that wait to be written.") {
                UInt64(clamping: $0.queuedEntries)
            },
            StatisticsMetric("smtp_security_log_queue_octets", "Octets of memory that waiting entries take.") {
                UInt64(clamping: $0.queuedOctets)
            },
        ]
    }
}

/// The labels of one kind of violation.
struct ViolationLabels {
    let violation: String

    /// What stands before the last dot: names inside a check have none.
    var check: String {
        violation.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(violation[..<$0]) } ?? violation
    }
}
