#if Unbound
import CLibUnbound
import Dispatch
public import SMTPDNS
import SMTPSecurity
import Synchronization

/// A resolver on libunbound: asynchronous, caching, and validating if told to.
///
/// One thread of libunbound's own does the work, however many questions there are; answers are read on a queue. Cancelling the task that asked
/// cancels the question.
///
/// A class because its identity is the point: it owns a cache, a thread and questions on their way.
public final class UnboundResolver: DNSResolver {
    private let context: UnboundContext
    private let deadline: Duration

    /// A resolver.
    ///
    /// - Throws: what is wrong with the configuration.
    public init(_ configuration: UnboundConfiguration = UnboundConfiguration()) throws(UnboundError) {
        context = try UnboundContext(configuration)
        deadline = configuration.deadline
    }

    deinit { context.shutDown() }

    /// Answers a question, from the cache or by asking others.
    public func answer(_ question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer {
        let query = UnboundQuery(question)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                query.begin(continuation)
                context.ask(query, within: deadline)
            }
        } onCancel: {
            context.abandon(query, .cancelled)
        }
        return try result.get()
    }
}

/// A question on its way.
final class UnboundQuery: Sendable {
    typealias Answer = Result<DNSAnswer, DNSFailure>

    private struct State {
        var continuation: CheckedContinuation<Answer, Never>?
        /// What to say as soon as somebody listens.
        var early: Answer?
        var isOver = false
        /// libunbound's number for it.
        var number: Int32?
    }

    let question: DNSQuestion
    private let state = Mutex(State())

    init(_ question: DNSQuestion) { self.question = question }

    var isOver: Bool { state.withLock { $0.isOver } }

    /// The number of a question that libunbound knows.
    var number: Int32? {
        get { state.withLock { $0.number } }
        set { state.withLock { $0.number = newValue } }
    }

    /// Somebody waits for the answer.
    func begin(_ continuation: CheckedContinuation<Answer, Never>) {
        let early = state.withLock { state -> Answer? in
            if state.early == nil { state.continuation = continuation }
            return state.early
        }
        if let early { continuation.resume(returning: early) }
    }

    /// Gives the answer; a second one is dropped.
    func finish(_ answer: Answer) {
        let continuation = state.withLock { state -> CheckedContinuation<Answer, Never>? in
            guard !state.isOver else { return nil }
            state.isOver = true
            if state.continuation == nil { state.early = answer }
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume(returning: answer)
    }
}

/// A context of libunbound, and the queue that everything of it happens on.
///
/// Proof: `context` is used in blocks of the serial queue only, but for its making. `source` is made once and cancelled once.
final class UnboundContext: @unchecked Sendable {
    private let context: OpaquePointer
    private let queue = DispatchQueue(label: "SMTPDNSUnbound")
    private let source: any DispatchSourceRead

    init(_ configuration: UnboundConfiguration) throws(UnboundError) {
        guard let context = ub_ctx_create() else { throw UnboundError(description: "libunbound cannot be used") }
        do throws(UnboundError) {
            try Self.configure(context, configuration)
        } catch {
            ub_ctx_delete(context)
            throw error
        }
        self.context = context
        source = DispatchSource.makeReadSource(fileDescriptor: ub_fd(context), queue: queue)
        let queue = queue
        source.setEventHandler { [weak self] in
            dispatchPrecondition(condition: .onQueue(queue))
            if let self { ub_process(self.context) }
        }
        source.activate()
    }

    private static func configure(
        _ context: OpaquePointer, _ configuration: UnboundConfiguration
    ) throws(UnboundError) {
        func check(_ code: Int32, _ what: String) throws(UnboundError) {
            guard code != 0 else { return }
            throw UnboundError(description: "\(what): \(ub_strerror(code).map { String(cString: $0) } ?? "error \(code)")")
        }
        // A thread, not a process.
        try check(ub_ctx_async(context, 1), "asynchronous work")
        switch configuration.upstream {
        case .root: break
        case .system: try check(ub_ctx_resolvconf(context, nil), "/etc/resolv.conf")
        case .forwarders(let forwarders):
            guard !forwarders.isEmpty else { throw UnboundError(description: "no forwarder was given") }
            for forwarder in forwarders {
                try check(ub_ctx_set_fwd(context, "\(forwarder)"), "forwarder \(forwarder)")
            }
        }
        if let file = configuration.trustAnchorFile {
            try check(ub_ctx_add_ta_file(context, file), "trust anchors in \(file)")
        }
        for zone in configuration.localZones { try check(ub_ctx_zone_add(context, "\(zone).", "static"), "zone \(zone)") }
        for line in configuration.localData { try check(ub_ctx_data_add(context, line), "local data \"\(line)\"") }
    }

    func shutDown() {
        let context = context
        source.setCancelHandler { ub_ctx_delete(context) }
        source.cancel()
    }

    func ask(_ query: UnboundQuery, within deadline: Duration) {
        queue.async {
            guard !query.isOver else { return }
            let pointer = Unmanaged.passRetained(query).toOpaque()
            var number: Int32 = 0
            let code = ub_resolve_async(
                self.context, "\(query.question.name).", Int32(query.question.type.rawValue), 1, pointer,
                { pointer, code, result in
                    guard let pointer else { return }
                    let query = Unmanaged<UnboundQuery>.fromOpaque(pointer).takeRetainedValue()
                    query.number = nil
                    query.finish(UnboundAnswer.read(code, result, query.question))
                    ub_resolve_free(result)
                }, &number)
            guard code == 0 else {
                Unmanaged<UnboundQuery>.fromOpaque(pointer).release()
                return query.finish(.failure(.serverFailure))
            }
            query.number = number
            self.queue.asyncAfter(deadline: .now() + deadline / .seconds(1)) { self.drop(query, .timeout) }
        }
    }

    func abandon(_ query: UnboundQuery, _ failure: DNSFailure) {
        query.finish(.failure(failure))
        queue.async { self.drop(query, failure) }
    }

    private func drop(_ query: UnboundQuery, _ failure: DNSFailure) {
        if let number = query.number, ub_cancel(context, number) == 0 {
            // It will not be called back.
            query.number = nil
            Unmanaged.passUnretained(query).release()
        }
        query.finish(.failure(failure))
    }
}
#endif
