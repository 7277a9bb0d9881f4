import SMTPDirectoryHarvest
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("Harvesting without a store")
struct HarvestFailureTests {
    @Test(
        "What happens then is for the failure mode to say",
        arguments: [
            (FailureMode.open, welcome),
            (.temporaryFailure, "451 4.7.1 A security check could not be done, try again later (support ID #)\r\n"),
            (.closed, "554 5.7.1 Refused: a security check could not be done (support ID #)\r\n"),
        ])
    func unavailable(_ mode: FailureMode, _ answer: String) async throws {
        let store = TestTallyStore(.later)
        store.fail()
        var check = strict(store)
        check.failureMode = mode
        let harness = try await transaction(check)
        #expect(await harness.accepted() == [answer])
        #expect(harness.violationNames.allSatisfy { $0 == "unavailable" })
        #expect(harness.violationNames.count == (mode == .open ? 2 : 1))
    }

    @Test("Open is the default; what the list does not have is refused all the same")
    func listWithoutStore() async throws {
        let store = TestTallyStore(.later)
        store.fail()
        var check = DirectoryHarvest(store: store)
        check.recipients = try RecipientList(parsing: "alice@example.org")
        #expect(check.failureMode == .open)
        let harness = try await transaction(check)
        #expect(await harness.accepted() == ["550 5.1.1 No such recipient here (support ID #)\r\n"])
        check.failureMode = .temporaryFailure
        #expect(await (try transaction(check)).accepted().first?.hasPrefix("451 4.7.1 A security check") == true)
    }

    @Test("A store that does not answer in time is one that cannot be asked")
    func deadline() async throws {
        struct Silent: TallyStore {
            func record(
                isFailure: Bool, of keys: [StoreKey], rule: TallyRule, by client: IPAddress, at now: Timestamp
            ) -> StoreAnswer<TallyDecision> {
                .later { () async throws(CheckFailure) in
                    try? await Task.sleep(for: .seconds(30))
                    return .tolerated
                }
            }
            func penalty(of keys: [StoreKey], at now: Timestamp) -> StoreAnswer<Duration?> {
                .later { () async throws(CheckFailure) in
                    try? await Task.sleep(for: .seconds(30))
                    return nil
                }
            }
        }
        let check = DirectoryHarvest(store: Silent())
        #expect(check.deadline == .seconds(2))
        let harness = try await transaction(check)
        harness.evaluationClock = ImpatientClock()
        #expect(await harness.accepted() == [welcome])
        #expect(harness.violationNames == ["unavailable", "unavailable"])
    }
}
