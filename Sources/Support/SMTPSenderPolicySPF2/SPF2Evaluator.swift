#if SPF2
public import SMTPDNS
public import SMTPSenderPolicy

/// The engine of libspf2, for those who want its answers: it follows RFC 4408 and has its own ideas about some of it, see the article on SPF.
///
/// ```swift
/// SPFCheck(SPF2Evaluator(resolver), receiver: "mx.example.org")
/// ```
///
/// libspf2 wants every answer at once. So it is run with those that are known; where one is missing it is told that there is none for now, the
/// question is asked, and libspf2 is run anew with one answer more. No thread waits for DNS. What libspf2 is given was read by the engine of this
/// library before: see `SPF2Guard`.
public struct SPF2Evaluator<Resolver: DNSResolver>: SPFEvaluator {
    /// How often libspf2 is run for one evaluation: more than the questions that RFC 7208 §4.6.4 allows.
    public static var mostRuns: Int { 200 }

    /// Who answers its questions.
    public var resolver: Resolver
    /// Whether what strangers wrote is read before libspf2 gets it. Without that, libspf2's faults are theirs to use: only for tests of them.
    package var isGuarded = true

    /// An engine.
    public init(_ resolver: Resolver) { self.resolver = resolver }

    /// Judges a client.
    public func evaluate(_ request: SPFRequest) async -> SPFOutcome {
        if isGuarded, let problem = SPF2Guard.problem(with: request) {
            var outcome = SPFOutcome(.permerror)
            outcome.problem = problem
            return outcome
        }
        var answers: [DNSQuestion: Result<DNSAnswer, DNSFailure>] = [:]
        for _ in 0..<Self.mostRuns {
            let run = SPF2Run(answers, isGuarded: isGuarded)
            let outcome = run.evaluate(request)
            guard let question = run.missing else { return outcome }
            do throws(DNSFailure) {
                answers[question] = .success(try await resolver.answer(question))
            } catch {
                answers[question] = .failure(error)
            }
        }
        var outcome = SPFOutcome(.permerror)
        outcome.problem = "more than \(Self.mostRuns) questions"
        return outcome
    }
}
#endif
