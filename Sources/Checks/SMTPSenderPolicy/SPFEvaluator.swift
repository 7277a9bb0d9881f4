public import SMTPDNS

/// Judges clients by the policies of senders.
public protocol SPFEvaluator: Sendable {
    /// Judges a client. Whatever happens, there is an outcome.
    func evaluate(_ request: SPFRequest) async -> SPFOutcome
}

/// The engine of this library: RFC 7208 to the letter.
public struct NativeSPFEvaluator<Resolver: DNSResolver>: SPFEvaluator {
    /// Who answers its questions.
    public var resolver: Resolver
    /// How far it goes.
    public var limits = SPFLimits()

    /// An engine.
    public init(_ resolver: Resolver) { self.resolver = resolver }

    /// Judges a client.
    public func evaluate(_ request: SPFRequest) async -> SPFOutcome {
        var evaluation = SPFEvaluation(request, limits: limits)
        var step = evaluation.start()
        while true {
            switch step {
            case .finished(let outcome): return outcome
            case .ask(let question):
                do throws(DNSFailure) {
                    step = evaluation.resume(.success(try await resolver.answer(question)))
                } catch {
                    step = evaluation.resume(.failure(error))
                }
            }
        }
    }
}
