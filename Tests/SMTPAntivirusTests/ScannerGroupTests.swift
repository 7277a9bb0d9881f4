import SMTPAntivirus
import SMTPSecurityTesting
import Testing

@Suite("Several scanners")
struct ScannerGroupTests {
    private static let clean = ScanVerdict.clean
    private static let found = ScanVerdict.infected("A")
    private static let other = ScanVerdict.infected("B")
    private static let away = ScanVerdict.unscanned(.unavailable("away"))
    private static let locked = ScanVerdict.unscanned(.encrypted(nil))

    struct Case: Sendable, CustomStringConvertible {
        var rule: ScannerGroup.Rule
        var verdicts: [ScanVerdict]
        var result: ScanVerdict
        var description: String { "\(rule) of \(verdicts)" }
    }

    @Test(
        "judge together as their rule has it",
        arguments: [
            Case(rule: .any, verdicts: [clean, clean], result: clean),
            Case(rule: .any, verdicts: [clean, found], result: found),
            Case(rule: .any, verdicts: [found, other], result: found),
            Case(rule: .any, verdicts: [away, found], result: found),
            Case(rule: .any, verdicts: [locked, found], result: found),
            Case(rule: .any, verdicts: [clean, away], result: away),
            Case(rule: .any, verdicts: [clean, locked, away], result: locked),
            Case(rule: .all, verdicts: [clean, clean], result: clean),
            Case(rule: .all, verdicts: [found, clean], result: clean),
            Case(rule: .all, verdicts: [found, other], result: found),
            // It is not known whether the other one would agree: the one that has scanned counts.
            Case(rule: .all, verdicts: [found, away], result: found),
            Case(rule: .all, verdicts: [clean, away], result: away),
            Case(rule: .all, verdicts: [found, clean, away], result: away),
            Case(rule: .first, verdicts: [clean, found], result: clean),
            Case(rule: .first, verdicts: [away, found], result: found),
            Case(rule: .first, verdicts: [away, clean], result: clean),
            Case(rule: .first, verdicts: [locked, away], result: locked),
        ])
    func rules(_ item: Case) async {
        let group = ScannerGroup(item.rule, item.verdicts.map { verdict in ScriptedScanner { _ in verdict } })
        #expect(await group.scan(ScanSample([1])) == item.result)
    }

    @Test("do not wait for the others once one has found something")
    func anyEnds() async {
        let group = ScannerGroup(.any, [ScriptedScanner.hung, ScriptedScanner { _ in .infected("A") }])
        #expect(await group.scan(ScanSample([1])) == .infected("A"))
    }

    @Test("are not asked in vain")
    func firstAsksInOrder() async {
        let second = ScriptedScanner { _ in .clean }
        let group = ScannerGroup(.first, [ScriptedScanner { _ in .clean }, second])
        #expect(await group.scan(ScanSample([1])) == .clean)
        #expect(second.samples.isEmpty)
    }

    @Test("have another version when one of them has")
    func version() {
        let (first, second) = (ScriptedScanner { _ in .clean }, ScriptedScanner { _ in .clean })
        let group = ScannerGroup(.any, [first, second])
        let before = group.signatureVersion
        second.signatureVersion = "2"
        #expect(before != nil && group.signatureVersion != before)
        (first.signatureVersion, second.signatureVersion) = ("a1:b", "c")
        let one = group.signatureVersion
        (first.signatureVersion, second.signatureVersion) = ("a", "1:bc")
        #expect(group.signatureVersion != one)
        first.signatureVersion = nil
        #expect(group.signatureVersion == nil)
        #expect(group.name == "any(scripted, scripted)")
    }

    @Test(
        "know what ClamAV's names mean",
        arguments: [
            ("Eicar", ScanVerdict.infected("Eicar")),
            ("Heuristics.Encrypted.Zip", .unscanned(.encrypted("Heuristics.Encrypted.Zip"))),
            (
                "Heuristics.Limits.Exceeded.MaxRecursion",
                .unscanned(.limitExceeded("Heuristics.Limits.Exceeded.MaxRecursion"))
            ),
            ("Heuristics.Limits.Exceeded.MaxScanTime", .unscanned(.deadline)),
            ("Heuristics.Phishing.Email.SpoofedDomain", .infected("Heuristics.Phishing.Email.SpoofedDomain")),
        ])
    func names(_ item: (String, ScanVerdict)) { #expect(ScanVerdict(clamAVSignature: item.0) == item.1) }
}
