#if Unbound
import CLibUnbound
import Dispatch
import Glibc
import SMTPDNS

/// A context of libunbound, and the queue that everything of it happens on.
///
/// Proof of `@unchecked Sendable`: `context`, `waiting` and `isTimerSet` are used in blocks of the serial queue only, but for the making of the
/// context and its deletion, which the last reference brings about: no block is left then, and `source` was the only other user.
final class UnboundContext: @unchecked Sendable {
    private let context: OpaquePointer
    private let queue = DispatchQueue(label: "SMTPDNSUnbound")
    private let source: any DispatchSourceRead
    private let deadline: Duration
    /// What was asked, the oldest first: all have the same time.
    private var waiting: [(query: UnboundQuery, until: ContinuousClock.Instant)] = []
    private var isTimerSet = false

    init(_ configuration: UnboundConfiguration) throws(UnboundError) {
        guard let context = ub_ctx_create() else { throw UnboundError(description: "libunbound cannot be used") }
        do throws(UnboundError) {
            try Self.configure(context, configuration)
        } catch {
            ub_ctx_delete(context)
            throw error
        }
        self.context = context
        deadline = configuration.deadline
        source = DispatchSource.makeReadSource(fileDescriptor: ub_fd(context), queue: queue)
        source.setEventHandler { [weak self] in
            if let self { ub_process(self.context) }
        }
        source.activate()
    }

    deinit {
        // Not before the source has let go of the descriptor, which belongs to the context.
        let context = Context(pointer: context)
        source.setCancelHandler { ub_ctx_delete(context.pointer) }
        source.cancel()
    }

    /// Takes the context over to the block that deletes it: `@unchecked`, because that block is the last to have it.
    private struct Context: @unchecked Sendable { let pointer: OpaquePointer }

    private static func configure(
        _ context: OpaquePointer, _ configuration: UnboundConfiguration
    ) throws(UnboundError) {
        func check(_ code: Int32, _ what: String) throws(UnboundError) {
            guard code != 0 else { return }
            let reason = ub_strerror(code).map { String(cString: $0) } ?? "error \(code)"
            throw UnboundError(description: "\(what): \(reason)")
        }
        func set(_ name: String, _ value: String) throws(UnboundError) {
            try check(ub_ctx_set_option(context, "\(name):", value), "option \"\(name)\" with \"\(value)\"")
        }
        // Whoever called hears of mistakes; standard error is not the library's.
        ub_ctx_debugout(context, nil)
        // A thread, not a process.
        try check(ub_ctx_async(context, 1), "asynchronous work")
        // A server that did not answer for a while is tried again, however long it was away.
        try set("infra-keep-probing", "yes")
        switch configuration.upstream {
        case .root: break
        case .system: try check(ub_ctx_resolvconf(context, nil), "/etc/resolv.conf")
        case .forwarders(let forwarders):
            guard !forwarders.isEmpty else { throw UnboundError(description: "no forwarder was given") }
            // They know what private networks' names are, and one of them may be this machine.
            try set("unblock-lan-zones", "yes")
            try set("do-not-query-localhost", "no")
            for forwarder in forwarders {
                try check(ub_ctx_set_fwd(context, "\(forwarder)"), "forwarder \(forwarder)")
            }
        }
        for (name, value) in configuration.options.sorted(by: { $0.key < $1.key }) { try set(name, value) }
        if let file = configuration.trustAnchorFile {
            // libunbound reads it later, and says nothing then.
            guard access(file, R_OK) == 0 else {
                throw UnboundError(description: "trust anchors in \(file): \(String(cString: strerror(errno)))")
            }
            try check(ub_ctx_add_ta_file(context, file), "trust anchors in \(file)")
        }
        for anchor in configuration.trustAnchors {
            try check(ub_ctx_add_ta(context, anchor), "trust anchor \"\(anchor)\"")
        }
        // From here on the configuration is final.
        for zone in configuration.localZones {
            try check(ub_ctx_zone_add(context, "\(zone.absolute)", "static"), "zone \(zone)")
        }
        for line in configuration.localData { try check(ub_ctx_data_add(context, line), "local data \"\(line)\"") }
    }

    // MARK: Questions

    func ask(_ query: UnboundQuery) { queue.async { self.send(query) } }

    func cancel(_ query: UnboundQuery) {
        query.finish(.failure(.cancelled))
        queue.async { self.drop(query, .cancelled) }
    }

    private func send(_ query: UnboundQuery) {
        guard !query.isOver else { return }
        let pointer = Unmanaged.passRetained(query).toOpaque()
        var number: Int32 = 0
        let code = ub_resolve_async(
            context, query.question.name.absolute, Int32(query.question.type.rawValue), 1, pointer,
            { pointer, code, result in
                defer { ub_resolve_free(result) }
                guard let pointer else { return }
                let query = Unmanaged<UnboundQuery>.fromOpaque(pointer).takeRetainedValue()
                query.number = nil
                query.finish(UnboundAnswer.read(code, result, query.question))
            }, &number)
        guard code == 0 else {
            Unmanaged<UnboundQuery>.fromOpaque(pointer).release()
            return query.finish(.failure(.serverFailure))
        }
        query.number = number
        waiting.append((query, .now + deadline))
        setTimer()
    }

    private func drop(_ query: UnboundQuery, _ failure: DNSFailure) {
        if let number = query.number, ub_cancel(context, number) == 0 {
            // It will not be called back.
            query.number = nil
            Unmanaged.passUnretained(query).release()
        }
        query.finish(.failure(failure))
    }

    // MARK: Time

    private func setTimer() {
        guard !isTimerSet, let first = waiting.first else { return }
        isTimerSet = true
        let wait = max(.zero, first.until - .now)
        queue.asyncAfter(deadline: .now() + wait / .seconds(1)) { [weak self] in self?.timeHasPassed() }
    }

    private func timeHasPassed() {
        isTimerSet = false
        let now = ContinuousClock.now
        let due = waiting.prefix { $0.until <= now || $0.query.isOver }
        for (query, _) in due where !query.isOver { drop(query, .timeout) }
        waiting.removeFirst(due.count)
        setTimer()
    }
}

extension DNSName {
    /// With the dot of the root, as libunbound wants it.
    fileprivate var absolute: String { wire.isEmpty ? "." : "\(self)." }
}
#endif
