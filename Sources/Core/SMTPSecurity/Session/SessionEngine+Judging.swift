extension SessionEngine {
    /// What findings come to under the profile.
    struct Decision {
        private var kept: Refusal?

        /// The refusal; `nil` to go on.
        var refusal: Reply? {
            get { if case .reply(let reply)? = kept { reply } else { nil } }
            set { kept = newValue.map { .reply($0) } }
        }

        /// Nothing was found.
        init() {}

        /// The session ends after the refusal.
        var closes = false
        /// How long the refusal is held back.
        var delay: Duration?
    }

    /// Asks the checks about a fault alone.
    mutating func judge(_ fault: ProtocolFault) {
        ask(.none, faults: [fault], about: .incident(fault))
    }

    /// Acts on what was found.
    mutating func resolve(_ subject: Inquiry.Subject, _ found: [Finding]) {
        switch subject {
        case .connection:
            let decision = decide(found, fallback: nil)
            if let refusal = decision.refusal {
                send(refusal, closes: true, after: decision.delay)
            } else {
                greetingDue = context.now.advanced(by: settings.greetingDelay)
                phase = .holdingGreeting
            }
        case .line:
            if found.isEmpty { return executeLine() }
            let decision = decide(found, fallback: nil)
            // As one that the server behind refuses: it counts, and DATA behind only such ones has no valid recipients.
            if decision.refusal != nil, command.verb == .rcpt { context.refusedRecipientCount += 1 }
            resolveLine(decision)
        case .faultyLine(let fault):
            resolveLine(decide(found, fallback: fault))
        case .budget(let faults, let hasMoreInput):
            if let refusal = decide(found, fallback: nil).refusal {
                abandonMessage()
                send(refusal, closes: true)
            } else {
                let line = self.line
                handleLine(line.span, faults, hasMoreInput: hasMoreInput)
            }
        case .reply(let reply, let request):
            settle(reply, request, decide(found, fallback: nil))
        case .offer, .trace:
            break
        case .content:
            let decision = decide(found, fallback: nil)
            if let refusal = decision.refusal { refuseReception(refusal, closes: decision.closes) }
            handOverContent()
        case .faultyContent(let fault):
            let decision = decide(found, fallback: fault)
            refuseReception(decision.refusal ?? fault.reply, closes: decision.closes)
        case .message:
            let decision = decide(found, fallback: nil)
            if let refusal = decision.refusal {
                refuseReception(refusal, closes: decision.closes)
            } else {
                activity = .application(.endOfMessage)
                pendingAction = .endOfMessage
            }
        case .incident(let fault):
            let decision = decide(found, fallback: fault.isFatal ? fault : nil)
            if let refusal = decision.refusal {
                abandonMessage()
                send(refusal, closes: decision.closes || fault.closesSession, after: decision.delay)
            }
            if let before = interrupted {
                interrupted = nil
                if case .none = activity, phase != .closed { activity = before }
            }
        case .disconnection:
            _ = decide(found, fallback: nil)
        }
    }

    private mutating func resolveLine(_ decision: Decision) {
        if let refusal = decision.refusal {
            refuseLine(refusal, decision)
        } else {
            executeLine()
        }
    }

    /// Applies the profile: numbers and records the violations, and picks the reply of the first one that blocks.
    ///
    /// - Parameter fallback: the fault that is refused whatever the checks say.
    mutating func decide(_ found: [Finding], fallback: ProtocolFault?) -> Decision {
        var decision = Decision()
        if let fallback {
            decision.refusal = fallback.reply
            decision.closes = fallback.closesSession
        }
        var isDecidedByProfile = false
        var hasSupportID = false
        for finding in found {
            let violation = self.violation(for: finding)
            var enforcement = configuration.profile.enforcement(of: violation.definition)
            if violation.isTolerated { enforcement.block = false }
            guard enforcement.alarm || enforcement.block else { continue }
            let id = configuration.supportIDs.next(at: context.now)
            var shown: Reply?
            if enforcement.block, !isDecidedByProfile {
                isDecidedByProfile = true
                hasSupportID = true
                shown = (violation.reply ?? violation.definition.reply).adding(id)
                decision.refusal = shown
            } else if let fallback, !hasSupportID {
                hasSupportID = true
                shown = fallback.reply.adding(id)
                decision.refusal = shown
            }
            if enforcement.block {
                decision.closes = decision.closes || violation.definition.closesSession
                decision.delay = max(decision.delay ?? .zero, violation.delay)
            }
            let action: ViolationRecord.Action =
                if decision.refusal != nil {
                    decision.closes ? .closed : .refused
                } else {
                    violation.isTolerated ? .repaired : .passed
                }
            let record = self.record(violation, id, enforcement, action, shown)
            statistics.count(record)
            records.append(record)
        }
        return decision
    }

    private mutating func violation(for finding: Finding) -> Violation {
        switch finding {
        case .violation(let violation):
            return violation
        case .unavailable(let check, let failure, let mode):
            statistics.unavailable += 1
            return Violation(
                .unavailable(check: check, mode), evidence: Evidence(failure.description))
        }
    }

    private mutating func record(
        _ violation: Violation, _ id: SupportID, _ enforcement: Enforcement, _ action: ViolationRecord.Action,
        _ reply: Reply?
    ) -> ViolationRecord {
        ViolationRecord(
            supportID: id, time: context.now, profile: configuration.profile.name, definition: violation.definition,
            enforcement: enforcement, action: action, evidence: violation.evidence, reply: reply,
            session: context.connection.session, client: context.connection.client,
            greetingName: Evidence(context.greetingName.span),
            reversePath: context.isInTransaction ? Evidence(context.reversePath.span) : nil,
            recipientCount: context.recipientCount, recipients: keepsLines ? transcripts[0].escapeRecipients() : [],
            contentLength: context.contentLength, transaction: context.transactionCount)
    }
}

extension ViolationDefinition {
    /// A check that could not be done: its own outcome, so that it is never a silent pass.
    package static func unavailable(check: String, _ mode: FailureMode) -> ViolationDefinition {
        ViolationDefinition(
            check: check, name: "unavailable", summary: "The check \(check) could not be done.",
            enforcement: Enforcement(alarm: true, block: mode != .open),
            reply: mode == .closed
                ? Reply(554, .init(5, 7, 1), "Refused: a security check could not be done")
                : Reply(451, .init(4, 7, 1), "A security check could not be done, try again later"))
    }
}

extension Reply {
    /// The reply with a Support ID at the end of its last line.
    public func adding(_ id: SupportID) -> Reply {
        var copy = self
        let last = moreLines.last ?? firstLine
        let text = last.isEmpty ? "(support ID \(id))" : "\(last) (support ID \(id))"
        if moreLines.isEmpty { copy.firstLine = text } else { copy.moreLines[moreLines.count - 1] = text }
        return copy
    }
}
