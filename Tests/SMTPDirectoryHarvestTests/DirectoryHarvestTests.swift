import SMTPDirectoryHarvest
import SMTPSecurity
import Testing

@Suite("Directory harvesting")
struct DirectoryHarvestTests {
    @Test("Everything it can raise is declared")
    func declarations() {
        #expect(DirectoryHarvest.name == "directory-harvest")
        #expect(
            DirectoryHarvest.violations.map(\.identifier) == [
                "directory-harvest.harvest", "directory-harvest.penalized", "directory-harvest.unknown-recipient",
            ])
        let check = DirectoryHarvest(store: TestTallyStore(.now))
        #expect(
            check.rule
                == TallyRule(
                    window: .seconds(60), limit: 20, shareMinimum: 10, sharePercent: 80, penalty: .seconds(600)))
        #expect(check.tarpit == .zero)
        #expect(check.scopes == Set(DirectoryHarvest.Scope.allCases))
    }
}
