import SMTPSecurity
import Tracing

/// Makes a span of each check that takes time. While the check runs it is the current one, so that what the check asks can
/// attach spans of its own.
struct EvaluationTracer: EvaluationObserver {
    let tracer: any Tracer
    /// What the spans belong to.
    let parent: ServiceContext

    func observe<Answer: Sendable>(
        check: String, evaluation: () async -> (answer: Answer, end: EvaluationEnd)
    ) async -> Answer {
        let span = tracer.startSpan("smtp.check \(check)", context: parent)
        span.attributes["smtp.check.name"] = check
        let (answer, end) = await ServiceContext.withValue(span.context) { await evaluation() }
        note(end, on: span)
        span.end()
        return answer
    }

    private func note(_ end: EvaluationEnd, on span: any Tracing.Span) {
        switch end {
        case .deadlinePassed(let deadline): fail(span, "deadline", "no answer within \(deadline)")
        case .answered(.pass): span.attributes["smtp.check.result"] = "pass"
        case .answered(.violations(let violations)):
            span.attributes["smtp.check.result"] = "violations"
            list(violations, on: span)
        case .answered(.unavailable(let failure)): fail(span, "unavailable", failure.description)
        case .answered(.incomplete(let violations, let failure)):
            fail(span, "incomplete", failure.description)
            list(violations, on: span)
        }
    }

    /// Each kind once, so the list is no longer than that of all kinds.
    private func list(_ violations: [Violation], on span: any Tracing.Span) {
        let kinds = Set(violations.map(\.definition.identifier)).sorted()
        span.attributes["smtp.check.violations"] = kinds
    }

    private func fail(_ span: any Tracing.Span, _ result: String, _ reason: String) {
        span.attributes["smtp.check.result"] = result
        span.attributes["error.type"] = result
        span.setStatus(SpanStatus(code: .error, message: Evidence(reason).description))
    }
}
