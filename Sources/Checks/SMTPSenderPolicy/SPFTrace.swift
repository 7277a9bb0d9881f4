import SMTPSecurity

/// What ``SPFCheck`` writes into messages: results for `Authentication-Results` (RFC 8601 §2.7.2) and a `Received-SPF` field for each
/// identity (RFC 7208 §9.1).
enum SPFTrace {
    static func trace(
        _ outcomes: SPFOutcomesFact.Value, receiver: String, in session: SessionContext
    ) -> MessageTrace {
        var trace = MessageTrace.none
        let sender = String(decoding: outcomes.sender, as: UTF8.self)
        let helo = String(decoding: session.greetingName, as: UTF8.self)
        let client = session.connection.client.address.canonical
        func add(_ outcome: SPFOutcome, _ identity: SPFIdentity) {
            let property: AuthenticationResult.Property =
                switch identity {
                case .helo: .init("smtp", "helo", helo)
                case .mailFrom: .init("smtp", "mailfrom", sender)
                }
            trace.authenticationResults.append(
                AuthenticationResult("spf", outcome.result.rawValue, reason: outcome.problem, properties: [property]))
            let judged = identity == .mailFrom ? sender : helo
            var words = [outcome.result.rawValue]
            words += TraceField.comment("\(receiver): \(judged) \(said(by: outcome.result)) \(client)")
            var pairs = [
                ("receiver", TraceField.quotedIfNeeded(receiver)),
                ("client-ip", TraceField.quotedIfNeeded("\(client)")),
                ("envelope-from", TraceField.quoted(sender)), ("helo", TraceField.quotedIfNeeded(helo)),
                ("identity", identity.rawValue),
            ]
            if let mechanism = outcome.mechanism { pairs.append(("mechanism", TraceField.quotedIfNeeded(mechanism))) }
            if let problem = outcome.problem { pairs.append(("problem", TraceField.quoted(problem))) }
            words += pairs.enumerated().map { index, pair in
                "\(pair.0)=\(pair.1)" + (index < pairs.count - 1 ? ";" : "")
            }
            trace.fields.append(TraceField("Received-SPF", words))
        }
        // Without a sender there is the client's name alone, as postmaster's domain (RFC 7208 §2.4).
        if !outcomes.sender.isEmpty || outcomes.helo == nil {
            add(outcomes.mailFrom, outcomes.sender.isEmpty ? .helo : .mailFrom)
        }
        if let helo = outcomes.helo { add(helo, .helo) }
        return trace
    }

    private static func said(by result: SPFResult) -> String {
        switch result {
        case .none: "says nothing of its senders, such as"
        case .neutral: "leaves open whether it sends from"
        case .pass: "authorises"
        case .fail: "does not authorise"
        case .softfail: "probably does not authorise"
        case .temperror: "could not be asked about"
        case .permerror: "has a policy that cannot be understood, asked about"
        }
    }
}
