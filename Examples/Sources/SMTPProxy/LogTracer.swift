import Logging
import Tracing

/// Writes each span into the log when it ends, to see what takes how long.
///
/// It stands in for an exporter: with one that speaks OTLP, bootstrap that in its place. Nothing is kept, and nothing is sent anywhere.
struct LogTracer: Tracer {
    let logger: Logger

    func startSpan(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> some TracerInstant, function: String, file fileID: String, line: UInt
    ) -> LoggedSpan {
        LoggedSpan(operationName, in: context(), at: instant().nanosecondsSinceEpoch, logger: logger)
    }

    func forceFlush() {}

    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {}

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {}
}
