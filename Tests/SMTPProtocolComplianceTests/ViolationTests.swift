import SMTPProtocolCompliance
import SMTPSecurity
import SMTPSecurityTesting
import Testing

/// One attack: what the client sends, what it must see, and what must have been recorded.
struct Attack: Sendable, CustomTestStringConvertible {
    var violation: ViolationDefinition
    /// Lines that are sent before, one at a time.
    var before: [String] = []
    /// What is sent in one piece.
    var sent: String
    /// Exactly what the client sees, with `#` for the Support ID.
    var seen: String
    var closes = false

    var testDescription: String { "\(violation.name): \(Evidence(sent))" }
}

private let ehlo = ["EHLO client.example\r\n"]
private let mail = ehlo + ["MAIL FROM:<a@client.example>\r\n"]
private let rcpt = mail + ["RCPT TO:<b@upstream.example>\r\n"]
private let data = rcpt + ["DATA\r\n"]
private let long = String(repeating: "x", count: 999)

@Suite("Every violation of protocol compliance")
struct ViolationTests {
    static let attacks: [Attack] = [
        Attack(
            violation: ProtocolCompliance.malformedCommand, sent: "?\r\n",
            seen: "500 5.5.2 Syntax error, command not recognised (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.malformedCommand, sent: "\r\n",
            seen: "500 5.5.2 Syntax error, command not recognised (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.malformedArgument, sent: "EHLO\r\n",
            seen: "501 5.5.4 Missing or invalid argument (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.malformedArgument, before: rcpt, sent: "DATA now\r\n",
            seen: "501 5.5.4 Unexpected argument (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.malformedAddress, before: ehlo, sent: "MAIL FROM:a@b.example\r\n",
            seen: "501 5.1.3 Bad address syntax (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.malformedAddress, before: mail, sent: "RCPT TO:<>\r\n",
            seen: "501 5.1.3 Bad address syntax (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.addressTooLong, before: ehlo,
            sent: "MAIL FROM:<\(String(repeating: "l", count: 65))@b.example>\r\n",
            seen: "501 5.1.3 Address too long (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.malformedParameter, before: ehlo, sent: "MAIL FROM:<a@b.example> SIZE=x\r\n",
            seen: "501 5.5.4 Invalid parameter (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.malformedParameter, before: ehlo,
            sent: "MAIL FROM:<a@b.example> SIZE=1 SIZE=1\r\n",
            seen: "501 5.5.4 Invalid parameter (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.malformedChunk, before: rcpt, sent: "BDAT many\r\n",
            seen: "501 5.5.4 Invalid chunk size (support ID #)\r\n", closes: true),
        Attack(
            violation: ProtocolCompliance.malformedAuthentication, before: ehlo, sent: "AUTH PLAIN ***\r\n",
            seen: "501 5.5.2 Cannot decode the AUTH argument (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.controlCharacterInCommand, before: ehlo,
            sent: "MAIL FROM:<a\u{7}@b.example>\r\n",
            seen: "500 5.5.2 Control character in command (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.commandNotOffered, before: ehlo, sent: "STARTTLS\r\n",
            seen: "502 5.5.1 Command not implemented (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.commandNotOffered, before: ehlo, sent: "XCLIENT ADDR=127.0.0.1\r\n",
            seen: "502 5.5.1 Command not implemented (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.commandNotOffered, before: ehlo, sent: "XFORWARD ADDR=127.0.0.1\r\n",
            seen: "502 5.5.1 Command not implemented (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.commandNotOffered, sent: "LHLO client.example\r\n",
            seen: "500 5.5.1 This is not LMTP (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.badSequence, sent: "MAIL FROM:<a@b.example>\r\n",
            seen: "503 5.5.1 Send HELO or EHLO first (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.badSequence, before: ehlo, sent: "RCPT TO:<a@b.example>\r\n",
            seen: "503 5.5.1 Need MAIL first (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.badSequence, before: mail, sent: "DATA\r\n",
            seen: "503 5.5.1 Need RCPT first (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.badSequence, before: mail, sent: "MAIL FROM:<a@b.example>\r\n",
            seen: "503 5.5.1 Sender already specified (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.commandLineTooLong, before: ehlo, sent: "NOOP \(long)\r\n",
            seen: "500 5.5.2 Line too long (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.commandLineTooLong, sent: "EHLO \(long)\r\n",
            seen: "500 5.5.2 Line too long (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.bareCarriageReturnInCommand, before: ehlo, sent: "NOOP\rRSET\r\n",
            seen: "521 5.5.2 Bare carriage return received (support ID #)\r\n", closes: true),
        Attack(
            violation: ProtocolCompliance.bareLineFeedInCommand, before: ehlo, sent: "NOOP\n",
            seen: "521 5.5.2 Bare line feed received (support ID #)\r\n", closes: true),
        Attack(
            violation: ProtocolCompliance.nulInCommand, before: ehlo, sent: "NOOP\0\r\n",
            seen: "521 5.5.2 NUL octet received (support ID #)\r\n", closes: true),
        Attack(
            violation: ProtocolCompliance.bareCarriageReturnInData, before: data, sent: "x\r.\r\n.\r\n",
            seen: "550 5.5.2 Bare carriage return in message data (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.bareLineFeedInData, before: data,
            sent: "x\r\n\n.\nMAIL FROM:<e@f.example>\nRCPT TO:<g@upstream.example>\nDATA\nforged\n.\r\n.\r\n",
            seen: "550 5.5.2 Bare line feed in message data (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.nulInData, before: data, sent: "x\r\n\0.\r\n.\r\n",
            seen: "550 5.5.2 NUL octet in message data (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.textLineTooLong, before: data, sent: "\(long)\r\n.\r\n",
            seen: "550 5.6.0 Text line too long (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.parameterNotOffered, before: ["HELO client.example\r\n"],
            sent: "MAIL FROM:<a@b.example> SIZE=1\r\n",
            seen: "555 5.5.4 Parameter not recognised or not offered (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.parameterNotOffered, before: ehlo, sent: "MAIL FROM:<a@b.example> XYZ=1\r\n",
            seen: "555 5.5.4 Parameter not recognised or not offered (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.parameterNotOffered, before: ehlo,
            sent: "MAIL FROM:<a@b.example> BODY=BINARYMIME\r\n",
            seen: "555 5.5.4 Parameter not recognised or not offered (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.nonASCIIEnvelope, before: ehlo, sent: "MAIL FROM:<ä@b.example>\r\n",
            seen: "553 5.6.7 Non-ASCII addresses need SMTPUTF8 (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.announcedSizeTooLarge, before: ehlo,
            sent: "MAIL FROM:<a@b.example> SIZE=1000000\r\n",
            seen: "552 5.3.4 Message size exceeds the limit of 100000 octets (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.messageTooLarge, before: data,
            sent: String(repeating: "0123456789abcdef\r\n", count: 6_000) + ".\r\n",
            seen: "552 5.3.4 Message size exceeds the limit of 100000 octets (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.tooManyRecipients,
            before: mail + (1...3).map { "RCPT TO:<r\($0)@upstream.example>\r\n" },
            sent: "RCPT TO:<r4@upstream.example>\r\n",
            seen: "452 4.5.3 Too many recipients (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.unauthorizedPipelining, sent: "EHLO client.example\r\nNOOP\r\n",
            seen: "503 5.5.0 Improper use of command pipelining (support ID #)\r\n", closes: true),
        Attack(
            violation: ProtocolCompliance.unauthorizedPipelining, before: rcpt, sent: "DATA\r\nx\r\n.\r\n",
            seen: "503 5.5.0 Improper use of command pipelining (support ID #)\r\n", closes: true),
        Attack(
            violation: ProtocolCompliance.foreignProtocol, sent: "GET / HTTP/1.1\r\n",
            seen: "554 5.5.1 This is an SMTP service (support ID #)\r\n", closes: true),
        Attack(
            violation: ProtocolCompliance.foreignProtocol, sent: "CONNECT smtp.example:25 HTTP/1.0\r\n",
            seen: "554 5.5.1 This is an SMTP service (support ID #)\r\n", closes: true),
        Attack(
            violation: ProtocolCompliance.foreignProtocol, sent: "\u{16}\u{3}\u{1}\u{2}",
            seen: "554 5.5.1 This is an SMTP service (support ID #)\r\n", closes: true),
        Attack(
            violation: ProtocolCompliance.headerAsCommand, before: ehlo, sent: "Subject: hello\r\n",
            seen: "500 5.5.2 Message header received where a command belongs (support ID #)\r\n", closes: true),
        Attack(
            violation: ProtocolCompliance.mixedDataAndChunks, before: rcpt + ["BDAT 3\r\nabc"], sent: "DATA\r\n",
            seen: "503 5.5.1 BDAT is in progress (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.mixedDataAndChunks, before: rcpt + ["BDAT 3\r\nabc"],
            sent: "RCPT TO:<c@upstream.example>\r\n", seen: "503 5.5.1 BDAT is in progress (support ID #)\r\n"),
        Attack(
            violation: ProtocolCompliance.malformedAuthentication, before: ehlo + ["AUTH LOGIN\r\n"], sent: "***\r\n",
            seen: "501 5.5.2 Cannot decode the response (support ID #)\r\n", closes: true),
    ]

    static func pipeline(
        _ change: (inout SecurityProfile) -> Void = { _ in }
    ) -> CheckPipeline<SingleCheck<ProtocolCompliance>> {
        let profile = SecurityProfile("test") {
            $0.session.hostname = "mx.example"
            $0.session.limits.message = 100_000
            $0.session.limits.recipients = 3
            change(&$0)
        }
        return CheckPipeline(profile: profile, supportIDs: SupportIDGenerator(node: 1)) { ProtocolCompliance() }
    }

    static func harness(
        _ pipeline: CheckPipeline<SingleCheck<ProtocolCompliance>> = pipeline()
    ) async throws -> ProxyHarness<SingleCheck<ProtocolCompliance>> {
        try await ProxyHarness(pipeline) { $0.behaviours["AUTH"] = .send("334 VXNlcm5hbWU6\r\n") }
    }

    @Test("is refused with these octets, recorded, and never delivered", arguments: attacks)
    func attack(_ attack: Attack) async throws {
        let harness = try await Self.harness()
        await harness.begin()
        for line in attack.before { await harness.send(line) }
        let recordsBefore = harness.records.count
        let commandsBefore = harness.upstream.commands.count
        let seen = await harness.send(attack.sent)
        #expect(seen.withoutSupportIDs == attack.seen)
        #expect(harness.isClosed == attack.closes)
        #expect(harness.upstream.messages.isEmpty)
        #expect(harness.upstream.commands.count == commandsBefore || harness.upstream.commands.last == "QUIT")
        let record = try #require(harness.records.dropFirst(recordsBefore).first)
        #expect(record.definition == attack.violation)
        #expect(record.action == (attack.closes ? .closed : .refused))
        #expect(seen.contains("\(record.supportID)"))
        #expect(record.reply.map { seen.hasPrefix("\($0.code) ") } ?? false)
        // A session that goes on must be able to deliver.
        guard !attack.closes else { return }
        await harness.send("RSET\r\n")
        await harness.send("EHLO client.example\r\n")
        for line in rcpt.dropFirst() + ["DATA\r\n", "control\r\n.\r\n"] { await harness.send(line) }
        #expect(harness.upstream.messages == [Array("control\r\n".utf8)])
    }

    @Test("is reported but not refused in transparent mode, unless nothing else is possible", arguments: attacks)
    func transparent(_ attack: Attack) async throws {
        let harness = try await Self.harness(Self.pipeline { $0.mode = .transparent })
        await harness.begin()
        for line in attack.before { await harness.send(line) }
        await harness.send(attack.sent)
        #expect(harness.records.contains { $0.definition == attack.violation })
        #expect(harness.records.allSatisfy { !$0.enforcement.block })
        // Whatever went on is canonical.
        #expect(isCanonical(harness.upstream.received))
        #expect(harness.upstream.messages.count <= 1)
    }

    @Test("that is tested here is every one but those that take time")
    func isComplete() {
        let tested = Set(Self.attacks.map(\.violation))
        let elsewhere: Set<ViolationDefinition> = [
            ProtocolCompliance.invalidUTF8, ProtocolCompliance.lenientSyntax, ProtocolCompliance.sourceRoute,
            ProtocolCompliance.improperGreetingName, ProtocolCompliance.earlyTalker, ProtocolCompliance.eightBitData,
            ProtocolCompliance.plaintextAfterSTARTTLS, ProtocolCompliance.tooManyErrors,
            ProtocolCompliance.tooManyJunkCommands, ProtocolCompliance.idleTimeout, ProtocolCompliance.commandTimeout,
            ProtocolCompliance.slowData, ProtocolCompliance.sessionTimeout,
        ]
        #expect(Set(ProtocolCompliance.violations).subtracting(tested) == elsewhere)
        #expect(Set(ProtocolCompliance.violations.map(\.identifier)).count == ProtocolCompliance.violations.count)
    }
}

/// CR and LF only as pairs, no NUL.
func isCanonical(_ octets: [UInt8]) -> Bool {
    for (index, octet) in octets.enumerated() {
        switch octet {
        case 0: return false
        case 13: if index + 1 == octets.count || octets[index + 1] != 10 { return false }
        case 10: if index == 0 || octets[index - 1] != 13 { return false }
        default: continue
        }
    }
    return true
}
