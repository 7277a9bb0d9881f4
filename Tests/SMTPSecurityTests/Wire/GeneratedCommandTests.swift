import SMTPSecurity
import SMTPSecurityTesting
import Testing

/// The parser beside a reader that reads octet by octet: it has to find the same in every line, or the same fault at the same
/// offset, wherever the line stands.
@Suite("Generated commands")
struct GeneratedCommandTests {
    @Test("agree with the reference, wherever they stand and however they are cut")
    func generatedCommandsAgreeWithTheReference() {
        var lines = CommandLineGenerator(seed: 0x5321)
        var comparison = CommandComparison()
        for _ in 0..<Generator.cases(1_500) {
            let line = lines.anyLine()
            let expected = comparison.check(line)
            comparison.checkPlaces(of: line, expected, &lines.random)
            comparison.checkScanned(line, expected, &lines.random)
            comparison.checkWriting(line)
        }
        #expect(comparison.disagreements == 0)
        guard Generator.isFull else { return }
        #expect(comparison.verbs == Set(Verb.allCases), "every verb was among them")
        #expect(comparison.keywords == Set(ParameterKeyword.allCases), "and every parameter")
        #expect(comparison.leniencies.rawValue == 0x1F, "and everything that is tolerated")
        #expect(
            Set(CommandParseError.Kind.allCases).subtracting(comparison.faults) == [.lineTooLong],
            "and every fault that short lines have")
    }

    @Test("agree with the reference in every short path")
    func generatedShortPathsAgreeWithTheReference() {
        let alphabet = Array("<>@.a\"\\[] ".utf8)
        var comparison = CommandComparison()
        var paths: [[UInt8]] = [[]]
        for length in 0...(Generator.isFull ? 5 : 3) {
            if length > 0 { paths = paths.flatMap { path in alphabet.map { path + [$0] } } }
            for path in paths {
                comparison.check(Array("MAIL FROM:".utf8) + path)
                if length > 2, !Generator.isFull { continue }
                comparison.check(Array("MAIL FROM:<".utf8) + path + Array("a@b.c>".utf8))
                comparison.check(Array("RCPT TO:<a@b".utf8) + path + Array(">".utf8))
            }
        }
        #expect(comparison.disagreements == 0)
    }

    @Test("agree with the reference around the longest line there is")
    func generatedLongLinesAgreeWithTheReference() {
        var comparison = CommandComparison()
        for head in ["NOOP ", "MAIL FROM:<a@b> X=", "MAIL FROM:<a@", "EHLO ", "AUTH PLAIN "].map({ Array($0.utf8) }) {
            for count in 65_534...65_537 {
                comparison.check(head + Array(repeating: 0x61, count: count - head.count))
                comparison.check(
                    head + Array(repeating: 0x61, count: 20) + Array(repeating: 0x20, count: count - head.count - 20))
            }
        }
        #expect(comparison.disagreements == 0)
    }
}
