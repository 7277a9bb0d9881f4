import Logging
import Synchronization
import Tracing

/// A span that becomes a line of the log when it ends.
///
/// A class because its identity is the point: whoever has it adds to the same one.
final class LoggedSpan: Span {
    /// What a context knows of the span that it stands for.
    private struct Identity: Sendable {
        let trace: UInt64
        let span: UInt64
    }

    private enum IdentityKey: ServiceContextKey {
        typealias Value = Identity
    }

    private struct State: Sendable {
        var name: String
        var attributes = SpanAttributes()
        var status: SpanStatus?
        var events = 0
        var isEnded = false
    }

    let context: ServiceContext
    private let identity: Identity
    private let parent: UInt64?
    private let start: UInt64
    private let logger: Logger
    private let state: Mutex<State>

    init(_ name: String, in outer: ServiceContext, at start: UInt64, logger: Logger) {
        let above = outer[IdentityKey.self]
        identity = Identity(trace: above?.trace ?? .random(in: 1 ... .max), span: .random(in: 1 ... .max))
        parent = above?.span
        var context = outer
        context[IdentityKey.self] = identity
        self.context = context
        self.start = start
        self.logger = logger
        state = Mutex(State(name: name))
    }

    var operationName: String {
        get { state.withLock { $0.name } }
        set { state.withLock { $0.name = newValue } }
    }

    var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set { state.withLock { $0.attributes = newValue } }
    }

    var isRecording: Bool { state.withLock { !$0.isEnded } }

    func setStatus(_ status: SpanStatus) { state.withLock { $0.status = status } }

    func addEvent(_ event: SpanEvent) { state.withLock { $0.events += 1 } }

    func addLink(_ link: SpanLink) {}

    func recordError(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> some TracerInstant
    ) { state.withLock { $0.events += 1 } }

    func end(at instant: @autoclosure () -> some TracerInstant) {
        let ended = state.withLock { state -> State? in
            defer { state.isEnded = true }
            return state.isEnded ? nil : state
        }
        guard let ended else { return }
        let now = instant().nanosecondsSinceEpoch
        logger.notice("span", metadata: metadata(ended, microseconds: now < start ? 0 : (now - start) / 1_000))
    }

    private func metadata(_ ended: State, microseconds: UInt64) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "name": "\(ended.name)", "trace": "\(hexadecimal(identity.trace))", "span": "\(hexadecimal(identity.span))",
            "microseconds": "\(microseconds)", "events": "\(ended.events)",
        ]
        if let parent { metadata["parent"] = "\(hexadecimal(parent))" }
        if ended.status?.code == .error { metadata["error"] = "\(ended.status?.message ?? "")" }
        ended.attributes.forEach { name, value in metadata[name] = "\(text(value))" }
        return metadata
    }

    private func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private func text(_ value: SpanAttribute) -> String {
        switch value {
        case .string(let text): text
        case .int64(let number): "\(number)"
        case .int32(let number): "\(number)"
        case .double(let number): "\(number)"
        case .bool(let flag): "\(flag)"
        case .stringArray(let texts): texts.joined(separator: ",")
        default: "\(value)"
        }
    }
}
