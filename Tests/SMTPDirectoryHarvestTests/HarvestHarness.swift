import SMTPDirectoryHarvest
import SMTPSecurity
import SMTPSecurityTesting
import Testing

/// The answer to everything while a penalty is in force.
let uniform = "451 4.7.1 Too many recipients were refused, try again later (support ID #)\r\n"
/// What the server behind says of a recipient that does not exist.
let nobody = "550 5.1.1 Nobody\r\n"
/// What it says of one that does.
let welcome = "250 2.1.5 Recipient OK\r\n"

/// A check that has enough of five refused recipients, and looks at no share.
func strict(_ store: some TallyStore) -> DirectoryHarvest {
    var check = DirectoryHarvest(store: store)
    check.rule = TallyRule(window: .seconds(60), limit: 5, shareMinimum: 10, sharePercent: 101, penalty: .seconds(600))
    return check
}

/// Somebody runs into the penalty.
func penalize(_ check: DirectoryHarvest, from client: String = "192.0.2.7") async throws {
    let harness = try await transaction(check, from: client)
    #expect(await harness.refused(check.rule.limit).last == uniform)
    #expect(harness.violationNames == ["harvest"])
}

/// A session of a client with these checks.
///
/// - Parameters:
///   - client: its address.
///   - time: how long after the first possible moment it connects.
///   - change: changes the profile.
///   - checks: the checks.
func session<Checks: CheckSequence>(
    from client: String = "192.0.2.7", after time: Duration = .zero,
    profile change: (inout SecurityProfile) -> Void = { _ in }, @CheckBuilder _ checks: () -> Checks
) async throws -> ProxyHarness<Checks> {
    let profile = SecurityProfile("test") {
        $0.session.hostname = "mx.example"
        // The budget for errors has delays of its own.
        $0.session.budgets.softErrors = 1_000_000
        $0.session.budgets.hardErrors = 1_000_000
        $0.session.limits.recipients = 1_000
        change(&$0)
    }
    let pipeline = CheckPipeline(profile: profile, supportIDs: SupportIDGenerator(node: 1), checks)
    let harness = try await ProxyHarness(pipeline, client: client)
    await harness.advance(by: time)
    await harness.begin()
    await harness.send("EHLO client.example\r\n")
    return harness
}

/// A session of a client with this check, with a transaction.
func transaction(
    _ check: DirectoryHarvest, from client: String = "192.0.2.7", after time: Duration = .zero,
    profile change: (inout SecurityProfile) -> Void = { _ in }
) async throws -> ProxyHarness<SingleCheck<DirectoryHarvest>> {
    let harness = try await session(from: client, after: time, profile: change) { check }
    await harness.send("MAIL FROM:<a@sender.example>\r\n")
    return harness
}

extension ProxyHarness {
    /// The client names recipients that the server behind refuses.
    ///
    /// - Returns: the answers without their Support IDs.
    @discardableResult
    func refused(_ count: Int = 1) async -> [String] { await recipients(count, nobody) }

    /// The client names recipients that the server behind accepts.
    ///
    /// - Returns: the answers without their Support IDs.
    @discardableResult
    func accepted(_ count: Int = 1) async -> [String] { await recipients(count, welcome) }

    /// The client names recipients, to which the server behind has an answer if it hears of them.
    func recipients(_ count: Int, _ answer: String) async -> [String] {
        upstream.behaviours["RCPT"] = .send(answer)
        var answers: [String] = []
        for number in 0..<count {
            answers.append(await send("RCPT TO:<user\(number)@example.org>\r\n").withoutSupportIDs)
        }
        return answers
    }

    /// How many recipients the server behind has heard of.
    var recipientsUpstream: Int { upstream.commands.count { $0.hasPrefix("RCPT") } }

    /// The names of the violations that were recorded.
    var violationNames: [String] { records.map(\.definition.name) }
}
