import SMTPSecurity
import Tracing

/// The spans of one session: its own, and that of the mail transaction in progress.
///
/// A class because its identity is the point: a span has one beginning and one end. Not `Sendable`: it belongs to its
/// session's event loop.
final class SessionTrace {
    /// The most events of a session's span; what comes after them is counted.
    static let mostEvents = 128

    private let tracer: any Tracer
    private let session: any Tracing.Span
    private var transaction: TransactionTrace?
    private var isEnded = false
    private var events = 0
    private var omittedEvents = 0

    /// Begins a session's span; `nil` without a tracer.
    init?(_ tracer: (any Tracer)?, _ info: ConnectionInfo, profile: String) {
        guard let tracer else { return nil }
        self.tracer = tracer
        session = tracer.startSpan("smtp.session", context: .topLevel, ofKind: .server)
        session.updateAttributes { $0.describe(info, profile: profile) }
    }

    /// For evaluations that begin now. Their spans belong to the transaction's, if there is one, or else to the session's.
    var evaluations: EvaluationTracer {
        EvaluationTracer(tracer: tracer, parent: transaction?.span.context ?? session.context)
    }

    /// Begins or ends the transaction's span, as the session says.
    func follow(isInTransaction: Bool, _ statistics: ProfileStatistics) {
        guard !isEnded, isInTransaction != (transaction != nil) else { return }
        if isInTransaction {
            let span = tracer.startSpan("smtp.transaction", context: session.context)
            transaction = TransactionTrace(span, statistics)
        } else {
            transaction?.end(statistics)
            transaction = nil
        }
    }

    /// A violation was raised.
    func add(_ record: ViolationRecord) {
        guard session.isRecording else { return }
        guard events < Self.mostEvents else {
            omittedEvents += 1
            return
        }
        events += 1
        session.addEvent(SpanEvent(name: "smtp.violation", attributes: SpanAttributes(record)))
    }

    /// Something that the session needs has failed.
    ///
    /// - Parameters:
    ///   - kind: what failed, in one word.
    ///   - reason: how.
    func fail(_ kind: String, _ reason: String) {
        for span in [session, transaction?.span].compactMap({ $0 }) {
            span.attributes["error.type"] = kind
            span.setStatus(SpanStatus(code: .error, message: Evidence(reason).description))
        }
    }

    /// The session is over. Only the first call does something.
    func end(_ statistics: ProfileStatistics) {
        guard !isEnded else { return }
        isEnded = true
        transaction?.end(statistics)
        transaction = nil
        session.updateAttributes { attributes in
            attributes.count(statistics)
            if omittedEvents > 0 { attributes["smtp.violations.omitted"] = omittedEvents }
        }
        session.end()
    }
}
