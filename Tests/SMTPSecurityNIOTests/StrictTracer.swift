import InMemoryTracing
import Synchronization
import Tracing

/// Keeps spans in memory, and counts how often each was ended.
final class StrictTracer: Tracer {
    /// A span in memory that says when it is ended.
    struct Span: Tracing.Span {
        let kept: InMemorySpan
        let tracer: StrictTracer

        var context: ServiceContext { kept.context }
        var operationName: String {
            get { kept.operationName }
            nonmutating set { kept.operationName = newValue }
        }
        var attributes: SpanAttributes {
            get { kept.attributes }
            nonmutating set { kept.attributes = newValue }
        }
        var isRecording: Bool { kept.isRecording }

        func setStatus(_ status: SpanStatus) { kept.setStatus(status) }
        func addEvent(_ event: SpanEvent) { kept.addEvent(event) }
        func addLink(_ link: SpanLink) { kept.addLink(link) }
        func recordError(
            _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> some TracerInstant
        ) {
            kept.recordError(error, attributes: attributes, at: instant())
        }
        func end(at instant: @autoclosure () -> some TracerInstant) {
            tracer.ends.withLock { $0[kept.spanID, default: 0] += 1 }
            kept.end(at: instant())
        }
    }

    private let memory = InMemoryTracer()
    private let ends = Mutex<[String: Int]>([:])

    /// Spans that were begun and ended, in the order of their ends: those of sessions, then of transactions, then others.
    var spans: [FinishedInMemorySpan] {
        let finished = memory.finishedSpans
        return (0...2).flatMap { rank in finished.filter { $0.operationName.rank == rank } }
    }

    /// Whether each span that was begun was ended once.
    var isComplete: Bool {
        memory.activeSpans.isEmpty && ends.withLock { $0.values.allSatisfy { $0 == 1 } }
    }

    func startSpan(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> some TracerInstant, function: String, file fileID: String, line: UInt
    ) -> Span {
        let kept = memory.startSpan(
            operationName, context: context(), ofKind: kind, at: instant(), function: function, file: fileID, line: line
        )
        return Span(kept: kept, tracer: self)
    }

    func forceFlush() {}
    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {}
    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {}
}

extension String {
    fileprivate var rank: Int { ["smtp.session", "smtp.transaction"].firstIndex(of: self) ?? 2 }
}
