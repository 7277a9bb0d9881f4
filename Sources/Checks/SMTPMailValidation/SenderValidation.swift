public import SMTPDNS
public import SMTPSecurity

/// Whether senders and clients are what DNS and the administrator say: the sender's domain can receive mail, the client has the name that it
/// greets with and a reverse name that leads back to it, and nobody is in the list of those who are not wanted.
///
/// ```swift
/// var check = SenderValidation(CachingResolver(resolver))
/// check.disallowed = try SenderList(parsing: "sender spam.example\nclient 192.0.2.0/24")
/// ```
///
/// By default a sender whose domain cannot receive mail is refused, and everything else is reported. Give it the resolver that other checks have
/// too: a `CachingResolver` asks each question once for all of them.
public struct SenderValidation<Resolver: DNSResolver>: SecurityCheck {
    /// `sender-validation`.
    public static var name: String { SenderViolations.name }
    /// See the definitions in this type.
    public static var violations: [ViolationDefinition] { SenderViolations.all }
    /// Senders.
    public static var stages: StageSet { .sender }

    /// Who answers questions.
    public var resolver: Resolver
    /// Senders and clients that are refused.
    public var disallowed = SenderList()
    /// Senders and clients of whom nothing of this is asked. A client's name counts only if it is confirmed.
    public var allowed = SenderList()
    /// Whether the sender's domain has to be able to receive mail (RFC 5321 §2.3.5, RFC 7505).
    public var checksSenderDomain = true
    /// Whether the name of `EHLO` or `HELO` is looked up (RFC 5321 §4.1.4 forbids to refuse for a mismatch; it is reported).
    public var checksGreetingName = true
    /// Whether the client's reverse name is looked up.
    public var checksReverseName = true
    /// Whether authenticated clients are not judged.
    public var exemptsAuthenticatedClients = true
    /// What happens when DNS does not answer.
    public var failureMode = FailureMode.open
    /// How long all questions together may take.
    public var deadline = Duration.seconds(15)

    /// A check.
    public init(_ resolver: Resolver) { self.resolver = resolver }

    /// Nothing asked.
    public func makeSessionState(for connection: ConnectionInfo) -> SenderValidationState { .init() }

    /// Judges the sender of a transaction.
    public func evaluate(
        _ event: SessionEvent, in session: SessionContext, state: inout SenderValidationState
    ) -> Evaluation<SenderValidationState> {
        guard case .command(let command) = event else { return .pass }
        if exemptsAuthenticatedClients, session.isAuthenticated { return .pass }
        let client = session.connection.client.address.canonical
        let mailbox = Mailbox(command.path)
        var domain: DNSName?
        // A domain in Unicode would have to be asked for in its ASCII form (RFC 5891), which it is not here.
        if case .name(let name)? = mailbox?.domain, name.utf8.allSatisfy({ $0 < 0x80 }) { domain = try? DNSName(name) }
        if allowed.contains(sender: mailbox, domain: domain) || allowed.contains(client: client) { return .pass }
        if disallowed.contains(sender: mailbox, domain: domain) || disallowed.contains(client: client) {
            let sender = mailbox.map { "\($0)" } ?? "<>"
            return .violation(Self.disallowed, evidence: Evidence("\(sender) from \(client)"))
        }
        let greeting = GreetingName(session.greetingName)
        return .later { [domain] context async throws(CheckFailure) -> Verdict in
            await judge(domain, greeting, client, &context)
        }
    }

    /// The result of the reverse look-up (RFC 8601 §2.7.3).
    public func trace(in session: SessionContext) -> MessageTrace {
        guard let names = session.facts[ClientNamesFact.self] else { return .none }
        let result =
            switch (names.confirmed.isEmpty, names.failure, names.names.isEmpty) {
            case (false, _, _): "pass"
            case (true, .some, _): "temperror"
            case (true, nil, true): "permerror"
            case (true, nil, false): "fail"
            }
        let client = session.connection.client.address.canonical
        return MessageTrace(authenticationResults: [
            AuthenticationResult("iprev", result, properties: [.init("policy", "iprev", "\(client)")])
        ])
    }

    // MARK: Asking

    private func judge(
        _ domain: DNSName?, _ greeting: GreetingName, _ client: IPAddress,
        _ context: inout DeferredEvaluation<SenderValidationState>
    ) async -> Verdict {
        async let askedNames = names(of: client, known: context.state.names)
        async let askedGreeting = standing(of: greeting, client, known: context.state.greetings[greeting])
        async let askedDomain = standing(of: domain)
        let (names, greetingStanding, domainStanding) = await (askedNames, askedGreeting, askedDomain)

        var violations: [Violation] = []
        var failures: [String] = []
        if let names {
            // What could not be found out is asked again.
            if names.failure == nil { context.state.names = names }
            context.facts[ClientNamesFact.self] = names
            if names.confirmed.contains(where: { allowed.contains(clientName: $0) }) { return .pass }
            if let name = names.names.first(where: { disallowed.contains(clientName: $0) }) {
                violations.append(Violation(Self.disallowed, evidence: Evidence("\(client) is \(name)")))
            }
            if checksReverseName, names.confirmed.isEmpty {
                if let failure = names.failure {
                    failures.append("the names of \(client): \(failure)")
                } else if names.names.isEmpty {
                    violations.append(Violation(Self.missingReverseName, evidence: Evidence("\(client)")))
                } else {
                    let text = "\(client) is \(names.names.map { "\($0)" }.joined(separator: ", "))"
                    violations.append(Violation(Self.unconfirmedReverseName, evidence: Evidence(text)))
                }
            }
        }
        let evidence = Evidence("\(greeting.text) from \(client)")
        if case .unknown(let failure) = greetingStanding {
            failures.append("\(Evidence(greeting.text)): \(failure)")
        } else {
            context.state.greetings = [greeting: greetingStanding]
        }
        switch greetingStanding {
        case .mine, .unknown: break
        case .unqualified: violations.append(Violation(Self.unqualifiedGreeting, evidence: evidence))
        case .nonexistent: violations.append(Violation(Self.unresolvableGreeting, evidence: evidence))
        case .others:
            // A host with several addresses is known by its reverse name, too.
            if let name = greeting.name, names?.confirmed.contains(name) == true { break }
            violations.append(Violation(Self.mismatchedGreeting, evidence: evidence))
        }
        switch domainStanding {
        case .hasMail: break
        case .unknown(let failure): failures.append("\(domain.map { "\($0)" } ?? ""): \(failure)")
        case .hasNone:
            violations.append(Violation(Self.unresolvableDomain, evidence: Evidence("\(domain.map { "\($0)" } ?? "")")))
        case .nullExchange:
            violations.append(Violation(Self.nullExchange, evidence: Evidence("\(domain.map { "\($0)" } ?? "")")))
        }
        if !failures.isEmpty { return .incomplete(violations, CheckFailure(failures.joined(separator: "; "))) }
        return violations.isEmpty ? .pass : .violations(violations)
    }

    private func names(of client: IPAddress, known: ClientNames?) async -> ClientNames? {
        guard checksReverseName || disallowed.hasClientNames || allowed.hasClientNames else { return nil }
        if let known { return known }
        return await ClientNames(of: client, asking: resolver)
    }

    private func standing(
        of greeting: GreetingName, _ client: IPAddress, known: GreetingName.Standing?
    ) async -> GreetingName.Standing {
        guard checksGreetingName else { return .mine }
        if let known { return known }
        return await greeting.standing(for: client, asking: resolver)
    }

    private enum DomainStanding { case hasMail, nullExchange, hasNone, unknown(DNSFailure) }

    /// Whether a domain can receive mail (RFC 5321 §5.1).
    private func standing(of domain: DNSName?) async -> DomainStanding {
        guard checksSenderDomain, let domain else { return .hasMail }
        do throws(DNSFailure) {
            let answer = try await resolver.answer(DNSQuestion(domain, .mx))
            if answer.records.count == 1, case .mx(_, .root) = answer.records[0] { return .nullExchange }
            if !answer.records.isEmpty { return .hasMail }
            if answer.outcome == .nonexistent { return .hasNone }
            return try await resolver.hasAddress(domain) ? .hasMail : .hasNone
        } catch {
            return .unknown(error)
        }
    }
}

/// What ``SenderValidation`` remembers of one session.
public struct SenderValidationState: Sendable {
    /// The client's names, once they are known for sure.
    var names: ClientNames?
    /// The latest greeting, and what came of it.
    var greetings: [GreetingName: GreetingName.Standing] = [:]
}

extension DNSResolver {
    /// Whether a name has an address of either kind.
    func hasAddress(_ name: DNSName) async throws(DNSFailure) -> Bool {
        if try await !answer(DNSQuestion(name, .a)).records.isEmpty { return true }
        return try await !answer(DNSQuestion(name, .aaaa)).records.isEmpty
    }
}
