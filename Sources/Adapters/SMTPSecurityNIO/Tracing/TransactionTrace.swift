import SMTPSecurity
import Tracing

/// The span of one mail transaction, from an accepted `MAIL` to its end.
struct TransactionTrace {
    let span: any Tracing.Span
    /// What the session had counted before.
    private let before: ProfileStatistics

    init(_ span: any Tracing.Span, _ statistics: ProfileStatistics) {
        self.span = span
        before = statistics
        span.attributes["smtp.transaction.number"] = statistics.transactions
    }

    /// Ends it, with what was counted since it began.
    func end(_ statistics: ProfileStatistics) {
        span.updateAttributes { attributes in
            attributes["smtp.messages"] = statistics.messages - before.messages
            attributes["smtp.recipients"] = statistics.recipients - before.recipients
            attributes["smtp.refused"] = statistics.refused - before.refused
            attributes["smtp.deferred"] = statistics.deferred - before.deferred
            attributes["smtp.octets"] = Int64(clamping: statistics.octets &- before.octets)
        }
        span.end()
    }
}
