import SMTPMethodFilter
import SMTPProtocolCompliance
import SMTPSecurity

/// Refuses mail whose sender claims to be one of ours: that mail comes in by another door.
struct InternalSender: SecurityCheck {
    static let name = "internal-sender"
    static let stages: StageSet = .sender
    static let claimed = ViolationDefinition(
        check: name, name: "claimed", summary: "A stranger uses one of our own domains as sender.",
        reply: Reply(550, EnhancedStatusCode(5, 7, 1), "Mail from our own domain comes in by authenticated submission"))
    static let violations = [claimed]

    var domains: [String]

    func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout NoState) -> Evaluation<NoState> {
        guard case .command(let command) = event, !session.isAuthenticated else { return .pass }
        let domain = OwnedCommand(command).address.split(separator: "@").last?.lowercased() ?? ""
        return domains.contains(domain) ? .violation(Self.claimed, evidence: Evidence(domain)) : .pass
    }
}

/// Plays a recorded session, without any network, through built-in checks and one of one's own.
@main
struct CustomPipeline {
    static let recording = [
        "EHLO client.example.net", "VRFY root", "MAIL FROM:<ceo@our.example>", "MAIL FROM:<alice@example.net>",
        "RCPT TO:<bob@our.example>", "EXPN staff", "DATA", "Subject: hello\r\n\r\nHello Bob.\r\n.", "QUIT",
    ]

    static func main() throws {
        let profile = SecurityProfile("example") { $0.session.hostname = "mx.our.example" }
        let pipeline = CheckPipeline(profile: profile) {
            ProtocolCompliance()
            MethodFilter()
            InternalSender(domains: ["our.example"])
        }
        let client = Endpoint(try IPAddress("192.0.2.7"), port: 40_000)
        let local = Endpoint(try IPAddress("192.0.2.25"), port: 25)
        var now = Timestamp(seconds: 1_800_000_000)
        var session = ServerSession(
            pipeline: pipeline,
            connection: ConnectionInfo(session: SessionID(rawValue: 1), client: client, local: local, time: now))
        play("", &session, now)
        for line in recording {
            now = now.advanced(by: .seconds(1))
            print("C: \(line.replacing("\r\n", with: "\\r\\n"))")
            play(line + "\r\n", &session, now)
        }
        for (violation, count) in session.statistics.violations.sorted(by: { $0.key < $1.key }) {
            print("\(violation): \(count.occurrences)")
        }
    }

    /// Feeds input and answers as a server would that takes everything.
    static func play<Checks>(_ text: String, _ session: inout ServerSession<Checks>, _ now: Timestamp) {
        let octets = Array(text.utf8)
        var offset = 0
        run: while true {
            let step = session.step(octets.span.extracting(droppingFirst: offset), at: now)
            offset += step.consumed
            switch step.action {
            case .needsInput, .wait, .close: break run
            case .greet: session.reply(Reply(220, "mx.our.example ESMTP"), at: now)
            case .command(.ehlo): session.reply(Reply(250, lines: ["mx", "SIZE", "8BITMIME", "VRFY", "EXPN"]), at: now)
            case .command(.data): session.reply(Reply(354, "Go ahead"), at: now)
            case .endOfMessage: session.reply(Reply(250, EnhancedStatusCode(2, 0, 0), "Kept"), at: now)
            case .command: session.reply(Reply(250, EnhancedStatusCode(2, 0, 0), "OK"), at: now)
            default: break
            }
        }
        print(
            String(decoding: session.takeOutput(), as: UTF8.self).split(separator: "\r\n").map { "S: \($0)" }.joined(
                separator: "\n"))
        for record in session.records {
            print("   \(record.supportID) \(record.definition.identifier): \(record.evidence)")
        }
        session.records.removeAll()
    }
}
