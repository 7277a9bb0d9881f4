/// Checks that are chosen at run time, for profiles that are loaded from files.
///
/// Asking costs an existential call per check that wants the stage; everything else is as in a composed pipeline.
public struct AnyCheckSequence: CheckSequence {
    private let boxes: [any CheckBox]
    /// The stages that any of the checks wants.
    public let stages: StageSet

    /// These checks, in this order.
    public init(_ checks: [any SecurityCheck]) {
        func box(_ check: some SecurityCheck) -> any CheckBox { Box(sequence: SingleCheck(check)) }
        self.boxes = checks.map { box($0) }
        self.stages = checks.reduce(into: []) { $0.formUnion($1.stages) }
    }

    /// The checks' violations.
    public var violations: [ViolationDefinition] { boxes.flatMap { $0.violations } }
    /// The checks' names.
    public var names: [String] { boxes.flatMap { $0.names } }

    /// The checks' states.
    public func makeSessionState(for connection: ConnectionInfo) -> [any Sendable] {
        boxes.map { $0.makeSessionState(for: connection) }
    }

    /// Asks every check that wants the stage.
    public func evaluate(
        _ event: SessionEvent, stage: StageSet, in session: SessionContext,
        state: inout [any Sendable]
    ) -> Findings<[any Sendable]>? {
        guard !stages.isDisjoint(with: stage) else { return nil }
        var findings: Findings<[any Sendable]>?
        for index in boxes.indices where !boxes[index].stages.isDisjoint(with: stage) {
            guard
                let more = boxes[index].evaluate(event, stage: stage, in: session, states: &state, at: index)
            else { continue }
            findings = findings?.adding(more) ?? more
        }
        return findings
    }

    /// What any of the checks withdraws.
    public func withdrawnExtensions(in session: SessionContext) -> SMTPExtensions {
        var all = SMTPExtensions()
        for box in boxes { all.formUnion(box.withdrawnExtensions(in: session)) }
        return all
    }

    /// What all of the checks write.
    public func trace(in session: SessionContext) -> MessageTrace {
        boxes.reduce(into: .none) { $0.append($1.trace(in: session)) }
    }
}

private protocol CheckBox: Sendable {
    var stages: StageSet { get }
    var violations: [ViolationDefinition] { get }
    var names: [String] { get }
    func makeSessionState(for connection: ConnectionInfo) -> any Sendable
    func evaluate(
        _ event: SessionEvent, stage: StageSet, in session: SessionContext,
        states: inout [any Sendable], at index: Int
    ) -> Findings<[any Sendable]>?
    func withdrawnExtensions(in session: SessionContext) -> SMTPExtensions
    func trace(in session: SessionContext) -> MessageTrace
}

private struct Box<Sequence: CheckSequence>: CheckBox {
    let sequence: Sequence

    var stages: StageSet { sequence.stages }
    var violations: [ViolationDefinition] { sequence.violations }
    var names: [String] { sequence.names }

    func makeSessionState(for connection: ConnectionInfo) -> any Sendable {
        sequence.makeSessionState(for: connection)
    }

    func evaluate(
        _ event: SessionEvent, stage: StageSet, in session: SessionContext,
        states: inout [any Sendable], at index: Int
    ) -> Findings<[any Sendable]>? {
        // The state at an index is always the one that this box made: only this type writes them.
        guard var state = states[index] as? Sequence.SessionState else { return nil }
        let inner = sequence.evaluate(event, stage: stage, in: session, state: &state)
        states[index] = state
        guard let inner else { return nil }
        return Findings(
            inner, part: { $0[index] as? Sequence.SessionState }, store: { part, states in states[index] = part })
    }

    func withdrawnExtensions(in session: SessionContext) -> SMTPExtensions {
        sequence.withdrawnExtensions(in: session)
    }

    func trace(in session: SessionContext) -> MessageTrace { sequence.trace(in: session) }
}
