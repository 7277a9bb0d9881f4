#if Unbound
public import SMTPDNS

/// A resolver on libunbound: asynchronous, caching, and validating if told to.
///
/// ```swift
/// var configuration = UnboundConfiguration()
/// configuration.upstream = .forwarders([.init(.v4(0x7F00_0001), port: 5353)])
/// let resolver = try UnboundResolver(configuration)
/// ```
///
/// One thread of libunbound's own does the work, however many questions there are; answers are read on a queue. Cancelling the task that asked
/// cancels the question.
///
/// A class because its identity is the point: it owns a cache, a thread and questions on their way.
public final class UnboundResolver: DNSResolver {
    private let context: UnboundContext

    /// A resolver.
    ///
    /// - Throws: what is wrong with the configuration.
    public init(_ configuration: UnboundConfiguration = UnboundConfiguration()) throws(UnboundError) {
        context = try UnboundContext(configuration)
    }

    /// Answers a question, from the cache or by asking others.
    public func answer(_ question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer {
        var question = question
        // libunbound follows the CNAME records of others, not those of its own local data.
        for _ in 0...ZoneResolver.mostAliases {
            let answer = try await ask(question)
            guard case .noData = answer.outcome, answer.canonicalName != question.name else { return answer }
            question.name = answer.canonicalName
        }
        throw .malformed
    }

    private func ask(_ question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer {
        let query = UnboundQuery(question)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                query.begin(continuation)
                context.ask(query)
            }
        } onCancel: {
            context.cancel(query)
        }
        return try result.get()
    }
}
#endif
