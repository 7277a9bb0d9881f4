import SMTPSecurity

/// Refuses whatever has a word in it that begins with `bad`: in commands and in content.
struct Refuser: SecurityCheck {
    static let name = "refuser"
    static let word = ViolationDefinition(
        check: name, name: "word", summary: "A bad word.", reply: Reply(550, EnhancedStatusCode(5, 7, 1), "Bad word"))
    static let violations = [word]
    static let stages: StageSet = [.greeting, .sender, .recipient, .data, .otherCommand, .message]

    /// Which commands it looks at.
    var verbs: Set<Verb> = Set(Verb.allCases)
    /// Whether it looks at messages.
    var looksAtMessages = false
    /// Whether it takes its time.
    var isSlow = false

    var stages: StageSet { looksAtMessages ? Self.stages : Self.stages.subtracting(.message) }

    func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout NoState) -> Evaluation<NoState> {
        switch event {
        case .command(let command):
            guard verbs.contains(command.verb) else { return .pass }
            var line: [UInt8] = []
            CommandSerializer.serialize(command, into: &line)
            return judge(line)
        case .message(let message):
            return .later { _ async throws(CheckFailure) in
                guard let octets = try? await message.octets() else { throw CheckFailure("unreadable") }
                return Self.isBad(octets) ? .violations([Violation(Self.word, evidence: Evidence("message"))]) : .pass
            }
        default: return .pass
        }
    }

    private func judge(_ line: [UInt8]) -> Evaluation<NoState> {
        guard Self.isBad(line) else { return .pass }
        let violation = Violation(Self.word, evidence: Evidence(Array(line.dropLast(2)).span))
        return isSlow ? .later { _ async throws(CheckFailure) in .violations([violation]) } : .violations([violation])
    }

    private static func isBad(_ octets: [UInt8]) -> Bool {
        String(decoding: octets, as: UTF8.self).lowercased().contains("bad")
    }
}
