public import SMTPSecurity

/// Asks the policies of the sender's domain and of the client's name whether the client may send for them (RFC 7208).
///
/// ```swift
/// SPFCheck(NativeSPFEvaluator(resolver), receiver: "mx.example.org")
/// ```
///
/// Each result is a violation of its own, so that a profile can say what is done about it. By default a `fail` is refused; `softfail`,
/// `temperror` and `permerror` are reported; `neutral` and `none` are ignored. Other checks find the results in ``SPFOutcomesFact``, and what
/// greylisting and harvest prevention want to know in `SPFResultFact`.
public struct SPFCheck<Evaluator: SPFEvaluator>: SecurityCheck {
    /// `spf`.
    public static var name: String { "spf" }

    /// One violation for each result but `pass`, for the sender, and four for the client's name. The codes are those of RFC 7372.
    public static var violations: [ViolationDefinition] { SPFViolations.all }

    /// Senders.
    public static var stages: StageSet { .sender }

    /// Who evaluates.
    public var evaluator: Evaluator
    /// The name of the host that judges, for explanations.
    public var receiver: String
    /// Whether the policy of the client's name is asked too.
    public var checksGreetingName = true
    /// Clients that are not judged.
    public var exemptNetworks: [IPNetwork] = []
    /// Whether authenticated clients are not judged.
    public var exemptsAuthenticatedClients = true
    /// What happens when there is no result in time.
    public var failureMode = FailureMode.open
    /// How long both evaluations together may take (RFC 7208 §4.6.4 wants 20 seconds at least).
    public var deadline = Duration.seconds(20)

    /// A check.
    ///
    /// - Parameters:
    ///   - evaluator: who evaluates.
    ///   - receiver: the name of the host that judges, for explanations.
    public init(_ evaluator: Evaluator, receiver: String) {
        self.evaluator = evaluator
        self.receiver = receiver
    }

    /// Nothing asked.
    public func makeSessionState(for connection: ConnectionInfo) -> SPFState { SPFState() }

    /// Judges the sender of a transaction.
    public func evaluate(
        _ event: SessionEvent, in session: SessionContext, state: inout SPFState
    ) -> Evaluation<SPFState> {
        guard case .command(let command) = event else { return .pass }
        let client = session.connection.client.address
        let isExempt =
            exemptsAuthenticatedClients && session.isAuthenticated || exemptNetworks.contains { $0.contains(client) }
        guard !isExempt else {
            // What was found out of an earlier sender is not true of this one.
            guard session.facts[SPFOutcomesFact.self] != nil else { return .pass }
            return .later { (context: inout DeferredEvaluation<SPFState>) async throws(CheckFailure) -> Verdict in
                Self.forget(&context.facts)
                return .pass
            }
        }
        let name = session.greetingName
        let sender = Array(OwnedCommand(command).address.utf8)
        let helo = SPFRequest(.helo, client: client, helo: name, receiver: receiver, time: session.now)
        let mailFrom = SPFRequest(
            .mailFrom, client: client, helo: name, sender: sender, receiver: receiver, time: session.now)
        return .later { (context: inout DeferredEvaluation<SPFState>) async throws(CheckFailure) -> Verdict in
            Self.forget(&context.facts)
            var heloOutcome: SPFOutcome?
            if checksGreetingName || sender.isEmpty {
                let outcome: SPFOutcome
                if let known = context.state.helo, known.name == name {
                    outcome = known.outcome
                } else {
                    outcome = await evaluator.evaluate(helo)
                }
                // What could not be found out is asked again.
                if outcome.result != .temperror { context.state.helo = (name, outcome) }
                heloOutcome = outcome
            }
            let outcome =
                if sender.isEmpty, let heloOutcome { heloOutcome } else { await evaluator.evaluate(mailFrom) }
            let domain = String(decoding: mailFrom.domain, as: UTF8.self).lowercased()
            context.facts[SPFOutcomesFact.self] = .init(
                helo: checksGreetingName ? heloOutcome : nil, mailFrom: outcome, sender: sender)
            context.facts[SPFResultFact.self] = .init(isPass: outcome.result == .pass, domain: domain)
            var violations: [Violation] = []
            if checksGreetingName, let heloOutcome, !sender.isEmpty {
                let definition = SPFViolations.ofGreetingName[heloOutcome.result]
                violations += Self.violation(definition, heloOutcome, helo)
            }
            violations += Self.violation(SPFViolations.ofSender[outcome.result], outcome, mailFrom)
            return violations.isEmpty ? .pass : .violations(violations)
        }
    }

    /// Results for `Authentication-Results`, and `Received-SPF` fields.
    public func trace(in session: SessionContext) -> MessageTrace {
        // Of an earlier sender they would say something that is not true of this one.
        guard let outcomes = session.facts[SPFOutcomesFact.self], outcomes.sender == session.reversePath else {
            return .none
        }
        return SPFTrace.trace(outcomes, receiver: receiver, in: session)
    }

    private static func forget(_ facts: inout SessionFacts) {
        facts[SPFOutcomesFact.self] = nil
        facts[SPFResultFact.self] = nil
    }

    private static func violation(
        _ definition: ViolationDefinition?, _ outcome: SPFOutcome, _ request: SPFRequest
    ) -> [Violation] {
        guard let definition else { return [] }
        let domain = String(decoding: request.domain, as: UTF8.self)
        var evidence = "\(domain) says \(outcome.result.rawValue) of \(request.client)"
        if let mechanism = outcome.mechanism { evidence += " by \(mechanism)" }
        if let problem = outcome.problem { evidence += ": \(problem)" }
        var reply = definition.reply
        if let explanation = outcome.explanation, !explanation.isEmpty {
            // A stranger's words (RFC 7208 §6.2): said to be his, short, and in ASCII without control characters.
            let shown = Evidence("\(domain) says: \(explanation)").description.replacing("…", with: "...")
            reply.lines.append(shown)
        }
        return [Violation(definition, evidence: Evidence(evidence), reply: reply)]
    }
}

/// What ``SPFCheck`` remembers of one session.
public struct SPFState: Sendable {
    /// The client's name, and what its policy says.
    var helo: (name: [UInt8], outcome: SPFOutcome)?
}

/// The violations of ``SPFCheck``.
enum SPFViolations {
    static let ofSender: [SPFResult: ViolationDefinition] = [
        .fail: definition(
            "fail", "The sender's domain does not authorise the client.", .alarmAndBlock, 550, 23,
            "The sender's domain does not authorise this client"),
        .softfail: definition(
            "softfail", "The sender's domain probably does not authorise the client.", .alarmOnly, 550, 23,
            "The sender's domain does not seem to authorise this client"),
        .neutral: definition(
            "neutral", "The sender's domain says nothing of the client.", .ignore, 550, 23,
            "The sender's domain does not authorise this client"),
        .none: definition(
            "none", "The sender's domain has no policy.", .ignore, 550, 23,
            "The sender's domain does not say who may send for it"),
        .temperror: definition(
            "temperror", "The policy of the sender's domain cannot be found out for now.", .alarmOnly, 451, 24,
            "The policy of the sender's domain cannot be found out, try again later"),
        .permerror: definition(
            "permerror", "The policy of the sender's domain cannot be understood.", .alarmOnly, 550, 24,
            "The policy of the sender's domain cannot be understood"),
    ]

    static let ofGreetingName: [SPFResult: ViolationDefinition] = [
        .fail: definition(
            "helo-fail", "The domain of the client's name does not authorise the client.", .alarmAndBlock, 550, 23,
            "The domain that you greeted with does not authorise you"),
        .softfail: definition(
            "helo-softfail", "The domain of the client's name probably does not authorise the client.", .alarmOnly, 550,
            23, "The domain that you greeted with does not seem to authorise you"),
        .temperror: definition(
            "helo-temperror", "The policy of the client's name cannot be found out for now.", .alarmOnly, 451, 24,
            "The policy of the domain that you greeted with cannot be found out, try again later"),
        .permerror: definition(
            "helo-permerror", "The policy of the client's name cannot be understood.", .alarmOnly, 550, 24,
            "The policy of the domain that you greeted with cannot be understood"),
    ]

    static let all =
        SPFResult.allCases.compactMap { ofSender[$0] } + SPFResult.allCases.compactMap { ofGreetingName[$0] }

    private static func definition(
        _ name: String, _ summary: String, _ enforcement: Enforcement, _ code: UInt16, _ detail: UInt16, _ text: String
    ) -> ViolationDefinition {
        ViolationDefinition(
            check: "spf", name: name, summary: summary, enforcement: enforcement,
            reply: Reply(code, EnhancedStatusCode(code < 500 ? 4 : 5, 7, detail), text))
    }
}
