import SMTPSecurity
import SMTPSecurityTesting
import Synchronization
import Testing

/// Refuses a sender's domain, as a user would write it.
private struct NoFreeMail: SecurityCheck {
    static let name = "free-mail"
    static let stages: StageSet = .sender
    static let freeMail = ViolationDefinition(
        check: name, name: "sender", summary: "The sender uses a free mail service.",
        reply: Reply(550, EnhancedStatusCode(5, 7, 1), "No free mail"))
    static let violations = [freeMail]

    func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout NoState) -> Evaluation<NoState> {
        guard case .command(let command) = event, command.path.domainEquals("Free.Example") else { return .pass }
        return .violation(Self.freeMail, evidence: Evidence(command.path.domain))
    }
}

/// Counts recipients in its session state and asks somebody about each; tells what it found out.
private struct Asker: SecurityCheck {
    enum Answer: Sendable { case good, bad, fails, hangs }
    struct Count: SessionFact { typealias Value = Int }

    static let name = "asker"
    static let stages: StageSet = .recipient
    static let bad = ViolationDefinition(
        check: name, name: "bad", summary: "Bad.", reply: Reply(550, EnhancedStatusCode(5, 1, 1), "Bad recipient"))
    static let violations = [bad]

    var answer: Answer
    var failureMode: FailureMode = .temporaryFailure
    var deadline: Duration = .seconds(5)

    func makeSessionState(for connection: ConnectionInfo) -> Int { 0 }

    func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout Int) -> Evaluation<Int> {
        let answer = answer
        return .later { context throws(CheckFailure) in
            context.state += 1
            context.facts[Count.self] = context.state
            switch answer {
            case .good: return .pass
            case .bad: return .violation(Self.bad, evidence: Evidence("\(context.state)"))
            case .fails: throw CheckFailure("no answer\r\n")
            case .hangs:
                // Never resumed and deaf to cancellation: the worst that a library call can do.
                await unsafe withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
                return .pass
            }
        }
    }
}

/// Reads what ``Asker`` found out.
private struct Reader: SecurityCheck {
    static let name = "reader"
    static let stages: StageSet = [.recipient, .data]
    static let many = ViolationDefinition(
        check: name, name: "many", summary: "Many.", enforcement: .alarmOnly, reply: Reply(550, "Many"))
    static let violations = [many]

    func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout NoState) -> Evaluation<NoState> {
        if case .command(let command) = event, command.verb == .data {
            let count = session.facts[Asker.Count.self] ?? 0
            return count > 1 ? .violation(Self.many, evidence: Evidence("\(count)")) : .pass
        }
        return .later { context throws(CheckFailure) in
            context.facts[Asker.Count.self] == 2 ? .violation(Self.many) : .pass
        }
    }
}

/// Wants whole messages.
private struct NoVirus: SecurityCheck {
    static let name = "virus"
    static let stages: StageSet = .message
    static let found = ViolationDefinition(
        check: name, name: "found", summary: "Found.", reply: Reply(554, EnhancedStatusCode(5, 7, 1), "Virus found"))
    static let violations = [found]

    func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout NoState) -> Evaluation<NoState> {
        guard case .message(let message) = event else { return .pass }
        return .later { _ throws(CheckFailure) in
            guard let octets = try? await message.octets() else { throw CheckFailure("unreadable") }
            return String(decoding: octets, as: UTF8.self).contains("virus") ? .violation(Self.found) : .pass
        }
    }
}

/// Refuses, by their replies, what the server behind has accepted.
private struct SecondThoughts: SecurityCheck {
    static let name = "second-thoughts"
    static let stages: StageSet = .reply
    static let refused = ViolationDefinition(
        check: name, name: "refused", summary: "Refused.",
        reply: Reply(550, EnhancedStatusCode(5, 7, 1), "On second thoughts"))
    static let violations = [refused]

    var verb: Verb

    func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout Int) -> Evaluation<Int> {
        guard case .reply(_, to: verb) = event, state == 0 else { return .pass }
        state = 1
        return .violation(Self.refused)
    }

    func makeSessionState(for connection: ConnectionInfo) -> Int { 0 }
}

@Suite("Pipelines")
struct PipelineTests {
    private let ehlo = "EHLO client.example\r\n"
    private let mail = "MAIL FROM:<a@client.example>\r\n"
    private let rcpt = "RCPT TO:<b@upstream.example>\r\n"

    private func start<Checks>(_ pipeline: CheckPipeline<Checks>) async throws -> ProxyHarness<Checks> {
        let harness = try await ProxyHarness(pipeline)
        await harness.begin()
        await harness.send(ehlo)
        return harness
    }

    @Test("A check of one's own has the same rights as any other")
    func custom() async throws {
        let harness = try await start(CheckPipeline { NoFreeMail() })
        #expect(
            await harness.send("MAIL FROM:<a@FREE.example>\r\n").withoutSupportIDs
                == "550 5.7.1 No free mail (support ID #)\r\n")
        #expect(harness.upstream.commands == ["EHLO client.example"])
        #expect(await harness.send(mail).hasPrefix("250 "))
        let record = try #require(harness.records.first)
        #expect(record.evidence.description == "FREE.example")
        #expect(record.client.description == "192.0.2.7:40000")
        #expect(record.greetingName.description == "client.example")
    }

    @Test("Composed and chosen at run time, checks do the same")
    func erased() async throws {
        let composed = CheckPipeline {
            NoFreeMail()
            Asker(answer: .bad)
        }
        let erased = AnyCheckPipeline(
            profile: SecurityProfile("default") {
                $0.install(NoFreeMail())
                $0.install(Asker(answer: .bad))
            })
        #expect(composed.checks.names == erased.checks.names)
        #expect(composed.checks.violations == erased.checks.violations)
        #expect(composed.checks.stages == erased.checks.stages)
        let one = try await start(composed)
        let other = try await start(erased)
        for line in ["MAIL FROM:<a@free.example>\r\n", mail, rcpt, rcpt] {
            await one.send(line)
            await other.send(line)
        }
        #expect(one.clientSaw.withoutSupportIDs == other.clientSaw.withoutSupportIDs)
        #expect(one.records.map(\.definition) == other.records.map(\.definition))
        #expect(one.records.map(\.evidence.description) == ["free.example", "1", "2"])
        #expect(other.records.map(\.evidence.description) == ["free.example", "1", "2"])
    }

    @Test("An optional check is asked if it is there", arguments: [true, false])
    func optional(_ isThere: Bool) async throws {
        let harness = try await start(
            CheckPipeline {
                if isThere { NoFreeMail() }
                Reader()
            })
        #expect(await harness.send("MAIL FROM:<a@free.example>\r\n").hasPrefix(isThere ? "550 " : "250 "))
    }

    @Test("A later check sees what an earlier one found out, in the same event and in later ones")
    func facts() async throws {
        let harness = try await start(
            CheckPipeline {
                Asker(answer: .good)
                Reader()
            })
        for line in [mail, rcpt, rcpt, "DATA\r\n"] { await harness.send(line) }
        #expect(harness.records.map(\.definition) == [Reader.many, Reader.many])
        #expect(harness.records.map(\.action) == [.passed, .passed])
    }

    @Test(
        "A check that fails does what its failure mode says",
        arguments: [
            (FailureMode.open, "250 2.1.5 Recipient OK\r\n"),
            (.closed, "554 5.7.1 Refused: a security check could not be done (support ID #)\r\n"),
            (.temporaryFailure, "451 4.7.1 A security check could not be done, try again later (support ID #)\r\n"),
        ])
    func failure(_ mode: FailureMode, _ answer: String) async throws {
        let harness = try await start(CheckPipeline { Asker(answer: .fails, failureMode: mode) })
        await harness.send(mail)
        #expect(await harness.send(rcpt).withoutSupportIDs == answer)
        #expect(harness.records.map(\.definition.identifier) == ["asker.unavailable"])
        #expect(harness.records.first?.evidence.description == "no answer\\r\\n")
        #expect(harness.statistics.unavailable == 1)
    }

    @Test("A check that hangs is left behind at its deadline, and its changes are dropped")
    func deadline() async throws {
        let harness = try await start(CheckPipeline { Asker(answer: .hangs) })
        harness.evaluationClock = ImpatientClock()
        await harness.send(mail)
        #expect(await harness.send(rcpt).hasPrefix("451 4.7.1 "))
        #expect(harness.records.first?.evidence.description == "no answer within 5.0 seconds")
        #expect(!harness.upstream.commands.contains { $0.hasPrefix("RCPT") })
    }

    @Test("A check that wants whole messages holds them back", arguments: ["DATA", "BDAT"])
    func wholeMessages(_ verb: String) async throws {
        let harness = try await start(CheckPipeline { NoVirus() })
        for (body, isClean) in [("a virus here\r\n", false), (".clean\r\n", true)] {
            await harness.send(mail)
            await harness.send(rcpt)
            let seen: String
            if verb == "DATA" {
                await harness.send("DATA\r\n")
                seen = await harness.send((body.hasPrefix(".") ? "." : "") + body + ".\r\n")
            } else {
                seen = await harness.send("BDAT \(body.utf8.count) LAST\r\n" + body)
            }
            #expect(
                seen.withoutSupportIDs
                    == (isClean ? "250 2.0.0 Queued\r\n" : "554 5.7.1 Virus found (support ID #)\r\n"))
        }
        #expect(harness.upstream.messages == [Array(".clean\r\n".utf8)])
        #expect(harness.upstream.commands.count { $0 == "DATA" } == 1)
        #expect(harness.upstream.commands.contains("RSET"))
    }

    @Test(
        "What the server behind accepted and a check refuses is never delivered", arguments: [Verb.mail, .rcpt, .data])
    func secondThoughts(_ verb: Verb) async throws {
        let harness = try await start(CheckPipeline { SecondThoughts(verb: verb) })
        let lines = [mail, rcpt, "DATA\r\n", "body\r\n.\r\n"]
        for line in lines {
            let seen = await harness.send(line)
            if seen.hasPrefix("550 5.7.1 On second thoughts") { break }
        }
        #expect(harness.records.count == 1)
        if verb == .rcpt {
            #expect(await harness.send(rcpt) == "250 2.1.5 Recipient OK\r\n")
            #expect(await harness.send("DATA\r\n").hasPrefix("451 4.3.0 "))
            #expect(await harness.send("RSET\r\n").hasPrefix("250 "))
        }
        #expect(harness.upstream.messages.isEmpty)
        for line in lines { await harness.send(line) }
        #expect(harness.upstream.messages == [Array("body\r\n".utf8)])
    }

    @Test(
        "Alarm and block are two flags",
        arguments: [
            (Enforcement.ignore, "250 ", 0), (.alarmOnly, "250 ", 1), (.blockOnly, "550 ", 1),
            (.alarmAndBlock, "550 ", 1),
        ])
    func flags(_ flags: Enforcement, _ answer: String, _ records: Int) async throws {
        let profile = SecurityProfile("flags") { $0[NoFreeMail.freeMail] = flags }
        let harness = try await start(CheckPipeline(profile: profile) { NoFreeMail() })
        #expect(await harness.send("MAIL FROM:<a@free.example>\r\n").hasPrefix(answer))
        #expect(harness.records.count == records)
        #expect(harness.records.allSatisfy { $0.enforcement == flags && $0.profile == "flags" })
        let count = harness.statistics.violations["free-mail.sender"]
        #expect(count?.occurrences == (records == 0 ? nil : 1))
        #expect(count?.alarmed == (records == 0 ? nil : flags.alarm ? 1 : 0))
        #expect(count?.blocked == (records == 0 ? nil : flags.block ? 1 : 0))
    }
}
