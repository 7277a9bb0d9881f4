public import SMTPSecurity

extension DirectoryHarvest {
    /// Looks at recipients, at the replies to them, and at `VRFY` and `EXPN`.
    public func evaluate(
        _ event: SessionEvent, in session: SessionContext, state: inout HarvestState
    ) -> Evaluation<HarvestState> {
        switch event {
        case .command(let command):
            switch command.verb {
            case .rcpt: return evaluateRecipient(command, session, &state)
            case .vrfy, .expn: return evaluateProbe(Evidence(command.line), session, &state)
            default: return .pass
            }
        case .reply(let reply, to: .rcpt):
            return evaluateReply(reply, session, &state)
        case .fault(let fault):
            switch fault.kind {
            case .notOffered(.vrfy), .notOffered(.expn), .outOfSequence(.vrfy), .outOfSequence(.expn):
                return evaluateProbe(fault.evidence, session, &state)
            default: return .pass
            }
        default:
            return .pass
        }
    }

    private func evaluateRecipient(
        _ command: CommandView, _ session: SessionContext, _ state: inout HarvestState
    ) -> Evaluation<HarvestState> {
        state.ignoresReply = false
        let isUnknown = recipients?.standing(of: command.path) == .unknown
        guard var outcome = outcome(session, &state) else {
            return isUnknown ? .violation(Self.unknownRecipient, evidence: Evidence(command.line)) : .pass
        }
        let isPenalized = state.isPenalized(at: session.now, sender: outcome.sender)
        let answer: StoreAnswer<Duration?> = isPenalized ? .now(nil) : store.penalty(of: outcome.keys, at: session.now)
        // Nearly every recipient: nothing is put together for it.
        if case .now(nil) = answer, !isUnknown, !isPenalized { return .pass }
        outcome.evidence = Evidence(command.line)
        if isUnknown { outcome.unknown = Violation(Self.unknownRecipient, evidence: outcome.evidence) }
        guard !isPenalized else {
            state.ignoresReply = true
            return .violations(outcome.penalized())
        }
        return outcome.proceed(from: answer, counts: isUnknown, &state)
    }

    private func evaluateProbe(
        _ evidence: Evidence, _ session: SessionContext, _ state: inout HarvestState
    ) -> Evaluation<HarvestState> {
        guard var outcome = outcome(session, &state) else { return .pass }
        outcome.evidence = evidence
        if state.isPenalized(at: session.now, sender: outcome.sender) { return .violations(outcome.penalized()) }
        return outcome.proceed(from: store.penalty(of: outcome.keys, at: session.now), counts: true, &state)
    }

    private func evaluateReply(
        _ reply: Reply, _ session: SessionContext, _ state: inout HarvestState
    ) -> Evaluation<HarvestState> {
        guard !state.ignoresReply, reply.isPositive || reply.severity == .permanentFailure,
            var outcome = outcome(session, &state)
        else { return .pass }
        if !reply.isPositive { outcome.evidence = Evidence("\(reply.code) \(reply.lines.joined(separator: " "))") }
        return outcome.record(isFailure: !reply.isPositive, &state)
    }

    // MARK: Whose outcome

    /// What is needed to count; `nil` if nobody's outcomes are counted here.
    private func outcome(_ session: SessionContext, _ state: inout HarvestState) -> HarvestOutcome? {
        let client = session.connection.client.address
        if exemptsAuthenticatedClients, session.isAuthenticated { return nil }
        for network in exemptNetworks where network.contains(client) { return nil }
        let clientKeys = state.clientKeys ?? keys(of: client)
        state.clientKeys = clientKeys
        let sender = senderKey(in: session)
        let keys = sender.map { clientKeys + [$0] } ?? clientKeys
        guard !keys.isEmpty else { return nil }
        return HarvestOutcome(check: self, keys: keys, sender: sender, client: client, now: session.now)
    }

    private var key: StoreKey { StoreKey("harvest") }

    private func keys(of client: IPAddress) -> [StoreKey] {
        var keys: [StoreKey] = []
        if scopes.contains(.client) {
            var key = key
            key.append(.client, client)
            keys.append(key)
        }
        if scopes.contains(.network) {
            var key = key
            key.append(
                .network,
                IPNetwork(of: client, ipv4PrefixLength: ipv4PrefixLength, ipv6PrefixLength: ipv6PrefixLength))
            keys.append(key)
        }
        return keys
    }

    /// The sender domain's key; `nil` for the null reverse-path, which has none, and for a domain that perhaps knows
    /// nothing of this client.
    private func senderKey(in session: SessionContext) -> StoreKey? {
        guard scopes.contains(.senderDomain), session.isInTransaction, !session.reversePath.isEmpty else { return nil }
        var key = key
        key.append(.senderDomain, domainOf: session.reversePath.span)
        if countsUnverifiedSenderDomains { return key }
        guard let spf = session.facts[SPFResultFact.self], spf.isPass else { return nil }
        var verified = self.key
        verified.append(.senderDomain, name: spf.domain)
        return key == verified ? key : nil
    }
}
