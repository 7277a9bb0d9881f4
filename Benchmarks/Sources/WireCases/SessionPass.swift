import SMTPMethodFilter
import SMTPProtocolCompliance
import SMTPSecurity

/// Transactions through a session: parse, state machine, checks, and the command written anew for upstream.
public enum SessionPass {
    /// How many checks are registered.
    public enum CheckCount: Int, Sendable, CaseIterable {
        /// None.
        case none = 0
        /// Protocol compliance alone.
        case one = 1
        /// Protocol compliance, the method filter, and six that look at every command.
        case eight = 8
    }

    /// What came of it.
    public struct Result: Sendable {
        /// Commands that reached upstream.
        public var commands = 0
        /// Octets written for upstream and for the client.
        public var octets = 0
        /// Octets that the session itself takes, without what it allocates.
        public var sessionSize = 0
    }

    private static let now = Timestamp(seconds: 1_800_000_000)

    private static var connection: ConnectionInfo {
        let endpoint = Endpoint(.v4(0x7F00_0001), port: 25)
        return ConnectionInfo(session: SessionID(rawValue: 1), client: endpoint, local: endpoint, time: now)
    }

    /// The default, without a budget for commands that achieve nothing: here none of them achieves anything.
    private static let profile = SecurityProfile("benchmark") { $0.session.budgets.junkCommands = .max }

    /// Sends a transaction of five commands again and again; none of them is a message.
    ///
    /// - Parameters:
    ///   - rounds: how often.
    ///   - measure: is called with the work that counts, after the greeting.
    public static func run(
        checks: CheckCount, rounds: Int, measure: (() -> Void) -> Void
    ) -> Result {
        switch checks {
        case .none: run(CheckPipeline(profile: profile) {}, rounds, measure)
        case .one: run(CheckPipeline(profile: profile) { ProtocolCompliance() }, rounds, measure)
        case .eight:
            run(
                CheckPipeline(profile: profile) {
                    ProtocolCompliance()
                    MethodFilter()
                    CountingCheck()
                    CountingCheck()
                    CountingCheck()
                    CountingCheck()
                    CountingCheck()
                    CountingCheck()
                }, rounds, measure)
        }
    }

    private static let lines = [
        "MAIL FROM:<alice.smith@mail.example.org> SIZE=10240 BODY=8BITMIME\r\n", "RCPT TO:<bob@example.com>\r\n",
        "RCPT TO:<carol.jones@sub.example.com>\r\n", "RCPT TO:<dave@example.net>\r\n", "RSET\r\n",
    ]

    /// Plays the transaction, a line at a time, out of one buffer: to take each line out of an array would count references.
    private static func play<Checks: CheckSequence>(
        _ transaction: Span<UInt8>, _ lengths: Span<Int>, _ session: inout ServerSession<Checks>,
        _ upstream: inout [UInt8], _ result: inout Result
    ) {
        var start = 0
        for index in lengths.indices {
            play(transaction.extracting(start..<(start + lengths[index])), &session, &upstream, &result)
            start += lengths[index]
        }
    }

    private static func run<Checks: CheckSequence>(
        _ pipeline: CheckPipeline<Checks>, _ rounds: Int, _ measure: (() -> Void) -> Void
    ) -> Result {
        var session = ServerSession(pipeline: pipeline, connection: connection)
        var upstream: [UInt8] = []
        upstream.reserveCapacity(8_192)
        var result = Result()
        let transaction = lines.flatMap { Array($0.utf8) }
        let lengths = lines.map { $0.utf8.count }
        let greeting = Array("EHLO client.example\r\n".utf8)
        play(greeting.span.extracting(first: 0), &session, &upstream, &result)
        play(greeting.span, &session, &upstream, &result)
        // Buffers have found their size after these; they count in the instructions of a run, see Scripts/thresholds.
        for _ in 0..<64 { play(transaction.span, lengths.span, &session, &upstream, &result) }
        result = Result(sessionSize: MemoryLayout<ServerSession<Checks>>.size)
        measure {
            for _ in 0..<rounds { play(transaction.span, lengths.span, &session, &upstream, &result) }
        }
        return result
    }

    @inline(never)
    private static func play<Checks: CheckSequence>(
        _ line: Span<UInt8>, _ session: inout ServerSession<Checks>, _ upstream: inout [UInt8], _ result: inout Result
    ) {
        var offset = 0
        while true {
            let step = session.step(line.extracting(droppingFirst: offset), at: now)
            offset += step.consumed
            switch step.action {
            case .needsInput, .wait, .close:
                session.takeOutput { result.octets += $0.count }
                return
            case .greet: session.reply(Reply(220, "mail.example.org ESMTP"), at: now)
            case .command(.ehlo):
                session.reply(
                    Reply(250, nil, lines: ["mail.example.org", "SIZE 10485760", "8BITMIME", "SMTPUTF8", "DSN"]),
                    at: now)
            case .command:
                // What upstream has taken is forgotten from time to time, as a session does with its own output.
                if upstream.count > 4_096 { upstream.removeAll(keepingCapacity: true) }
                let start = upstream.count
                session.serializeCurrentCommand(into: &upstream)
                result.commands += 1
                result.octets += upstream.count - start
                session.reply(Reply(250, EnhancedStatusCode(2, 1, 0), "Ok"), at: now)
            default: break
            }
        }
    }
}
