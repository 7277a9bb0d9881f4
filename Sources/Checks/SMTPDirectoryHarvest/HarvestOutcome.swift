import SMTPSecurity

/// One outcome on its way to the store: a recipient, its reply or a probe, with all that is needed to judge it after
/// the event is gone.
struct HarvestOutcome: Sendable {
    /// The settings.
    let check: DirectoryHarvest
    /// Whose outcome it is; not empty.
    let keys: [StoreKey]
    /// The key among them that is the sender domain's.
    let sender: StoreKey?
    /// The client's address.
    let client: IPAddress
    /// The time of the event.
    let now: Timestamp
    /// What shows it.
    var evidence = Evidence.none
    /// What is wrong with it whatever was before: the recipient is not in the list.
    var unknown: Violation?

    /// Goes on from what the store says of penalties.
    ///
    /// - Parameters:
    ///   - answer: the penalty in force, if any.
    ///   - counts: whether the outcome counts as a failure if there is none.
    func proceed(
        from answer: StoreAnswer<Duration?>, counts: Bool, _ state: inout HarvestState
    ) -> Evaluation<HarvestState> {
        switch answer {
        case .now(let remaining?):
            return Evaluation(penalized(remaining, &state))
        case .now(nil):
            return counts ? record(isFailure: true, &state) : .pass
        case .later(let work):
            return later { context throws(CheckFailure) in
                if let remaining = try await work() { return penalized(remaining, &context.state) }
                guard counts else { return .pass }
                let decision = try await recording(isFailure: true).value()
                return verdict(on: decision, isFailure: true, &context.state)
            }
        }
    }

    /// Counts the outcome.
    func record(isFailure: Bool, _ state: inout HarvestState) -> Evaluation<HarvestState> {
        switch recording(isFailure: isFailure) {
        case .now(let decision):
            return Evaluation(verdict(on: decision, isFailure: isFailure, &state))
        case .later(let work):
            return later { context throws(CheckFailure) in
                verdict(on: try await work(), isFailure: isFailure, &context.state)
            }
        }
    }

    /// What is said of the outcome while a penalty is in force.
    func penalized() -> [Violation] { raising(DirectoryHarvest.penalized, evidence) }

    // MARK: Judging

    private func recording(isFailure: Bool) -> StoreAnswer<TallyDecision> {
        check.store.record(isFailure: isFailure, of: keys, rule: check.rule, by: client, at: now)
    }

    /// An evaluation that has to wait for the store. What the list does not have stays unknown when the store cannot be
    /// asked.
    private func later(
        _ work: @escaping @Sendable (inout DeferredEvaluation<HarvestState>) async throws(CheckFailure) -> Verdict
    ) -> Evaluation<HarvestState> {
        .later { context throws(CheckFailure) in
            do throws(CheckFailure) {
                return try await work(&context)
            } catch {
                guard let unknown, check.failureMode == .open else { throw error }
                return .violations([unknown])
            }
        }
    }

    private func verdict(on decision: TallyDecision, isFailure: Bool, _ state: inout HarvestState) -> Verdict {
        // An acceptance takes nothing back: the recipient is in the transaction already. The next one meets the
        // penalty.
        guard isFailure else { return .pass }
        switch decision {
        case .tolerated:
            state.ignoresReply = true
            return unknown.map { .violations([$0]) } ?? .pass
        case .penalized(let remaining):
            return penalized(remaining, &state)
        case .exceeded(let key):
            state.ignoresReply = true
            state.notePenalty(check.rule.penalty, from: now, sender: sender)
            let who = keys.indices.contains(key) ? Evidence(keys[key].description) : evidence
            return .violations(raising(DirectoryHarvest.harvest, who))
        }
    }

    private func penalized(_ remaining: Duration, _ state: inout HarvestState) -> Verdict {
        state.ignoresReply = true
        state.notePenalty(remaining, from: now, sender: sender)
        return .violations(penalized())
    }

    private func raising(_ definition: ViolationDefinition, _ evidence: Evidence) -> [Violation] {
        let violation = Violation(definition, evidence: evidence, delay: check.tarpit)
        guard let unknown, check.raisesUnknownRecipientDuringPenalty else { return [violation] }
        return [violation, unknown]
    }
}
