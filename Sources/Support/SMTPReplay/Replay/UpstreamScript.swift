import SMTPSecurity

/// Plays the upstream server: what it answered to a command it answers again.
struct UpstreamScript: Sendable {
    /// What it does.
    enum Answer: Sendable {
        case reply(Reply)
        case failure(UpstreamSession.Failure)
    }

    /// Answers in order, by command. The last one stays.
    private var answers: [[UInt8]: [Answer]] = [:]
    /// What it said to any `EHLO`.
    private var greeting: Reply?

    /// It answered a command.
    mutating func add(_ answer: Answer, to command: [UInt8]) {
        answers[command, default: []].append(answer)
        if case .reply(let reply) = answer, reply.isPositive, Self.verb(command) == "EHLO" { greeting = reply }
    }

    /// What it does about a command; `nil` for a command that it was never sent.
    mutating func recorded(_ command: [UInt8]) -> Answer? {
        guard let all = answers[command], let first = all.first else { return nil }
        if all.count > 1 { answers[command]?.removeFirst() }
        return first
    }

    /// The banner that it says once a connection stands; see ``connect()``.
    private(set) var banner = Answer.reply(Reply(220, "recorded.invalid ESMTP"))

    /// Whether a connection can be made, and what its banner is.
    mutating func connect() -> UpstreamSession.Failure? {
        banner = answer(to: TapeEvent.bannerCommand)
        if case .failure(.connectFailed(let reason)) = banner { return .connectFailed(reason) }
        return nil
    }

    /// What it does about a command: what it did, or what a plain server would do.
    mutating func answer(to command: [UInt8]) -> Answer {
        recorded(command) ?? .reply(usual(command))
    }

    private func usual(_ command: [UInt8]) -> Reply {
        if command == TapeEvent.bannerCommand { return Reply(220, "recorded.invalid ESMTP") }
        if command == TapeEvent.endOfMessageCommand { return Reply(250, .init(2, 0, 0), "Queued") }
        switch Self.verb(command) {
        case "EHLO":
            return greeting
                ?? Reply(
                    250, nil,
                    lines: ["recorded.invalid", "PIPELINING", "8BITMIME", "SIZE", "ENHANCEDSTATUSCODES"])
        case "DATA": return Reply(354, "Go ahead")
        case "*": return Reply(501, .init(5, 7, 0), "Authentication cancelled")
        case "QUIT": return Reply(221, .init(2, 0, 0), "Bye")
        case "AUTH": return Reply(235, .init(2, 7, 0), "Welcome")
        case "MAIL": return Reply(250, .init(2, 1, 0), "OK")
        case "RCPT": return Reply(250, .init(2, 1, 5), "OK")
        default: return Reply(250, .init(2, 0, 0), "OK")
        }
    }

    private static func verb(_ command: [UInt8]) -> String {
        String(decoding: command.prefix { $0 != 0x20 }, as: UTF8.self).uppercased()
    }
}
